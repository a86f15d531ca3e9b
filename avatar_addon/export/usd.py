# SPDX-License-Identifier: GPL-3.0-or-later
"""USD: blend shapes, skeleton, hair as a mesh, textures beside it."""

from __future__ import annotations

import errno
from pathlib import Path

import bpy

from ..compat import usd_texture_options
from ..scene.avatars import AvatarObjects
from .export_copy import export_copy
from .options import ExportOptions


def write_usd(objects: AvatarObjects, path: Path, options: ExportOptions | None = None) -> None:
    """Write the avatar at rest, in metres and Z up as the file says; textures go to ``textures/`` beside it.

    Raises OSError in a Blender without USD, as some distributions build it.
    """
    if "usd_export" not in dir(bpy.ops.wm):
        raise OSError(errno.ENOSYS, "this Blender was built without USD")
    with export_copy(objects, path.parent, posed=False, options=options):
        bpy.ops.wm.usd_export(
            filepath=str(path),
            selected_objects_only=True,
            export_animation=False,
            export_hair=False,
            export_materials=True,
            generate_preview_surface=True,
            overwrite_textures=True,
            relative_paths=True,
            **usd_texture_options(),
        )
