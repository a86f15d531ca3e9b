# SPDX-License-Identifier: GPL-3.0-or-later
"""Buttons of the set-up."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import bpy
from bpy.props import BoolProperty, EnumProperty

from ..create import session
from ..report_words import said, told
from ..settings import kept_settings
from . import running
from .environment import SIZE

if TYPE_CHECKING:
    from .task import SetupTask


class AVATAR_OT_set_up(bpy.types.Operator):
    """Install what is needed to read photos: Python packages in a folder of their own, which Blender removes with the extension"""

    bl_idname = "avatar.set_up"
    bl_label = "Set Up"
    bl_options: ClassVar[set[str]] = {"INTERNAL"}

    device: EnumProperty(
        name="Compute On",
        items=(("AUTO", "As chosen in the preferences", ""), ("cpu", "Processor", ""), ("cuda", "NVIDIA CUDA", "")),
        options={"SKIP_SAVE"},
    )
    fetch_python: BoolProperty(
        name="Download Python", description="Fetch a Python 3.11 if the computer has none", options={"SKIP_SAVE"}
    )
    repair: BoolProperty(name="Repair", description="Start again from nothing", options={"SKIP_SAVE"})

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        if running.is_running():
            cls.poll_message_set("The set-up is running")
            return False
        if not bpy.app.online_access and not kept_settings(context).wheels:
            cls.poll_message_set(
                "Blender does not allow online access: allow it in the preferences, System, or choose a folder of wheels"
            )
            return False
        return True

    @classmethod
    def description(cls, _context: bpy.types.Context, properties: bpy.types.OperatorProperties) -> str:
        if properties.repair:
            return "Delete the environment and install it again"
        return ""

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        """Start; the panel shows how far it is."""
        self._start(context)
        return {"FINISHED"}

    def execute(self, context: bpy.types.Context) -> set[str]:
        """For scripts: wait until it is done."""
        task = self._start(context)
        while task.state == "running":
            time.sleep(0.1)
        if task.state != "done":
            self.report({"ERROR"}, said(task.error or "The set-up was cancelled."))
            return {"CANCELLED"}
        running.show_hairstyles()
        return {"FINISHED"}

    def _start(self, context: bpy.types.Context) -> SetupTask:
        from .task import SetupOrder

        session.stop()
        kept = kept_settings(context)
        paths = {name: bpy.path.abspath(getattr(kept, name)) for name in ("base_python", "wheels")}
        return running.start(
            SetupOrder(
                device=kept.device if self.device == "AUTO" else self.device,
                base=Path(paths["base_python"]) if paths["base_python"] else None,
                fetch=self.fetch_python,
                wheels=Path(paths["wheels"]) if paths["wheels"] else None,
                online=bpy.app.online_access,
                repair=self.repair,
            )
        )


class AVATAR_OT_cancel_set_up(bpy.types.Operator):
    """Stop the set-up; a later one goes on from there"""

    bl_idname = "avatar.cancel_set_up"
    bl_label = "Cancel"
    bl_options: ClassVar[set[str]] = {"INTERNAL"}

    def execute(self, _context: bpy.types.Context) -> set[str]:
        task = running.task()
        if task is not None:
            task.cancel()
        return {"FINISHED"}


class AVATAR_OT_remove_environment(bpy.types.Operator):
    """Delete the inference environment. Avatars in your files stay as they are"""

    bl_idname = "avatar.remove_environment"
    bl_label = "Remove Environment"
    bl_options: ClassVar[set[str]] = {"INTERNAL"}

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        return not running.is_running() and running.environment().folder.exists()

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        return context.window_manager.invoke_confirm(self, event)

    def execute(self, _context: bpy.types.Context) -> set[str]:
        session.stop()
        running.remove()
        if running.environment().state != "missing":
            self.report({"ERROR"}, "The environment is in use: close other Blenders and try again")
            return {"CANCELLED"}
        self.report({"INFO"}, told("Removed; about {size:.1f} GB or more are free again", size=SIZE["cpu"][0]))
        return {"FINISHED"}


class AVATAR_OT_show_log(bpy.types.Operator):
    """Open the log in the system's text viewer"""

    bl_idname = "avatar.show_log"
    bl_label = "Show Log"
    bl_options: ClassVar[set[str]] = {"INTERNAL"}

    filepath: bpy.props.StringProperty(subtype="FILE_PATH", options={"SKIP_SAVE"})

    def execute(self, _context: bpy.types.Context) -> set[str]:
        path = Path(self.filepath) if self.filepath else running.setup_log()
        if not path.is_file():
            self.report({"WARNING"}, told("There is no log at {path}", path=path))
            return {"CANCELLED"}
        bpy.ops.wm.path_open(filepath=str(path))
        return {"FINISHED"}


def unregister() -> None:
    """End a running set-up with the add-on."""
    running.stop()


CLASSES = (AVATAR_OT_set_up, AVATAR_OT_cancel_set_up, AVATAR_OT_remove_environment, AVATAR_OT_show_log)
