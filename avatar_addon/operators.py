# SPDX-License-Identifier: GPL-3.0-or-later
"""Operators: thin calls of functions that work without them."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import bpy
from bpy_extras.io_utils import ExportHelper, ImportHelper

from ..inference.bundle_io import read_bundle
from ..inference.errors import AvatarError
from .export import files
from .scene.assemble import build_avatar
from .scene.avatars import active_head, avatar_objects


class AVATAR_OT_import_bundle(bpy.types.Operator, ImportHelper):
    """Add the avatar of a bundle (its avatar.json, its folder or its zip) to the scene"""

    bl_idname = "avatar.import_bundle"
    bl_label = "Import Avatar"
    bl_options: ClassVar[set[str]] = {"REGISTER", "UNDO"}

    filename_ext = ".json"
    filter_glob: bpy.props.StringProperty(default="*.json;*.zip", options={"HIDDEN"})

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        if context.mode == "OBJECT":
            return True
        cls.poll_message_set("Leave the current mode first: an avatar is added in Object Mode")
        return False

    def execute(self, context: bpy.types.Context) -> set[str]:
        path = Path(bpy.path.abspath(self.filepath))
        try:
            avatar = read_bundle(path.parent if path.name == "avatar.json" else path)
        except AvatarError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        objects = build_avatar(avatar, context.scene)
        for item in context.selected_objects:
            item.select_set(False)
        head_object = bpy.data.objects[objects.head]
        head_object.select_set(True)
        context.view_layer.objects.active = head_object
        return {"FINISHED"}


class AVATAR_OT_export(bpy.types.Operator, ExportHelper):
    """Write the active avatar to a file of another program"""

    bl_idname = "avatar.export"
    bl_label = "Export Avatar"

    kind: bpy.props.EnumProperty(
        name="Format",
        items=(
            ("fbx", "FBX", "Shape keys, armature, embedded textures, hair as strips"),
            ("obj", "OBJ", "The current expression, with materials and textures beside it"),
            ("glb", "GLB", "Morph targets, armature, textures inside, hair as strips"),
        ),
    )
    filename_ext = ""
    filter_glob: bpy.props.StringProperty(default="*.fbx;*.obj;*.glb", options={"HIDDEN"})

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        if active_head(context) is None:
            cls.poll_message_set("There is no avatar in this scene")
            return False
        return context.mode == "OBJECT"

    def execute(self, context: bpy.types.Context) -> set[str]:
        path = Path(bpy.path.abspath(self.filepath)).with_suffix(f".{self.kind}")
        files.write(self.kind, avatar_objects(active_head(context)), path)
        self.report({"INFO"}, f"Wrote {path}")
        return {"FINISHED"}


CLASSES = (AVATAR_OT_import_bundle, AVATAR_OT_export)
