# SPDX-License-Identifier: GPL-3.0-or-later
"""The section of the emotion sliders."""

from __future__ import annotations

import bpy

from ..scene.avatars import active_head
from .sliders import MIRRORED_PHOTO_KEY, PHOTO_KEY, sides, sliders


def draw_emotions(layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
    """Sliders and buttons of the active avatar; nothing where it has none."""
    head_object = active_head(context)
    if head_object is None or not sliders(head_object):
        return
    side = sides(head_object)
    column = layout.column(align=True)
    for slider in sliders(head_object):
        column.prop(head_object, f'["{slider}"]', text=slider, slider=True)
        if slider in side:
            row = column.row(align=True)
            row.active = head_object[slider] > 0
            row.prop(head_object, f'["{side[slider]}"]', text="Right or Left", slider=True)
    photo = layout.column(align=True)
    blocks = head_object.data.shape_keys.key_blocks
    photo.prop(blocks[PHOTO_KEY], "value", text="As in the Photo", slider=True)
    if MIRRORED_PHOTO_KEY in blocks and blocks[MIRRORED_PHOTO_KEY].value > 0:
        photo.prop(blocks[MIRRORED_PHOTO_KEY], "value", text="Photo, Mirrored", slider=True)
    row = photo.row(align=True)
    row.operator("avatar.emotions_photo", text="Exactly").exact = True
    row.operator("avatar.emotions_photo", text="By Sliders").exact = False
    layout.operator_menu_enum("avatar.emotions_preset", "preset", text="Mixed Emotions", icon="PRESET")
    row = layout.row(align=True)
    row.operator("avatar.emotions_reset", text="Reset", icon="LOOP_BACK")
    row.operator("avatar.emotions_randomise", text="Random", icon="FILE_REFRESH")
    row = layout.row(align=True)
    row.operator("avatar.emotions_mirror", text="Mirror", icon="MOD_MIRROR")
    row.operator("avatar.emotions_keyframe", text="Keyframe", icon="KEY_HLT")
