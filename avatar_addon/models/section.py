# SPDX-License-Identifier: GPL-3.0-or-later
"""Head model and estimator: choosing them, and adding the files that some of them need."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import bpy
from bpy.app.translations import pgettext_iface as translated
from bpy.props import BoolProperty, EnumProperty, StringProperty

from ..folders import EXTENSION_FOLDER
from ..redraw import redraw_panels
from ..scene.avatars import MARK
from ..settings import session_settings
from ..setup.running import inference_python
from ..wrap import label_lines

if TYPE_CHECKING:
    from ..inquiry import Inquiry

TICK = 0.3
TASKS = (
    (
        "ADD",
        "Add",
        "Look through a folder for FLAME, DECA and MICA files and remember the usable ones. They stay where they are",
    ),
    ("CHECK", "Check", "Only tell what the files of a folder are and what is wrong with them"),
    ("LIST", "List", "Only tell which files are known"),
)
_inquiry: Inquiry | None = None


class AVATAR_OT_models(bpy.types.Operator):
    """Add, check or list FLAME, DECA and MICA files"""

    bl_idname = "avatar.models"
    bl_label = "Add Model Files"
    bl_options: ClassVar[set[str]] = {"INTERNAL"}

    directory: StringProperty(subtype="DIR_PATH", options={"SKIP_SAVE"})
    filter_folder: BoolProperty(default=True, options={"HIDDEN"})
    task: EnumProperty(name="Task", items=TASKS, options={"SKIP_SAVE"})

    @classmethod
    def description(cls, _context: bpy.types.Context, properties: AVATAR_OT_models) -> str:
        return translated(next(words for task, _, words in TASKS if task == properties.task))

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return inference_python(context) is not None

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        if self.task == "LIST":
            return self.execute(context)
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def execute(self, context: bpy.types.Context) -> set[str]:
        global _inquiry
        from ..inquiry import Inquiry

        folder = () if self.task == "LIST" else (str(Path(bpy.path.abspath(self.directory))),)
        _inquiry = Inquiry(inference_python(context), EXTENSION_FOLDER, ("weights", self.task.lower(), *folder))
        _inquiry.start()
        if not bpy.app.timers.is_registered(_tick):
            bpy.app.timers.register(_tick, persistent=True)
        return {"FINISHED"}


def draw_models(layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
    """The choice of the estimator, and the files."""
    settings = session_settings(context)
    layout.use_property_split = True
    layout.prop(settings, "estimator")
    if settings.estimator != "landmark_fit":
        layout.prop(settings, "refine")
        words = "Its files are yours to get: their makers allow research and other non-commercial use only."
        label_lines(layout, context, translated(words), icon="INFO")
    draw_files(layout, context)


def draw_files(layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
    """Adding, checking and listing files, and the last answer."""
    row = layout.row(align=True)
    row.operator(AVATAR_OT_models.bl_idname, icon="FILE_FOLDER").task = "ADD"
    row.operator(AVATAR_OT_models.bl_idname, text="", icon="VIEWZOOM").task = "CHECK"
    row.operator(AVATAR_OT_models.bl_idname, text="", icon="PRESET").task = "LIST"
    if _inquiry is None:
        return
    box = layout.box()
    if _inquiry.lines is None:
        box.label(text="Looking at the files", icon="SORTTIME")
        return
    for line in _inquiry.lines:
        label_lines(box, context, line)


def draw_limits(layout: bpy.types.UILayout, head_object: bpy.types.Object) -> None:
    """A warning, seen without opening anything, on an avatar that may not be used for everything."""
    if any(_limited(source) for source in head_object[MARK].get("sources", ())):
        row = layout.row()
        row.alert = True
        row.label(text="Not for commercial use", icon="ERROR")


def draw_sources(layout: bpy.types.UILayout, context: bpy.types.Context, head_object: bpy.types.Object) -> None:
    """What made an avatar, and under which licences."""
    for source in head_object[MARK].get("sources", ()):
        icon = "ERROR" if _limited(source) else "CHECKMARK"
        label_lines(layout, context, f"{source['name']}: {source['licence']}", icon=icon)


def _limited(source: Mapping[str, str]) -> bool:
    return source.get("use") == "non-commercial"


def _tick() -> float | None:
    redraw_panels()
    return TICK if _inquiry is not None and _inquiry.lines is None else None


def register() -> None:
    """Nothing is asked before a button is pressed."""


def unregister() -> None:
    """Forget the last answer."""
    global _inquiry
    _inquiry = None
    if bpy.app.timers.is_registered(_tick):
        bpy.app.timers.unregister(_tick)


CLASSES = (AVATAR_OT_models,)
