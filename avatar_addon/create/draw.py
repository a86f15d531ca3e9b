# SPDX-License-Identifier: GPL-3.0-or-later
"""The photo section of the panel: choosing, progress, faces, what failed."""

from __future__ import annotations

from pathlib import Path

import bpy
from bpy.app.translations import pgettext_iface as translated

from ..models.section import draw_models
from ..report_words import said, told
from ..settings import session_settings
from ..wrap import label_lines
from . import pictures, session
from .queue import FINISHED, WORKING, Item, Stage

ICONS = {
    Stage.WAITING: "SORTTIME",
    Stage.LOOKING: "VIEWZOOM",
    Stage.CHOOSE: "COMMUNITY",
    Stage.CREATING: "RENDER_ANIMATION",
    Stage.READY: "IMPORT",
    Stage.DONE: "CHECKMARK",
    Stage.FAILED: "ERROR",
    Stage.CANCELLED: "CANCEL",
}
PICTURE_SCALE, FACE_SCALE = 6.0, 4.0


def draw_photo(layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
    """Everything from the photo to the avatar."""
    settings = session_settings(context)
    items = session.items()
    row = layout.row(align=True)
    row.operator("avatar.pick_photo", icon="FILE_IMAGE")
    row.operator("avatar.paste_photo", text="", icon="PASTEDOWN")
    row.operator("avatar.create_folder", text="", icon="FILE_FOLDER")
    photo = bpy.path.abspath(settings.photo)
    if photo:
        _draw_preview(layout, Path(photo))
    elif not items:
        label_lines(layout, context, translated("Or drop a portrait into the viewport: one person, facing the camera."))
    column = layout.column()
    column.scale_y = 1.5
    column.enabled = bool(photo)
    column.operator("avatar.create", icon="USER").filepath = photo
    if len(items) > 1:
        _draw_list(layout, context, items)
    for item in items:
        if item.stage is Stage.CHOOSE:
            _draw_faces(layout, context, item)
    if len(items) == 1 and items[0].stage is not Stage.CHOOSE:
        _draw_item(layout, context, items[0])


def draw_photo_options(layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
    """What else can be chosen before Create."""
    settings = session_settings(context)
    layout.use_property_split = True
    layout.use_property_decorate = False
    draw_models(layout, context)
    layout.prop(settings, "texture_size")
    layout.prop(settings, "style")
    layout.prop(settings, "hair_mask")
    layout.prop(settings, "hair_file")


def _draw_preview(layout: bpy.types.UILayout, photo: Path) -> None:
    box = layout.box()
    icon = pictures.icon(photo)
    if icon:
        box.template_icon(icon, scale=PICTURE_SCALE)
    box.label(text=photo.name, translate=False, icon="NONE" if photo.is_file() else "ERROR")


def _draw_item(layout: bpy.types.UILayout, context: bpy.types.Context, item: Item) -> None:
    if item.stage not in FINISHED:
        row = layout.row(align=True)
        row.progress(factor=item.fraction, text=_words(item))
        row.operator("avatar.cancel", text="", icon="CANCEL").number = item.number
        return
    if item.stage is Stage.FAILED:
        _draw_failure(layout, context, item)
    for warning in item.warnings if item.stage is Stage.DONE else ():
        label_lines(layout, context, said(warning), icon="INFO")


def _draw_list(layout: bpy.types.UILayout, context: bpy.types.Context, items: list[Item]) -> None:
    box = layout.box()
    done = sum(item.stage in FINISHED for item in items)
    row = box.row()
    row.label(text=told("{done} of {all} photos", done=done, all=len(items)), translate=False)
    if done < len(items):
        row.operator("avatar.cancel", text="Cancel All", icon="CANCEL")
    else:
        row.operator("avatar.clear_queue", icon="X")
    for item in items:
        row = box.row(align=True)
        row.label(text=item.name, icon=ICONS[item.stage], translate=False)
        if item.stage in WORKING:
            row.progress(factor=item.fraction, text=_words(item))
        if item.stage not in FINISHED:
            row.operator("avatar.cancel", text="", icon="X").number = item.number
        if item.stage is Stage.FAILED:
            label_lines(box, context, said(item.error))


def _draw_faces(layout: bpy.types.UILayout, context: bpy.types.Context, item: Item) -> None:
    box = layout.box()
    faces = item.thumbnails[1:]
    words = told("{count} faces: whose avatar shall it be?", count=len(faces))
    label_lines(box, context, words, icon="COMMUNITY")
    grid = box.grid_flow(columns=3, even_columns=True, align=True)
    for face, file in enumerate(faces, 1):
        cell = grid.column(align=True)
        cell.template_icon(pictures.icon(Path(file)), scale=FACE_SCALE)
        chosen = cell.operator("avatar.choose_face", text=str(face))
        chosen.number, chosen.face = item.number, face
    box.operator("avatar.cancel", icon="CANCEL").number = item.number


def _draw_failure(layout: bpy.types.UILayout, context: bpy.types.Context, item: Item) -> None:
    box = layout.box()
    column = box.column()
    column.alert = True
    label_lines(column, context, said(item.error), icon="ERROR")
    row = box.row()
    if item.log:
        row.operator("avatar.show_log", icon="TEXT").filepath = item.log
    row.operator("avatar.clear_queue", text="Dismiss", icon="X")


def _words(item: Item) -> str:
    if item.stage is Stage.READY:
        in_the_way = bpy.context.mode != "OBJECT"
        return translated("Leave the current mode to see it") if in_the_way else translated("Adding it to the scene")
    if item.stage is Stage.LOOKING and not item.words:
        return translated("Looking for faces")
    return translated(item.words) or translated("Waiting")
