# SPDX-License-Identifier: GPL-3.0-or-later
"""File > Export and the panel's button."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import bpy
from bpy.props import StringProperty
from bpy_extras.io_utils import ExportHelper

from ..report_words import told
from ..scene.avatars import active_head, avatar_objects
from ..settings import ExportChoices, kept_settings

REMEMBERED = tuple(ExportChoices.__annotations__)


class AVATAR_OT_export(ExportChoices, bpy.types.Operator, ExportHelper):
    """Write the active avatar to a file of another program.

    From Python: ``bpy.ops.avatar.export(filepath="me.fbx", kind="fbx", preset="UNITY")``; what is not given is as last time"""

    bl_idname = "avatar.export"
    bl_label = "Export Avatar"
    bl_description = "Write the active avatar to a file of another program"
    bl_options: ClassVar[set[str]] = {"PRESET"}

    filename_ext = ""
    filter_glob: StringProperty(default="*.fbx;*.obj;*.glb;*.usdc;*.zip", options={"HIDDEN"})

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        if active_head(context) is None:
            cls.poll_message_set("There is no avatar in this scene")
            return False
        if context.mode != "OBJECT":
            cls.poll_message_set("Leave the current mode first")
            return False
        return True

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        self._recall(context)
        if not self.filepath:
            head_object = active_head(context)
            self.filepath = f"{avatar_objects(head_object).collection}.{self.kind}"
        return ExportHelper.invoke(self, context, event)

    def check(self, _context: bpy.types.Context) -> bool:
        """Let the file's ending follow the format."""
        path = str(Path(self.filepath).with_suffix(f".{self.kind}"))
        changed, self.filepath = path != self.filepath, path
        return changed

    def draw(self, _context: bpy.types.Context) -> None:
        draw_choices(self.layout, self)

    def execute(self, context: bpy.types.Context) -> set[str]:
        from . import files
        from .options import export_options

        self._recall(context)
        path = Path(bpy.path.abspath(self.filepath)).with_suffix(f".{self.kind}")
        options = export_options(self.preset, self.scale, self.hair, self.strands, self.points)
        try:
            files.write(self.kind, avatar_objects(active_head(context)), path, options)
        except OSError as problem:
            self.report(
                {"ERROR"},
                told(
                    "{path} could not be written ({problem}): choose another place or format",
                    path=path,
                    problem=problem.strerror or problem,
                ),
            )
            return {"CANCELLED"}
        self._remember(context)
        self.report({"INFO"}, told("Wrote {path}", path=path))
        return {"FINISHED"}

    def _recall(self, context: bpy.types.Context) -> None:
        last = kept_settings(context).export
        for name in REMEMBERED:
            if not self.properties.is_property_set(name):
                setattr(self, name, getattr(last, name))

    def _remember(self, context: bpy.types.Context) -> None:
        last = kept_settings(context).export
        for name in REMEMBERED:
            if getattr(last, name) != getattr(self, name):
                setattr(last, name, getattr(self, name))
                # Else Blender would not save them on exit.
                context.preferences.is_dirty = True


def draw_choices(layout: bpy.types.UILayout, choices: object) -> None:
    """The choices of the operator, or of the panel that keeps them."""
    layout.use_property_split = True
    layout.use_property_decorate = False
    layout.prop(choices, "kind")
    if choices.kind in ("fbx", "zip"):
        layout.prop(choices, "preset")
    layout.prop(choices, "scale")
    layout.prop(choices, "hair")
    if choices.hair != "NONE":
        layout.prop(choices, "strands")
        layout.prop(choices, "points")


def draw_export(layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
    """The panel's section."""
    draw_choices(layout, kept_settings(context).export)
    layout.operator(AVATAR_OT_export.bl_idname, icon="EXPORT")


def _menu_entry(menu: bpy.types.Menu, _context: bpy.types.Context) -> None:
    menu.layout.operator(AVATAR_OT_export.bl_idname, text="Portrait Avatar (.fbx, .obj, .glb, .usdc, .zip)")


def register() -> None:
    """An entry in File > Export."""
    bpy.types.TOPBAR_MT_file_export.append(_menu_entry)


def unregister() -> None:
    """Take it back."""
    bpy.types.TOPBAR_MT_file_export.remove(_menu_entry)


CLASSES = (AVATAR_OT_export,)
