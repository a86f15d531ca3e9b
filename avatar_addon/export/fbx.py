# SPDX-License-Identifier: GPL-3.0-or-later
"""FBX: shape keys, armature, embedded textures, hair as strips, emotion sliders as user properties."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy
from bpy_extras.io_utils import axis_conversion
from mathutils import Matrix

from ..scene.avatars import AvatarObjects
from .export_copy import ExportCopy, export_copy, transform_copy
from .options import ExportOptions

FORWARD, UP = "-Z", "Y"
CENTIMETRES = 100.0


def write_fbx(objects: AvatarObjects, path: Path, options: ExportOptions | None = None) -> None:
    """Write the avatar at rest, with the current slider values as the shape keys' defaults."""
    options = options or ExportOptions()
    with export_copy(objects, path.parent, posed=False, options=options) as copy:
        if options.turned:
            _turn(copy)
        bpy.ops.export_scene.fbx(
            filepath=str(path),
            use_selection=True,
            object_types={"ARMATURE", "MESH"},
            axis_forward=FORWARD,
            axis_up=UP,
            # Applied modifiers would cost the shape keys; the armature is exported as skin all the same.
            use_mesh_modifiers=False,
            use_custom_props=True,
            add_leaf_bones=False,
            bake_anim=False,
            path_mode="COPY",
            embed_textures=True,
            **_units(copy, options.centimetres),
        )


def _units(copy: ExportCopy, centimetres: bool) -> dict[str, Any]:
    """The exporter's scale options under which no object has a scale: a file in metres, or in centimetres as FBX is by itself."""
    if not centimetres:
        return {"apply_scale_options": "FBX_SCALE_ALL"}
    transform_copy(copy, Matrix.Scale(CENTIMETRES, 4))
    return {"apply_scale_options": "FBX_SCALE_NONE", "global_scale": 1 / CENTIMETRES}


def _turn(copy: ExportCopy) -> None:
    """Put the axes' rotation into the data and its inverse on the root, where the exporter's own undoes it.

    The exporter's bake_space_transform would do the same for meshes, but breaks armatures.
    """
    rotation = axis_conversion(to_forward=FORWARD, to_up=UP).to_4x4()
    transform_copy(copy, rotation)
    copy.armature.matrix_world = rotation.inverted() @ copy.armature.matrix_world
    bpy.context.view_layer.update()
