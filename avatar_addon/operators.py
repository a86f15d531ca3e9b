# SPDX-License-Identifier: GPL-3.0-or-later
"""Bundle to avatar: the operator under everything that adds one to the scene."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import bpy
from bpy_extras.io_utils import ImportHelper

from .report_words import said, told


class AVATAR_OT_import_bundle(bpy.types.Operator, ImportHelper):
    """Add the avatar of a bundle (its avatar.json, its folder or its zip) to the scene"""

    bl_idname = "avatar.import_bundle"
    bl_label = "Import Avatar"
    bl_options: ClassVar[set[str]] = {"REGISTER", "UNDO"}

    filename_ext = ".json"
    filter_glob: bpy.props.StringProperty(default="*.json;*.zip", options={"HIDDEN"})
    face: bpy.props.IntProperty(
        name="Face", default=1, min=1, description="Which face of the photo it is", options={"HIDDEN", "SKIP_SAVE"}
    )

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        if context.mode == "OBJECT":
            return True
        cls.poll_message_set("Leave the current mode first: an avatar is added in Object Mode")
        return False

    def execute(self, context: bpy.types.Context) -> set[str]:
        # numpy is loaded here, not when Blender starts.
        from ..inference.bundle_io import read_bundle
        from ..inference.errors import AvatarError
        from .scene.assemble import build_avatar
        from .scene.avatars import MARK

        path = Path(bpy.path.abspath(self.filepath))
        bundle = path.parent if path.name == "avatar.json" else path
        try:
            avatar = read_bundle(bundle)
        except AvatarError as error:
            self.report({"ERROR"}, said(error.message))
            return {"CANCELLED"}
        try:
            objects = build_avatar(avatar, context.scene)
        except FileNotFoundError as missing:
            # Distributions leave parts of Blender out.
            self.report(
                {"ERROR"}, told("{missing}: use a complete Blender, such as that of blender.org", missing=missing)
            )
            return {"CANCELLED"}
        for item in context.selected_objects:
            item.select_set(False)
        head_object = bpy.data.objects[objects.head]
        # For the zip export; the file itself holds everything else.
        head_object[MARK]["bundle"] = str(bundle)
        head_object[MARK]["face"] = self.face
        # It stands before the face. Hidden, it still renders and can be looked through.
        bpy.data.objects[objects.camera].hide_set(True)
        head_object.select_set(True)
        context.view_layer.objects.active = head_object
        return {"FINISHED"}


def _menu_entry(menu: bpy.types.Menu, _context: bpy.types.Context) -> None:
    menu.layout.operator(AVATAR_OT_import_bundle.bl_idname, text="Portrait Avatar (.zip, avatar.json)")


def register() -> None:
    """An entry in File > Import."""
    bpy.types.TOPBAR_MT_file_import.append(_menu_entry)


def unregister() -> None:
    """Take it back."""
    bpy.types.TOPBAR_MT_file_import.remove(_menu_entry)


CLASSES = (AVATAR_OT_import_bundle,)
