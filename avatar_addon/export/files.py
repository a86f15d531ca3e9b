# SPDX-License-Identifier: GPL-3.0-or-later
"""One door to every format."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import bpy

from ..scene.avatars import AvatarObjects
from .fbx import write_fbx
from .gltf import write_glb
from .obj import write_obj


def write_blend(path: Path) -> None:
    """Write a copy of the open file with its pictures packed; the avatar's own are packed already."""
    path.unlink(missing_ok=True)  # else Blender keeps the old one as .blend1
    bpy.ops.wm.save_as_mainfile(filepath=str(path), copy=True, compress=True)


WRITERS: dict[str, Callable[[AvatarObjects, Path], None]] = {
    "fbx": write_fbx,
    "obj": write_obj,
    "glb": write_glb,
}


def companions(folder: Path) -> list[Path]:
    """The files that exports left in a folder, without zips and Blender's backups."""
    suffixes = {".blend", ".fbx", ".obj", ".mtl", ".glb", ".png", ".jpg"}
    return sorted(path for path in folder.iterdir() if path.suffix in suffixes)


def write(kind: str, objects: AvatarObjects, path: Path) -> None:
    """Write the avatar as "fbx", "obj" or "glb"."""
    WRITERS[kind](objects, path)
