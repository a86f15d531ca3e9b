# SPDX-License-Identifier: GPL-3.0-or-later
"""Operators for hair: thin calls of functions that work without them."""

from __future__ import annotations

from typing import ClassVar

import bpy

from ..report_words import said
from ..scene.avatars import active_head
from ..scene.hair_sliders import reset_sliders
from ..scene.hair_worn import photo_hair, worn_hair

PHOTO, BALD = "photo", "bald"


def _has_avatar(cls: type[bpy.types.Operator], context: bpy.types.Context) -> bool:
    if active_head(context) is None:
        cls.poll_message_set("There is no avatar in this scene")
        return False
    return context.mode == "OBJECT"


class AVATAR_OT_wear_hairstyle(bpy.types.Operator):
    """Put a hairstyle of the library on the active avatar"""

    bl_idname = "avatar.wear_hairstyle"
    bl_label = "Wear Hairstyle"
    bl_options: ClassVar[set[str]] = {"REGISTER", "UNDO"}

    style: bpy.props.StringProperty(
        name="Hairstyle", description='Its name in the library; "photo": the photo\'s own hair, "bald": none'
    )
    replace: bpy.props.BoolProperty(
        name="Remove Old", description="Remove the hairstyle worn before instead of hiding it; the photo's own is kept"
    )
    asset_library_identifier: bpy.props.StringProperty(options={"HIDDEN", "SKIP_SAVE"})
    relative_asset_identifier: bpy.props.StringProperty(
        options={"HIDDEN", "SKIP_SAVE"}, description="Set by the asset shelf: file, kind and name of the asset"
    )

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return _has_avatar(cls, context)

    def execute(self, context: bpy.types.Context) -> set[str]:
        from ...inference.errors import AvatarError
        from . import library, wear

        head_object = active_head(context)
        style = self.style or library.style_of_asset(self.relative_asset_identifier)
        own = photo_hair(head_object)
        try:
            if style == BALD or (style == PHOTO and own is None):
                wear.take_off(head_object, self.replace)
            elif style == PHOTO:
                wear.show_hair(head_object, own, self.replace)
            else:
                wear.wear_style(head_object, library.load(style), self.replace)
        except AvatarError as error:
            self.report({"ERROR"}, said(error.message))
            return {"CANCELLED"}
        return {"FINISHED"}


class AVATAR_OT_reset_hair(bpy.types.Operator):
    """Put all sliders of the hair back to where they started"""

    bl_idname = "avatar.reset_hair"
    bl_label = "Reset Hair"
    bl_options: ClassVar[set[str]] = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return _has_avatar(cls, context) and worn_hair(active_head(context)) is not None

    def execute(self, context: bpy.types.Context) -> set[str]:
        reset_sliders(worn_hair(active_head(context)))
        return {"FINISHED"}


CLASSES = (AVATAR_OT_wear_hairstyle, AVATAR_OT_reset_hair)
