# SPDX-License-Identifier: GPL-3.0-or-later
"""Photo to avatar: without waiting when pressed or dropped, waiting when a script calls."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import bpy
from bpy.props import BoolProperty, CollectionProperty, EnumProperty, IntProperty, StringProperty

from ..folders import user_folder
from ..given_files import given_files, given_folder
from ..report_words import said
from ..settings import ESTIMATORS, TEXTURE_SIZES, session_settings
from ..setup.running import environment
from . import session
from .photo_files import photos_in
from .show import open_tab

if TYPE_CHECKING:
    from .queue import Item

POLL = 0.02


class AVATAR_OT_create(bpy.types.Operator):
    """Make an avatar of a portrait photo, or of several.

    From Python it waits and adds the avatars to the scene:
    ``bpy.ops.avatar.create(filepath="me.jpg")`` or
    ``bpy.ops.avatar.create(directory="/photos", files=[{"name": "a.jpg"}, {"name": "b.jpg"}])`` or, for all photos of a folder,
    ``bpy.ops.avatar.create(directory="/photos")``. It answers FINISHED when at least one avatar was made; failures are reported, and
    without any avatar raise RuntimeError. Each avatar's bundle is kept in the extension's user folder, or in ``output``"""

    bl_idname = "avatar.create"
    bl_label = "Create Avatar"
    bl_description = "Make an avatar of a portrait photo, or of several"
    bl_options: ClassVar[set[str]] = {"REGISTER", "UNDO"}

    filepath: StringProperty(name="Photo", subtype="FILE_PATH", options={"SKIP_SAVE"})
    directory: StringProperty(
        name="Folder", subtype="DIR_PATH", description="Folder of the files", options={"SKIP_SAVE"}
    )
    files: CollectionProperty(name="Files", type=bpy.types.OperatorFileListElement, options={"HIDDEN", "SKIP_SAVE"})
    face: IntProperty(
        name="Face",
        default=0,
        min=0,
        description="Which face of the photo: 1 is the largest; 0 lets the person choose, and is 1 for scripts",
        options={"SKIP_SAVE"},
    )
    texture_size: EnumProperty(name="Textures", items=TEXTURE_SIZES, default="1024", options={"SKIP_SAVE"})
    estimator: EnumProperty(name="Head Found By", items=ESTIMATORS, options={"SKIP_SAVE"})
    refine: BoolProperty(
        name="Refine", description="Move the networks' estimate onto the photo's landmarks", options={"SKIP_SAVE"}
    )
    head: StringProperty(
        name="Head Model",
        description="open, flame, or the path of a FLAME file; empty: what the estimator wants",
        options={"SKIP_SAVE"},
    )
    style: StringProperty(
        name="Hairstyle", description="A hairstyle of the library; empty: the photo's", options={"SKIP_SAVE"}
    )
    hair_mask: StringProperty(
        name="Hair Mask",
        subtype="FILE_PATH",
        description="A picture of the photo's size, white where hair is; empty: found in the photo",
        options={"SKIP_SAVE"},
    )
    hair_file: StringProperty(
        name="Strand File",
        subtype="FILE_PATH",
        description="A file of strands to wear instead (.data, .hair, .obj, .npz); empty: the photo's hair",
        options={"SKIP_SAVE"},
    )
    output: StringProperty(
        name="Bundles", subtype="DIR_PATH", description="Folder to keep the bundles in", options={"SKIP_SAVE"}
    )

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        if session.inference_python(context) is None:
            cls.poll_message_set("Press Set Up first: reading photos needs the inference environment")
            return False
        return True

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        """Queue the photos and return at once; the avatars come with undo steps of their own."""
        # Here and below: Blender's start does not wait for what only a photo needs.
        from ...inference.errors import AvatarError

        open_tab(context)
        settings = session_settings(context)
        for name in ("texture_size", "estimator", "refine", "style", "hair_mask", "hair_file"):
            if not self.properties.is_property_set(name):
                setattr(self, name, getattr(settings, name))
        if not (self.filepath or self.directory):
            self.filepath = settings.photo
        try:
            added = self._queue(context, ask=True)
        except AvatarError as error:
            self.report({"ERROR"}, said(error.message))
            return {"CANCELLED"}
        if len(added) == 1:
            settings.photo = added[0].request.photo
        session.start_ticking()
        return {"INTERFACE"}

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Wait for all photos and add their avatars."""
        from ...inference.errors import AvatarError
        from .queue import FINISHED, Stage

        if context.mode != "OBJECT":
            self.report({"ERROR"}, "Leave the current mode first: an avatar is added in Object Mode")
            return {"CANCELLED"}
        try:
            added = self._queue(context, ask=False)
        except AvatarError as error:
            self.report({"ERROR"}, said(error.message))
            return {"CANCELLED"}
        queue = session.queue(context)
        made = 0
        for item in added:
            while item.stage not in (*FINISHED, Stage.READY):
                queue.advance()
                time.sleep(POLL)
            made += self._add(item)
        return {"FINISHED"} if made else {"CANCELLED"}

    def _add(self, item: Item) -> bool:
        from .keep import keep_newest
        from .queue import Stage

        if item.stage is Stage.READY:
            try:
                bpy.ops.avatar.import_bundle(filepath=item.request.output, face=item.request.face)
            except RuntimeError as failure:
                item.stage, item.error = Stage.FAILED, str(failure).removeprefix("Error: ").strip()
            else:
                item.stage, item.avatar = Stage.DONE, bpy.context.view_layer.objects.active.name
                keep_newest(bpy.context)
                return True
        self.report({"ERROR"}, f"{item.name}: {said(item.error) or 'cancelled'}")
        return False

    def _queue(self, context: bpy.types.Context, ask: bool) -> list[Item]:
        from .enqueue import Choices, enqueue

        choices = Choices(
            face=self.face,
            texture_size=int(self.texture_size),
            style=self.style,
            estimator=self.estimator,
            refine=self.refine,
            head=self.head,
            device=environment().device or "cpu",
            hair_mask=bpy.path.abspath(self.hair_mask),
            hair_file=bpy.path.abspath(self.hair_file),
        )
        # Two Blenders share the user folder.
        folder, mark = user_folder("avatars"), f"-{os.getpid()}"
        if self.output:
            folder, mark = Path(bpy.path.abspath(self.output)), ""
        return enqueue(session.queue(context), self._photos(), choices, folder, ask, mark)

    def _photos(self) -> list[Path]:
        """The photos meant: the named files, all of the folder, or the one of ``filepath``."""
        from ...inference.errors import AvatarError

        folder = given_folder(self)
        photos = given_files(self) or ([] if folder is None else photos_in(folder))
        if not photos:
            if folder is None:
                raise AvatarError("photo_missing", "Choose a photo first: JPEG, PNG, WebP, TIFF or HEIC.")
            raise AvatarError("photo_missing", f"There is no photo in {folder}: JPEG, PNG, WebP, TIFF or HEIC.")
        return photos


