# SPDX-License-Identifier: GPL-3.0-or-later
"""Ways to a photo: file browser, drop into the viewport, clipboard."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import bpy
from bpy.props import BoolProperty, StringProperty
from bpy_extras.io_utils import ImportHelper, poll_file_object_drop

from ..settings import session_settings
from . import session
from .photo_files import EXTENSIONS, FILTER


class AVATAR_OT_pick_photo(bpy.types.Operator, ImportHelper):
    """Choose a portrait photo"""

    bl_idname = "avatar.pick_photo"
    bl_label = "Choose Photo"
    bl_options: ClassVar[set[str]] = {"INTERNAL"}

    filter_glob: StringProperty(default=FILTER, options={"HIDDEN"})
    filter_image: BoolProperty(default=True, options={"HIDDEN"})

    def execute(self, context: bpy.types.Context) -> set[str]:
        session_settings(context).photo = bpy.path.abspath(self.filepath)
        session.warm_up(context)
        return {"FINISHED"}


class AVATAR_OT_create_folder(bpy.types.Operator):
    """Make avatars of all photos of a folder; a failure of one does not stop the others"""

    bl_idname = "avatar.create_folder"
    bl_label = "Create from Folder"
    bl_options: ClassVar[set[str]] = {"INTERNAL"}

    directory: StringProperty(subtype="DIR_PATH", options={"SKIP_SAVE"})
    filter_image: BoolProperty(default=True, options={"HIDDEN"})
    filter_folder: BoolProperty(default=True, options={"HIDDEN"})

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        return bpy.ops.avatar.create.poll()

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def execute(self, _context: bpy.types.Context) -> set[str]:
        bpy.ops.avatar.create("INVOKE_DEFAULT", directory=self.directory)
        return {"FINISHED"}


class AVATAR_OT_paste_photo(bpy.types.Operator):
    """Take the picture, or the path of a picture, from the clipboard"""

    bl_idname = "avatar.paste_photo"
    bl_label = "Paste Photo"
    bl_options: ClassVar[set[str]] = {"INTERNAL"}

    def execute(self, context: bpy.types.Context) -> set[str]:
        # Blender's start does not wait for these.
        import tempfile

        from .clipboard import photo_in_clipboard

        # A folder of its own: an earlier one may still be waiting in the queue.
        photo = photo_in_clipboard(context, Path(tempfile.mkdtemp(dir=bpy.app.tempdir or None)))
        if photo is None:
            self.report({"WARNING"}, "There is no picture in the clipboard, nor the path of one")
            return {"CANCELLED"}
        session_settings(context).photo = str(photo)
        session.warm_up(context)
        return {"FINISHED"}


class AVATAR_FH_photo(bpy.types.FileHandler):
    bl_idname = "AVATAR_FH_photo"
    bl_label = "Portrait Avatar"
    bl_import_operator = "avatar.create"
    bl_file_extensions = ";".join(EXTENSIONS)

    @classmethod
    def poll_drop(cls, context: bpy.types.Context) -> bool:
        return poll_file_object_drop(context)


CLASSES = (AVATAR_OT_pick_photo, AVATAR_OT_create_folder, AVATAR_OT_paste_photo, AVATAR_FH_photo)
