# SPDX-License-Identifier: GPL-3.0-or-later
"""Opening the mask in the image editor, and creating the avatar again with it."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import ClassVar

import bpy

from ..report_words import told
from ..scene.avatars import MARK, active_head
from .pictures import MASK, PHOTO, picture, write_mask, write_photo


class AVATAR_OT_edit_hair_mask(bpy.types.Operator):
    """Show where the photo was taken for hair, in an image editor: paint white where hair is, black where none is"""

    bl_idname = "avatar.edit_hair_mask"
    bl_label = "Edit Hair Mask"
    bl_options: ClassVar[set[str]] = {"INTERNAL"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return _has_picture(cls, context, MASK)

    def execute(self, context: bpy.types.Context) -> set[str]:
        image = picture(active_head(context), MASK)
        area = _image_editor(context)
        if area is None:
            self.report({"INFO"}, told("Open '{name}' in an image editor", name=image.name))
            return {"FINISHED"}
        space = area.spaces.active
        space.image = image
        space.mode = "PAINT"
        # The sliders of the brush lie in the header; the whole picture should be in view.
        region = next(region for region in area.regions if region.type == "WINDOW")
        with context.temp_override(area=area, region=region):
            bpy.ops.image.view_all(fit_view=True)
        return {"FINISHED"}


class AVATAR_OT_regrow_hair(bpy.types.Operator):
    """Create the avatar again from its photo, with the hair where the mask is white now. It comes as a new avatar"""

    bl_idname = "avatar.regrow_hair"
    bl_label = "Create with This Mask"
    bl_options: ClassVar[set[str]] = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return _has_picture(cls, context, PHOTO) and _has_picture(cls, context, MASK) and bpy.ops.avatar.create.poll()

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        """Queue it and return at once."""
        return {"INTERFACE"} if self._create(context, "INVOKE_DEFAULT") else {"CANCELLED"}

    def execute(self, context: bpy.types.Context) -> set[str]:
        """For scripts: wait."""
        return {"FINISHED"} if self._create(context, "EXEC_DEFAULT") else {"CANCELLED"}

    def _create(self, context: bpy.types.Context, how: str) -> bool:
        head_object = active_head(context)
        folder = Path(tempfile.mkdtemp(prefix="portrait_avatar_mask_", dir=bpy.app.tempdir or None))
        try:
            photo = write_photo(picture(head_object, PHOTO), folder)
            mask = write_mask(picture(head_object, MASK), folder)
            face = int(head_object[MARK].get("face", 1))
            bpy.ops.avatar.create(how, filepath=str(photo), hair_mask=str(mask), face=face)
        except (OSError, RuntimeError) as problem:
            self.report({"ERROR"}, str(problem).removeprefix("Error: ").strip())
            return False
        return True


def draw_mask(layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
    """The buttons, where the avatar still has its mask."""
    if picture(active_head(context), MASK) is not None:
        column = layout.column(align=True)
        column.operator(AVATAR_OT_edit_hair_mask.bl_idname, icon="BRUSH_DATA")
        column.operator(AVATAR_OT_regrow_hair.bl_idname, icon="FILE_REFRESH")


def _has_picture(cls: type[bpy.types.Operator], context: bpy.types.Context, role: str) -> bool:
    head_object = active_head(context)
    if head_object is None or picture(head_object, role) is None:
        cls.poll_message_set("There is no avatar with the picture of its photo in this scene")
        return False
    return True


def _image_editor(context: bpy.types.Context) -> bpy.types.Area | None:
    """An image editor that is open, or half of the 3D view made one; None without a window."""
    if context.window is None or bpy.app.background:
        return None
    areas = context.window.screen.areas
    known = [area for area in areas if area.type == "IMAGE_EDITOR"]
    if known:
        return known[0]
    view = context.area if context.area is not None else max(areas, key=lambda area: area.width * area.height)
    before = set(areas)
    with context.temp_override(area=view):
        bpy.ops.screen.area_split(direction="VERTICAL", factor=0.5)
    new = next(area for area in areas if area not in before)
    new.type = "IMAGE_EDITOR"
    return new


CLASSES = (AVATAR_OT_edit_hair_mask, AVATAR_OT_regrow_hair)