class AVATAR_OT_choose_face(bpy.types.Operator):
    """Make the avatar of this face"""

    bl_idname = "avatar.choose_face"
    bl_label = "Choose Face"
    bl_options: ClassVar[set[str]] = {"INTERNAL"}

    number: IntProperty()
    face: IntProperty(default=1, min=1)

    def execute(self, context: bpy.types.Context) -> set[str]:
        item = session.item(self.number)
        if item is None:
            return {"CANCELLED"}
        session.queue(context).choose(item, self.face)
        session.start_ticking()
        return {"FINISHED"}


class AVATAR_OT_cancel(bpy.types.Operator):
    """Stop making this avatar; what is in the scene stays"""

    bl_idname = "avatar.cancel"
    bl_label = "Cancel"
    bl_options: ClassVar[set[str]] = {"INTERNAL"}

    number: IntProperty(default=0, description="The photo's number in the queue; 0: all", options={"SKIP_SAVE"})

    def execute(self, context: bpy.types.Context) -> set[str]:
        if session.items():
            queue = session.queue(context)
            item = session.item(self.number)
            if item is None:
                queue.cancel_all()
            else:
                queue.cancel(item)
            session.start_ticking()
        return {"FINISHED"}


class AVATAR_OT_clear_queue(bpy.types.Operator):
    """Take finished and failed photos off the list"""

    bl_idname = "avatar.clear_queue"
    bl_label = "Clear"
    bl_options: ClassVar[set[str]] = {"INTERNAL"}

    def execute(self, context: bpy.types.Context) -> set[str]:
        if session.items():
            session.queue(context).forget_finished()
        return {"FINISHED"}


CLASSES = (AVATAR_OT_create, AVATAR_OT_choose_face, AVATAR_OT_cancel, AVATAR_OT_clear_queue)
