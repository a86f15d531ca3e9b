# SPDX-License-Identifier: GPL-3.0-or-later
"""OBJ: the current expression and pose as still meshes, materials in an MTL, textures beside it."""

from __future__ import annotations

from pathlib import Path

import bpy

from ..scene.avatars import AvatarObjects
from .export_copy import export_copy
from .flat_material import picture_bytes
from .options import ExportOptions


def write_obj(objects: AvatarObjects, path: Path, options: ExportOptions | None = None) -> None:
    """Write path, its .mtl and the texture files (Blender's exporter leaves out packed ones)."""
    with export_copy(objects, path.parent, posed=True, options=options) as copy:
        for image in copy.images:
            Path(image.filepath_raw).write_bytes(picture_bytes(image))
        copy.armature.select_set(False)
        bpy.ops.wm.obj_export(
            filepath=str(path),
            export_selected_objects=True,
            export_materials=True,
            export_triangulated_mesh=False,
            path_mode="STRIP",
        )
