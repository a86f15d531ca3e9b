# SPDX-License-Identifier: GPL-3.0-or-later
"""The set-up in the panel and in the preferences."""

from __future__ import annotations

import os
import sys

import bpy
from bpy.app.translations import pgettext_iface as translated

from ..report_words import said, told
from ..settings import kept_settings
from ..wrap import label_lines
from . import running
from .environment import OWN_PYTHON, SIZE, free_gigabytes


def draw_setup(layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
    """What has to be done before the first photo; nothing when it is done."""
    if running.is_running():
        _draw_progress(layout)
        return
    kept = kept_settings(context)
    needed = SIZE[kept.device][1]
    free = free_gigabytes(running.environment().folder)
    box = layout.box()
    box.label(text="Set up once", icon="PREFERENCES")
    words = "Reading photos needs neural networks and Python packages, about {done:.1f} GB in a folder of their own."
    label_lines(box, context, told(words, done=SIZE[kept.device][0]))
    words = "For a while {needed:.1f} GB are needed; {free:.0f} GB are free."
    label_lines(box, context, told(words, needed=needed, free=free))
    if sys.platform != "darwin":
        box.prop(kept, "device", text="")
    if not bpy.app.online_access and not kept.wheels:
        label_lines(box, context, translated("Blender is not allowed to go online."), icon="INTERNET_OFFLINE")
        box.operator("screen.userpref_show", text="Open the Preferences", icon="PREFERENCES").section = "SYSTEM"
    row = box.row()
    row.scale_y = 1.5
    row.operator("avatar.set_up", icon="IMPORT")
    _draw_failure(box, context)


def draw_preferences(layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
    """State of the environment, and everything that can be chosen about it."""
    from ..create.keep import draw_bundles
    from ..models.section import draw_files

    kept = kept_settings(context)
    column = layout.column()
    if os.environ.get(OWN_PYTHON) or kept.own_python:
        found = running.inference_python(context) is not None
        words = "Uses an environment of your own" if found else "There is no Python at that path"
        column.label(text=words, icon="CHECKMARK" if found else "ERROR")
    elif running.is_running():
        _draw_progress(column)
    else:
        _draw_environment(column, context)
    column.separator()
    column.use_property_split = True
    if sys.platform != "darwin":
        column.prop(kept, "device")
    column.prop(kept, "view")
    draw_bundles(column, context)
    column.label(text="FLAME, DECA and MICA: files of your own")
    draw_files(column, context)
    header, body = layout.panel("avatar_environment", default_closed=True)
    header.label(text="Without Internet, or with Your Own Python")
    if body is not None:
        body.use_property_split = True
        body.prop(kept, "base_python")
        body.prop(kept, "wheels")
        body.prop(kept, "own_python")


def _draw_environment(layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
    made = running.environment()
    if made.state == "missing":
        draw_setup(layout, context)
        return
    device = {"cpu": "Processor", "cuda": "NVIDIA CUDA"}[made.device]
    words = {"complete": "Set up ({device})", "outdated": "Set up, but this version wants newer packages ({device})"}
    layout.label(
        text=told(words[made.state], device=translated(device)),
        icon="CHECKMARK" if made.state == "complete" else "ERROR",
    )
    row = layout.row()
    if made.state == "outdated" or made.device != kept_settings(context).device:
        row.operator("avatar.set_up", text="Update", icon="IMPORT")
    row.operator("avatar.set_up", text="Repair", icon="TOOL_SETTINGS").repair = True
    row.operator("avatar.remove_environment", text="Remove", icon="TRASH")
    row.operator("avatar.show_log", icon="TEXT")
    layout.operator("wm.path_open", text="Open Its Folder", icon="FILE_FOLDER").filepath = str(made.folder.parent)
    _draw_failure(layout, context)


def _draw_progress(layout: bpy.types.UILayout) -> None:
    task = running.task()
    box = layout.box()
    box.label(text="Setting up", icon="IMPORT")
    box.progress(factor=task.fraction, text=f"{task.fraction:.0%}  {translated(task.words)}")
    row = box.row()
    row.operator("avatar.cancel_set_up", icon="CANCEL")
    row.operator("avatar.show_log", icon="TEXT")


def _draw_failure(layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
    task = running.task()
    if task is None or task.state not in ("failed", "cancelled"):
        return
    column = layout.column()
    column.alert = True
    label_lines(column, context, said(task.error or "The set-up was cancelled."), icon="ERROR")
    if task.no_python:
        layout.operator("avatar.set_up", text="Download Python and Set Up", icon="IMPORT").fetch_python = True
    elif task.error:
        layout.operator("avatar.show_log", icon="TEXT")
