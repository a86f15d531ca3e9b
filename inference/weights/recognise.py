# SPDX-License-Identifier: GPL-3.0-or-later
"""What is this file? Answered from its content; only where content does not tell, from its name."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path

from ..errors import AvatarError
from ..head.flame.asset_files import read_fixed_displacement, read_landmarks, read_mask, read_template_uv
from ..head.flame.model_file import read_flame
from ..head.flame.pickle_data import check_start
from .kinds import KINDS

SUFFIXES = {".pkl", ".tar", ".pt", ".pth", ".npz", ".npy", ".obj", ".png", ".html", ".htm"}
MASK_NAMES = ("uv_face_eye_mask",)
PICTURE_PREFIX = "uv_"


@dataclass(frozen=True)
class Finding:
    """path; kind: a key of KINDS, None when it is none of them; version: "" or words; problem: "" or a sentence."""

    path: Path
    kind: str | None
    version: str = ""
    problem: str = ""

    @property
    def usable(self) -> bool:
        return self.kind is not None and not self.problem


def recognise(path: Path, thorough: bool = True) -> Finding:
    """Look at one file, never running it. thorough: fill the networks too (needs torch)."""
    try:
        with path.open("rb") as file:
            start = file.read(512)
        check_start(start, path.name)
        if start.startswith(b"PK"):
            return _zip(path, thorough)
        if start.startswith(b"\x93NUMPY"):
            return _numpy(path)
        if start.startswith(b"\x89PNG"):
            read_mask(path)
            return Finding(path, "face_mask" if path.stem in MASK_NAMES else None)
        if path.suffix.lower() == ".obj":
            read_template_uv(path)
            return Finding(path, "flame_template")
        if path.suffix.lower() in (".tar", ".pt", ".pth"):
            return _checkpoint(path, thorough)
        if start.startswith((b"\x80", b"(", b"c")):
            flame = read_flame(path)
            return Finding(path, "flame_open" if flame.version == "2023 Open" else "flame", f"FLAME {flame.version}")
    except AvatarError as error:
        return Finding(path, None, problem=error.message)
    except OSError as problem:
        return Finding(path, None, problem=f"{path} cannot be read ({problem.strerror or problem}): check the path.")
    return Finding(path, None, problem=f"{path.name} is none of the files that are known.")


def find_files(folder: Path) -> list[Path]:
    """Files in a folder and its folders whose suffix may be one of the known files, in order of name."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.suffix.lower() in SUFFIXES
        and path.is_file()
        and (path.suffix.lower() != ".png" or path.name.startswith(PICTURE_PREFIX))
    )


def describe(finding: Finding) -> str:
    """One or two lines for a person."""
    if finding.kind is None or finding.problem:
        return f"{finding.path}\n    not usable: {finding.problem or 'a picture or table of another kind'}"
    kind = KINDS[finding.kind]
    title = f"{kind.title}, {finding.version}" if finding.version else kind.title
    return f"{finding.path}\n    {title}: enables {kind.enables}. Licence: {kind.licence}"


def _zip(path: Path, thorough: bool) -> Finding:
    try:
        with zipfile.ZipFile(path) as packed:
            names = set(packed.namelist())
    except zipfile.BadZipFile:
        return Finding(path, None, problem=f"{path.name} is cut off or damaged: download it again.")
    if {"MU.npy", "PC.npy"} <= names:
        if "specMU.npy" in names:
            words = (
                f"{path.name} is the AlbedoMM space, whose coefficients are not DECA's: use FLAME_albedo_from_BFM.npz."
            )
            return Finding(path, None, problem=words)
        return Finding(path, "flame_albedo")
    if {"mean.npy", "tex_dir.npy", "vt.npy", "ft.npy"} <= names:
        return Finding(path, "flame_texture")
    if any(name.endswith("/data.pkl") or name == "data.pkl" for name in names):
        return _checkpoint(path, thorough)
    words = f"{path.name} is an archive of something else: unpack it and give the folder, if it is a download."
    return Finding(path, None, problem=words)


def _numpy(path: Path) -> Finding:
    try:
        read_fixed_displacement(path)
        return Finding(path, "fixed_displacement")
    except AvatarError:
        read_landmarks(path)
        return Finding(path, "landmark_embedding")


def _checkpoint(path: Path, thorough: bool) -> Finding:
    from .checkpoint import Execution, read_checkpoint

    content = read_checkpoint(path)
    if "E_flame" in content:
        if thorough:
            from ..deca.run import load_deca

            load_deca(path, Execution())
        return Finding(path, "deca")
    if "arcface" in content:
        if thorough:
            from ..mica.run import embedded_flame, load_mica

            load_mica(path, Execution())
            embedded_flame(path)
        return Finding(path, "mica")
    known = ", ".join(map(str, list(content)[:4]))
    return Finding(path, None, problem=f"{path.name} is a checkpoint of another model (it holds {known[:80]}).")
