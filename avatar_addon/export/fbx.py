# SPDX-License-Identifier: GPL-3.0-or-later
"""FBX: shape keys, armature, embedded textures, hair as strips, emotion sliders as user properties."""

from __future__ import annotations

from pathlib import Path

import bpy

from ..scene.avatars import AvatarObjects
from .export_copy import export_copy
from .hair_mesh import HairDetail


def write_fbx(objects: AvatarObjects, path: Path, detail: HairDetail | None = None) -> None:
    """Write the avatar at rest, with the current slider values as the shape keys' defaults."""
    with export_copy(objects, path.parent, posed=False, detail=detail):
        bpy.ops.export_scene.fbx(
            filepath=str(path),
            use_selection=True,
            object_types={"ARMATURE", "MESH"},
            # Applied modifiers would cost the shape keys; the armature is exported as skin all the same.
            use_mesh_modifiers=False,
            use_custom_props=True,
            add_leaf_bones=False,
            bake_anim=False,
            apply_scale_options="FBX_SCALE_ALL",
            path_mode="COPY",
            embed_textures=True,
        )
