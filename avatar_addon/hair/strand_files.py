# SPDX-License-Identifier: GPL-3.0-or-later
"""Strand files of other programs become hairstyles: chosen in the file browser, dropped on an avatar, or named by a script."""

from __future__ import annotations

import contextlib
import re
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import bpy
from bpy.props import CollectionProperty, StringProperty
from bpy_extras.io_utils import poll_file_object_drop

from ..folders import EXTENSION_FOLDER
from ..given_files import given_files, given_folder
from ..redraw import redraw_panels
from ..report_words import said
from ..scene.avatars import active_head
from ..setup.running import inference_python
from ..wrap import label_lines
from .library import own_styles

if TYPE_CHECKING:
    from ..inquiry import Inquiry

ENDINGS = (".data", ".hair", ".obj", ".npz")
# Blender itself takes a dropped .obj; the file browser offers those too.
DROPPED = ".data;.hair"
TICK = 0.2
_inquiry: Inquiry | None = None


class AVATAR_OT_add_hair_files(bpy.types.Operator):
    """Make hairstyles of strand files.

    They join the menu of styles and the assets; the avatar wears a single one at once. From Python it waits:
    ``bpy.ops.avatar.add_hair_files(filepath="strands.data")``, or ``directory="/strands"`` for all of a folder"""

    bl_idname = "avatar.add_hair_files"
    bl_label = "Add Strand Files"
    bl_description = "Make hairstyles of strand files: .data of USC-HairSalon, .hair, .obj with lines, .npz"
    bl_options: ClassVar[set[str]] = {"INTERNAL"}

    filepath: StringProperty(subtype="FILE_PATH", options={"SKIP_SAVE"})
    directory: StringProperty(subtype="DIR_PATH", options={"SKIP_SAVE"})
    files: CollectionProperty(type=bpy.types.OperatorFileListElement, options={"HIDDEN", "SKIP_SAVE"})

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        if inference_python(context) is None:
            cls.poll_message_set("Press Set Up first: reading strands needs the inference environment")
            return False
        if _is_running():
            cls.poll_message_set("Strand files are being read")
            return False
        return True

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        """Begin and return at once; the panel tells the rest."""
        if not self._begin(context):
            return {"CANCELLED"}
        if not bpy.app.timers.is_registered(_tick):
            bpy.app.timers.register(_tick, persistent=True)
        return {"INTERFACE"}

    def execute(self, context: bpy.types.Context) -> set[str]:
        """For scripts: wait."""
        if not self._begin(context):
            return {"CANCELLED"}
        _inquiry.wait()
        if not _inquiry.good:
            self.report({"ERROR"}, _failure())
            return {"CANCELLED"}
        _take_in()
        return {"FINISHED"}

    def _begin(self, context: bpy.types.Context) -> bool:
        global _inquiry
        from ..inquiry import Inquiry

        files = self._chosen()
        if not files:
            self.report({"ERROR"}, "There is no strand file: choose .data, .hair, .obj or .npz")
            return False
        words = ("pack-hair", "-o", str(own_styles()), "--files", *(str(path) for path in files))
        _inquiry = Inquiry(inference_python(context), EXTENSION_FOLDER, words)
        _inquiry.start()
        return True

    def _chosen(self) -> list[Path]:
        files, folder = given_files(self), given_folder(self)
        if files or folder is None or not folder.is_dir():
            return files
        return sorted(path for path in folder.iterdir() if path.suffix.lower() in ENDINGS and path.is_file())


class AVATAR_OT_pick_hair_files(bpy.types.Operator):
    """Choose strand files of other programs, or a folder of them: they become hairstyles"""

    bl_idname = "avatar.pick_hair_files"
    bl_label = "Add Strand Files"
    bl_options: ClassVar[set[str]] = {"INTERNAL"}

    directory: StringProperty(subtype="DIR_PATH", options={"SKIP_SAVE"})
    files: CollectionProperty(type=bpy.types.OperatorFileListElement, options={"HIDDEN", "SKIP_SAVE"})
    filter_glob: StringProperty(default=";".join(f"*{ending}" for ending in ENDINGS), options={"HIDDEN"})

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        return bpy.ops.avatar.add_hair_files.poll()

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def execute(self, _context: bpy.types.Context) -> set[str]:
        files = [{"name": file.name} for file in self.files]
        bpy.ops.avatar.add_hair_files("INVOKE_DEFAULT", directory=self.directory, files=files)
        return {"FINISHED"}


class AVATAR_FH_strands(bpy.types.FileHandler):
    bl_idname = "AVATAR_FH_strands"
    bl_label = "Portrait Avatar Hair"
    bl_import_operator = "avatar.add_hair_files"
    bl_file_extensions = DROPPED

    @classmethod
    def poll_drop(cls, context: bpy.types.Context) -> bool:
        return poll_file_object_drop(context) and active_head(context) is not None


def draw_hair_files(layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
    """The button, and what became of the last files."""
    layout.operator(AVATAR_OT_pick_hair_files.bl_idname, icon="FILE_FOLDER")
    if _is_running():
        layout.label(text="Reading strands", icon="SORTTIME")
    elif _inquiry is not None and not _inquiry.good:
        label_lines(layout, context, _failure(), icon="ERROR")


def _failure() -> str:
    """What the inference side said, without the code in brackets at its end."""
    return said(re.sub(r"^Error: | \[\w+\]$", "", " ".join(_inquiry.lines)))


def _is_running() -> bool:
    return _inquiry is not None and _inquiry.lines is None


def _tick() -> float | None:
    if _inquiry is None:
        return None
    if _is_running():
        return TICK
    if _inquiry.good:
        with bpy.context.temp_override(window=bpy.context.window_manager.windows[0]):
            _take_in()
    redraw_panels()
    return None


def _take_in() -> None:
    """The new styles join the assets; a single one is worn by the active avatar, as an undo step of its own."""
    from .asset_library import add_library, registered_library
    from .own_assets import write_own_assets

    write_own_assets(own_styles())
    if registered_library() is not None:
        add_library()
    names = [Path(line).stem for line in _inquiry.lines if line.endswith(".npz")]
    if len(names) == 1 and bpy.ops.avatar.wear_hairstyle.poll():
        with contextlib.suppress(RuntimeError):
            bpy.ops.avatar.wear_hairstyle("EXEC_DEFAULT", True, style=names[0])


def unregister() -> None:
    """Forget the last answer."""
    global _inquiry
    _inquiry = None
    if bpy.app.timers.is_registered(_tick):
        bpy.app.timers.unregister(_tick)


CLASSES = (AVATAR_OT_add_hair_files, AVATAR_OT_pick_hair_files, AVATAR_FH_strands)
