# SPDX-License-Identifier: GPL-3.0-or-later
"""Photos and bundles that were named, each with a key that changes with its content, with the options and with the program."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from ...errors import AvatarError
from ...photo.load import HEIF_FORMATS

PHOTO_ENDINGS = (
    ".jpg",
    ".jpeg",
    ".png",
    ".webp",
    ".tif",
    ".tiff",
    ".bmp",
    ".avif",
    *((".heic", ".heif") if HEIF_FORMATS else ()),
)
# Of a bundle, what is measured; the rest follows from these.
BUNDLE_FILES = ("avatar.json", "head.npz", "hair.npz")
CODE = Path(__file__).resolve().parents[2]
KEY_LENGTH = 12


@dataclass(frozen=True)
class Input:
    """name: for people; path: photo, bundle folder or bundle zip; folder: name of the folder of its results, which ends in the key."""

    name: str
    path: Path
    is_photo: bool
    key: str

    @property
    def folder(self) -> str:
        return f"{re.sub(r'[^A-Za-z0-9._~-]+', '_', self.name)[:60]}-{self.key}"


def find_inputs(places: Iterable[Path], options: str) -> list[Input]:
    """The inputs in order, each content once. A folder is a bundle, what ``build.py demo`` made of a photo, or holds any of these.

    options: whatever else the figures depend on. Raises AvatarError ``evaluation_empty`` when there is nothing.
    """
    places = list(places)
    found: dict[str, Input] = {}
    for name, path, is_photo in (one for place in places for one in _in_place(place)):
        key = _key(path, is_photo, options)
        found.setdefault(key, Input(name, path, is_photo, key))
    if not found:
        where = ", ".join(str(place) for place in places)
        raise AvatarError("evaluation_empty", f"There are no photos and no avatar bundles in {where}: name some.")
    return list(found.values())


def _in_place(place: Path, deeper: bool = True) -> Iterator[tuple[str, Path, bool]]:
    if not place.exists():
        raise AvatarError("photo_missing", f"There is nothing at {place}: check the path.")
    if place.is_file():
        if place.suffix.lower() == ".zip":
            yield place.stem, place, False
        elif (
            place.suffix.lower() in PHOTO_ENDINGS or deeper
        ):  # a file that was named itself is tried whatever its ending
            yield place.stem, place, True
    elif (place / "avatar.json").is_file():
        yield place.resolve().name, place, False
    elif (place / "bundle" / "avatar.json").is_file():
        yield place.resolve().name, place / "bundle", False
    elif deeper:
        for entry in sorted(place.iterdir()):
            if not entry.name.startswith("."):
                yield from _in_place(entry, deeper=False)


def _key(path: Path, is_photo: bool, options: str) -> str:
    digest = hashlib.sha256(f"{code_fingerprint()}\n{options}\n{is_photo}\n".encode())
    for file in [path] if path.is_file() else [path / name for name in BUNDLE_FILES]:
        try:
            with file.open("rb") as content:
                digest.update(hashlib.file_digest(content, "sha256").digest())
        except OSError as problem:
            digest.update(f"{path}: {problem}".encode())  # told when it is measured
    return digest.hexdigest()[:KEY_LENGTH]


@lru_cache(maxsize=1)
def code_fingerprint() -> str:
    """Changes whenever the program or its data do: figures of another program are not taken for this one's."""
    digest = hashlib.sha256()
    for file in sorted(CODE.rglob("*")):
        if "__pycache__" in file.parts or not file.is_file():
            continue
        digest.update(str(file.relative_to(CODE)).encode())
        digest.update(file.read_bytes() if file.suffix == ".py" else str(file.stat().st_size).encode())
    return digest.hexdigest()[:KEY_LENGTH]
