# SPDX-License-Identifier: GPL-3.0-or-later
"""The hair's part of the sidebar, and its menu of styles."""

from __future__ import annotations

import bpy
from bpy.app.translations import pgettext_iface as translated

from ..scene.avatars import active_head
from ..scene.hair_sliders import COLOR, DYE_COLOR, SHAPE, STRANDS, VIEWPORT_STRANDS
from ..scene.hair_worn import BROW_THICKNESS, brow_object, worn_hair
from . import library
from .operators import BALD, PHOTO, AVATAR_OT_reset_hair, AVATAR_OT_wear_hairstyle
from .strand_files import draw_hair_files


def draw_hair(layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
    """Styles and sliders of the active avatar's hair. There must be an avatar."""
    head_object = active_head(context)
    hair_object, brows = worn_hair(head_object), brow_object(head_object)
    layout.menu(AVATAR_MT_hairstyles.__name__, text=_title(hair_object), icon="STRANDS", translate=False)
    _shelf_button(layout)
    row = layout.row(align=True)
    for text, style in (("From Photo", PHOTO), ("None", BALD)):
        row.operator(AVATAR_OT_wear_hairstyle.bl_idname, text=text).style = style
    draw_hair_files(layout, context)
    if brows is not None:
        layout.prop(brows, f'["{BROW_THICKNESS}"]', text=BROW_THICKNESS, slider=True)
    if hair_object is None:
        return
    for sliders in (SHAPE, COLOR):
        column = layout.column(align=True)
        for slider in sliders:
            column.prop(hair_object, f'["{slider.name}"]', text=slider.name, slider=True)
    column.prop(hair_object, f'["{DYE_COLOR}"]', text=DYE_COLOR)
    column = layout.column(align=True)
    column.prop(hair_object, f'["{STRANDS}"]', text=STRANDS)
    column.prop(hair_object, f'["{VIEWPORT_STRANDS}"]', text=VIEWPORT_STRANDS)
    layout.operator(AVATAR_OT_reset_hair.bl_idname, icon="LOOP_BACK")


class AVATAR_MT_hairstyles(bpy.types.Menu):
    bl_label = "Hairstyles"

    def draw(self, _context: bpy.types.Context) -> None:
        infos = library.menu()
        if not infos:
            self.layout.label(text="The hair library has not been built")
            return
        kinds = list(dict.fromkeys(info.kind for info in infos))
        flow = self.layout.column_flow(columns=4)
        for kind in kinds:
            flow.label(text=kind.capitalize(), translate=False)
            for info in (info for info in infos if info.kind == kind):
                flow.operator(AVATAR_OT_wear_hairstyle.bl_idname, text=info.title, translate=False).style = info.name


def _title(hair_object: bpy.types.Object | None) -> str:
    return translated("Hairstyle") if hair_object is None else hair_object.name


def _shelf_button(layout: bpy.types.UILayout) -> None:
    """Pictures to choose from, once the asset library is registered; until then the button that does it."""
    from .asset_library import AVATAR_OT_add_hair_library, is_built, registered_library

    if registered_library() is not None:
        # Outside of headers Blender makes this button six times as high as others.
        row = layout.row()
        row.scale_y = 0.2
        row.template_asset_shelf_popover("AVATAR_AST_hairstyles", name="Choose by Picture")
    elif is_built():
        layout.operator(AVATAR_OT_add_hair_library.bl_idname, icon="ASSET_MANAGER")


CLASSES = (AVATAR_MT_hairstyles,)
