# SPDX-License-Identifier: GPL-3.0-or-later
"""Writing and reading avatar bundles (contract; stdlib and numpy only).

On disk: ``avatar.json``, ``head.npz``, ``hair.npz`` and ``textures/<role>.<ext>``; arrays are plain float32 and int32, so a round
trip loses nothing. A bundle appears whole or not at all: it is written beside its place and moved there in the end.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import tempfile
import zipfile
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import numpy as np

from .bundle import SCHEMA_NAME, SCHEMA_VERSION, Avatar, Camera, Hair, HairColor, HeadMesh
from .bundle_schema import HAIR_ARRAYS, HEAD_ARRAYS, OPTIONAL_HEAD_ARRAYS, check_avatar, invalid
from .bundle_zip import MAX_FILE_BYTES, inside, unpack_bundle
from .errors import AvatarError, output_error

MAX_JSON_BYTES = 8_000_000
PICTURE_STARTS = {".png": b"\x89PNG\r\n\x1a\n", ".jpg": b"\xff\xd8\xff"}
NAME_FIELDS = ("part_names", "key_names", "emotion_names", "joint_names", "joint_parents")
OPTIONAL_NAME_FIELDS = ("mirrored_emotions",)
# Dictionaries of arrays, stored as "<prefix>.<name>".
DICT_FIELDS = ("masks", "landmark_vertices", "landmark_barycentric")


def write_bundle(avatar: Avatar, directory: Path | str) -> Path:
    """Write the avatar as a bundle folder; textures are copied from the paths in ``avatar.textures``.

    Replaces an older bundle of the same name, but refuses any other thing in the way. Returns the folder.
    Raises AvatarError: ``output_exists``, ``output_no_permission``, ``output_disk_full``, ``output_failed``; nothing partial is left.
    """
    check_avatar(avatar)
    target = Path(directory)
    if target.exists() and not _replaceable(target):
        raise AvatarError(
            "output_exists", f"{target} exists and is not an avatar bundle: choose another output folder."
        )
    partial: Path | None = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(prefix=f".{target.name}.", suffix=".partial", dir=target.parent))
        _write_files(avatar, partial)
        partial.chmod(0o755)
        _move_into_place(partial, target)
    except OSError as problem:
        raise output_error(problem, target) from problem
    finally:
        if partial is not None:
            shutil.rmtree(partial, ignore_errors=True)
    return target


def check_target(target: Path) -> None:
    """Raise AvatarError ``output_exists`` or ``output_no_permission`` when a bundle cannot be put there, before any work is done."""
    try:
        if target.exists() and not _replaceable(target):
            raise AvatarError(
                "output_exists", f"{target} exists and is not an avatar bundle: choose another output folder."
            )
        parent = next(folder for folder in target.absolute().parents if folder.exists())
        if not parent.is_dir():
            raise AvatarError("output_exists", f"{parent} is a file, not a folder: choose another output folder.")
        if not os.access(parent, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, "not writable")
    except OSError as problem:
        raise output_error(problem, target) from problem


def read_bundle(path: Path | str) -> Avatar:
    """Read and check a bundle folder or zip. The texture paths of the answer are absolute.

    A zip's files live in a temporary folder until this process ends.
    Raises AvatarError: ``bundle_missing``, ``bundle_version``, ``bundle_invalid``.
    """
    path = Path(path)
    if not path.exists():
        raise AvatarError("bundle_missing", f"There is no avatar bundle at {path}: check the path.")
    try:
        directory = path if path.is_dir() else unpack_bundle(path)
        avatar = _read_files(directory.resolve())
    except AvatarError:
        raise
    except (
        OSError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        EOFError,
        zipfile.BadZipFile,
        RecursionError,
    ) as problem:
        raise invalid(f"{type(problem).__name__}: {problem}") from problem
    check_avatar(avatar)
    return avatar


# --- writing


def _write_files(avatar: Avatar, directory: Path) -> None:
    (directory / "textures").mkdir()
    textures = {}
    for role, source in avatar.textures.items():
        name = f"textures/{role}{Path(source).suffix.lower()}"
        shutil.copyfile(source, directory / name)
        textures[role] = name
    head = {name: getattr(avatar.head, name) for name in (*HEAD_ARRAYS, *OPTIONAL_HEAD_ARRAYS)}
    for field in DICT_FIELDS:
        head |= {f"{field}.{name}": array for name, array in getattr(avatar.head, field).items()}
    np.savez(directory / "head.npz", **head)
    np.savez(directory / "hair.npz", **{name: getattr(avatar.hair, name) for name in HAIR_ARRAYS})
    text = json.dumps(_to_json(avatar, textures), indent=1, allow_nan=False, ensure_ascii=False)
    (directory / "avatar.json").write_text(text, encoding="utf-8")


def _to_json(avatar: Avatar, textures: dict[str, str]) -> dict[str, Any]:
    hair, camera = avatar.hair, avatar.camera
    return {
        "schema": SCHEMA_NAME,
        "version": SCHEMA_VERSION,
        "units": "metres, Z up, face looks to -Y",
        "name": avatar.name,
        "head_model": avatar.head_model,
        "camera": asdict(camera) | {"matrix_world": camera.matrix_world.tolist()},
        "head": {field: list(getattr(avatar.head, field)) for field in (*NAME_FIELDS, *OPTIONAL_NAME_FIELDS)},
        "hair": {"style": hair.style, "radius": hair.radius, "strands": hair.strands, "color": asdict(hair.color)},
        "textures": textures,
        "shape": avatar.shape.tolist(),
        "expression": avatar.expression,
        "pose": avatar.pose,
        "photo_emotions": avatar.photo_emotions,
        "colors": avatar.colors,
        "sources": list(avatar.sources),
        "report": avatar.report,
    }


def _replaceable(target: Path) -> bool:
    return target.is_dir() and (not any(target.iterdir()) or (target / "avatar.json").is_file())


def _move_into_place(partial: Path, target: Path) -> None:
    if not target.exists():
        partial.rename(target)
        return
    old = partial.with_name(partial.name + ".old")
    target.rename(old)
    try:
        partial.rename(target)
    except OSError:
        old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)


# --- reading


def _read_files(directory: Path) -> Avatar:
    text = _member(directory, "avatar.json", MAX_JSON_BYTES).read_text(encoding="utf-8")
    data = json.loads(text, parse_constant=_refuse_constant)
    _check_version(data)
    camera, hair = data["camera"], data["hair"]
    arrays = _arrays(directory, "hair.npz")
    color = hair["color"] | {"linear_rgb": tuple(hair["color"]["linear_rgb"])}
    return Avatar(
        name=_text(data["name"]),
        head_model=_text(data["head_model"]),
        camera=Camera(
            **_known(Camera, camera)
            | {"matrix_world": np.array(camera["matrix_world"], float), "center_px": tuple(camera["center_px"])}
        ),
        head=_head(data["head"], _arrays(directory, "head.npz")),
        hair=Hair(
            _text(hair["style"]),
            *(arrays[name] for name in HAIR_ARRAYS),
            float(hair["radius"]),
            int(hair["strands"]),
            HairColor(**_known(HairColor, color)),
        ),
        textures={_text(role): _picture(directory, name) for role, name in data["textures"].items()},
        shape=np.array(data["shape"], np.float32),
        expression=dict(data["expression"]),
        pose={joint: tuple(angles) for joint, angles in data["pose"].items()},
        colors={part: tuple(color) for part, color in data["colors"].items()},
        sources=tuple(dict(source) for source in data["sources"]),
        report=dict(data["report"]),
        photo_emotions=dict(data.get("photo_emotions", {})),
    )


def _check_version(data: Any) -> None:
    if not isinstance(data, dict) or data.get("schema") != SCHEMA_NAME:
        raise invalid("avatar.json is not of this kind")
    version = data.get("version")
    if version != SCHEMA_VERSION:
        raise AvatarError(
            "bundle_version",
            f"The avatar bundle has schema version {version!r}, this program reads version {SCHEMA_VERSION}: "
            "create it again, or update Portrait Avatar.",
        )


def _head(names: dict[str, Any], arrays: dict[str, np.ndarray]) -> HeadMesh:
    values: dict[str, Any] = {name: arrays.pop(name) for name in HEAD_ARRAYS}
    for field in NAME_FIELDS:
        values[field] = tuple(int(v) if field == "joint_parents" else _text(v) for v in names[field])
    for field in OPTIONAL_NAME_FIELDS:
        values[field] = tuple(_text(name) for name in names.get(field, ()))
    values |= {name: arrays.pop(name) for name in OPTIONAL_HEAD_ARRAYS if name in arrays}
    for field in DICT_FIELDS:
        prefix = f"{field}."
        values[field] = {name[len(prefix) :]: array for name, array in arrays.items() if name.startswith(prefix)}
    return HeadMesh(**values)


def _arrays(directory: Path, name: str) -> dict[str, np.ndarray]:
    """All arrays of an .npz, without pickles and without growing beyond the limit."""
    path = _member(directory, name, MAX_FILE_BYTES)
    with zipfile.ZipFile(path) as packed:
        if sum(entry.file_size for entry in packed.infolist()) > MAX_FILE_BYTES:
            raise invalid(f"{name} is too large")
    with np.load(path, allow_pickle=False) as stored:
        return {key: stored[key] for key in stored.files}


def _picture(directory: Path, name: str) -> Path:
    path = _member(directory, _text(name), MAX_FILE_BYTES)
    start = PICTURE_STARTS.get(path.suffix.lower())
    with path.open("rb") as file:
        if start is None or not file.read(16).startswith(start):
            raise invalid(f"{name} is not a PNG or JPEG picture")
    return path


def _member(directory: Path, name: str, limit: int) -> Path:
    path = inside(directory, name)
    if not path.is_file() or directory not in path.resolve().parents:
        raise invalid(f"{name} is missing")
    if path.stat().st_size > limit:
        raise invalid(f"{name} is too large")
    return path


def _known(kind: type, values: dict[str, Any]) -> dict[str, Any]:
    """The values that are fields of the dataclass; newer minor additions are ignored."""
    return {field.name: values[field.name] for field in fields(kind) if field.name in values}


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > 1000:
        raise invalid(f"{str(value)[:40]!r} instead of a name")
    return value


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not a number")
