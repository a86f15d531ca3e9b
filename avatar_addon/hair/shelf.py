# SPDX-License-Identifier: GPL-3.0-or-later
"""The hairstyles as an asset shelf in the viewport: a click wears one."""

from __future__ import annotations

import bpy

from ..scene.avatars import active_head
from .operators import AVATAR_OT_wear_hairstyle

TAG = "hairstyle"


class AVATAR_AST_hairstyles(bpy.types.AssetShelf):
    bl_space_type = "VIEW_3D"
    bl_activate_operator = AVATAR_OT_wear_hairstyle.bl_idname
    bl_default_preview_size = 96

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return context.mode == "OBJECT" and active_head(context) is not None

    @classmethod
    def asset_poll(cls, asset: bpy.types.AssetRepresentation) -> bool:
        return asset.id_type == "OBJECT" and TAG in asset.metadata.tags


CLASSES = (AVATAR_AST_hairstyles,)
