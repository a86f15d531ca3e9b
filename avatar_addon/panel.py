# SPDX-License-Identifier: GPL-3.0-or-later
"""The tab "Avatar" in the 3D view's sidebar, in the order of the work.

Each section is imported when it is first drawn, so that Blender's start does not wait for them.
"""

from __future__ import annotations

import bpy

from .scene.avatars import MARK, active_head


class _Section:
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "Avatar"


class _AvatarSection(_Section):
    """A section about the avatar of the active object."""

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return active_head(context) is not None


class AVATAR_PT_main(_Section, bpy.types.Panel):
    bl_label = "Photo"

    def draw(self, context: bpy.types.Context) -> None:
        from .create.draw import draw_photo
        from .setup.draw import draw_setup
        from .setup.running import inference_python, is_running

        if inference_python(context) is None or is_running():
            draw_setup(self.layout, context)
            self.layout.operator("avatar.import_bundle", icon="IMPORT")
        else:
            draw_photo(self.layout, context)


class AVATAR_PT_photo_options(_Section, bpy.types.Panel):
    bl_label = "Options"
    bl_parent_id = "AVATAR_PT_main"
    bl_options = {"DEFAULT_CLOSED"}  # noqa: RUF012  Blender reads it

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        from .setup.running import inference_python

        return inference_python(context) is not None

    def draw(self, context: bpy.types.Context) -> None:
        from .create.draw import draw_photo_options

        draw_photo_options(self.layout, context)
        self.layout.operator("avatar.import_bundle", icon="IMPORT")


class AVATAR_PT_avatar(_AvatarSection, bpy.types.Panel):
    bl_label = "Avatar"

    def draw(self, context: bpy.types.Context) -> None:
        from .models.section import draw_limits, draw_sources

        head_object = active_head(context)
        self.layout.label(text=head_object[MARK]["name"], icon="USER", translate=False)
        draw_limits(self.layout, head_object)
        header, body = self.layout.panel("avatar_sources", default_closed=True)
        header.label(text="Made With")
        if body is not None:
            draw_sources(body, context, head_object)


class AVATAR_PT_emotions(_AvatarSection, bpy.types.Panel):
    bl_label = "Emotions"

    def draw(self, context: bpy.types.Context) -> None:
        from .emotion.panel import draw_emotions

        draw_emotions(self.layout, context)


class AVATAR_PT_hair(_AvatarSection, bpy.types.Panel):
    bl_label = "Hair"

    def draw(self, context: bpy.types.Context) -> None:
        from .hair.panel import draw_hair
        from .mask.operators import draw_mask

        draw_hair(self.layout, context)
        draw_mask(self.layout, context)


class AVATAR_PT_look(_AvatarSection, bpy.types.Panel):
    bl_label = "Eyes and Skin"
    bl_options = {"DEFAULT_CLOSED"}  # noqa: RUF012  Blender reads it

    def draw(self, context: bpy.types.Context) -> None:
        from .look.draw import draw_look

        draw_look(self.layout, active_head(context))


class AVATAR_PT_export(_AvatarSection, bpy.types.Panel):
    bl_label = "Export"
    bl_options = {"DEFAULT_CLOSED"}  # noqa: RUF012  Blender reads it

    def draw(self, context: bpy.types.Context) -> None:
        from .export.operators import draw_export

        draw_export(self.layout, context)


CLASSES = (
    AVATAR_PT_main,
    AVATAR_PT_photo_options,
    AVATAR_PT_avatar,
    AVATAR_PT_emotions,
    AVATAR_PT_hair,
    AVATAR_PT_look,
    AVATAR_PT_export,
)
