# SPDX-License-Identifier: GPL-3.0-or-later
"""The tab "Avatar" in the 3D view's sidebar."""

from __future__ import annotations

import bpy

from .operators import AVATAR_OT_export, AVATAR_OT_import_bundle
from .scene.avatars import active_head
from .scene.emotion_drivers import sliders


class AVATAR_PT_main(bpy.types.Panel):
    bl_label = "Portrait Avatar"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "Avatar"

    def draw(self, context: bpy.types.Context) -> None:
        layout = self.layout
        layout.operator(AVATAR_OT_import_bundle.bl_idname, icon="IMPORT")
        head_object = active_head(context)
        if head_object is None:
            return
        column = layout.column(align=True)
        column.label(text=head_object["portrait_avatar"]["name"], icon="USER")
        for slider in sliders(head_object):
            column.prop(head_object, f'["{slider}"]', text=slider, slider=True)
        row = layout.row(align=True)
        for kind in ("fbx", "obj", "glb"):
            row.operator(AVATAR_OT_export.bl_idname, text=kind.upper()).kind = kind


CLASSES = (AVATAR_PT_main,)
