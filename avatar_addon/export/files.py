# SPDX-License-Identifier: GPL-3.0-or-later
"""One door to every format."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import bpy

from ..emotion.recipe import recipe_path, write_recipe
from ..scene.avatars import MARK, AvatarObjects
from .bundle_zip import write_zip
from .fbx import write_fbx
from .gltf import write_glb
from .obj import write_obj
from .options import ExportOptions
from .usd import write_usd

ZIPPED = ("fbx", "obj", "glb")
# Formats that carry shape keys, and therefore get a recipe of how the emotions among them combine.
WITH_SHAPE_KEYS = ("fbx", "glb")


def write_blend(path: Path) -> None:
    """Write a copy of the open file with its pictures packed; the avatar's own are packed already."""
    path.unlink(missing_ok=True)  # else Blender keeps the old one as .blend1
    bpy.ops.wm.save_as_mainfile(filepath=str(path), copy=True, compress=True)


def write_package(objects: AvatarObjects, path: Path, options: ExportOptions | None = None) -> None:
    """One zip: the avatar in each format of ZIPPED, its textures, and its bundle where that is still on this computer."""
    mark = bpy.data.objects[objects.head][MARK]
    bundle = Path(mark["bundle"]) if mark.get("bundle") else None
    with tempfile.TemporaryDirectory(prefix="portrait_avatar_", dir=bpy.app.tempdir or None) as name:
        folder = Path(name)
        for kind in ZIPPED:
            write(kind, objects, folder / f"{path.stem}.{kind}", options)
        write_zip(bundle if bundle and bundle.exists() else None, companions(folder), path)


WRITERS: dict[str, Callable[[AvatarObjects, Path, ExportOptions | None], None]] = {
    "fbx": write_fbx,
    "obj": write_obj,
    "glb": write_glb,
    "usdc": write_usd,
    "zip": write_package,
}


def companions(folder: Path) -> list[Path]:
    """The files that exports left in a folder, without zips and Blender's backups."""
    suffixes = {".blend", ".fbx", ".obj", ".mtl", ".glb", ".png", ".jpg"}
    return sorted(path for path in folder.iterdir() if path.suffix in suffixes or path == recipe_path(path))


def write(kind: str, objects: AvatarObjects, path: Path, options: ExportOptions | None = None) -> None:
    """Write the avatar as "fbx", "obj", "glb", "usdc" or "zip"."""
    WRITERS[kind](objects, path, options)
    if kind in WITH_SHAPE_KEYS:
        write_recipe(bpy.data.objects[objects.head], recipe_path(path))
