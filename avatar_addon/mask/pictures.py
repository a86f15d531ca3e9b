# SPDX-License-Identifier: GPL-3.0-or-later
"""The photo and its hair mask, as the avatar keeps them in the file."""

from __future__ import annotations

from pathlib import Path

import bpy

from ..compat import save_copy
from ..scene.avatars import avatar_objects

PHOTO, MASK = "photo", "hair_mask"


def picture(head_object: bpy.types.Object, role: str) -> bpy.types.Image | None:
    """The avatar's packed picture of this role, or None when the person has removed it."""
    prefix = avatar_objects(head_object).collection
    return bpy.data.images.get(f"{prefix} {role}")


def write_photo(image: bpy.types.Image, folder: Path) -> Path:
    """The photo file as it was packed, byte for byte. Raises OSError."""
    path = folder / f"{image.name.removesuffix(f' {PHOTO}') or 'photo'}.jpg"
    path.write_bytes(image.packed_file.data)
    return path


def write_mask(image: bpy.types.Image, folder: Path) -> Path:
    """The mask as it is painted now, as PNG. Raises OSError."""
    path = folder / "hair_mask.png"
    try:
        save_copy(image, path)
    except RuntimeError as problem:
        raise OSError(str(problem)) from problem
    return path
