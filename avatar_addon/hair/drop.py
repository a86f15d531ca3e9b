# SPDX-License-Identifier: GPL-3.0-or-later
"""A hairstyle dragged from the asset browser into the scene is worn by the active avatar (from Blender 4.3 on)."""

from __future__ import annotations

from typing import Any

import bpy

from ..scene.avatars import active_head

# Property of the assets: the name of the style they stand for.
STANDS_FOR = "wears_hairstyle"
CLASSES: tuple[type, ...] = ()


@bpy.app.handlers.persistent
def after_import(imported: Any) -> None:
    """Remember what was dropped; scenes may not be changed inside the handler."""
    names = [item.id.name for item in imported.import_items if isinstance(item.id, bpy.types.Object)]
    dropped = [name for name in names if STANDS_FOR in bpy.data.objects.get(name, {})]
    if dropped and active_head(bpy.context) is not None:
        bpy.app.timers.register(lambda: wear_dropped(dropped), first_interval=0.0)


def wear_dropped(names: list[str]) -> None:
    """Wear the style that the last of these objects stands for, and remove them all: one undo step with the drop."""
    from ...inference.errors import AvatarError
    from . import library, wear

    dropped = [bpy.data.objects[name] for name in names if name in bpy.data.objects]
    head_object = active_head(bpy.context)
    if not dropped or head_object is None or bpy.context.mode != "OBJECT":
        return
    style = dropped[-1][STANDS_FOR]
    try:
        wear.wear_style(head_object, library.load(style))
    except AvatarError:
        # The asset stays as it was dropped.
        return
    for item in dropped:
        curves = item.data
        bpy.data.objects.remove(item)
        if curves is not None and not curves.users:
            bpy.data.hair_curves.remove(curves)
    bpy.context.view_layer.objects.active = head_object
    bpy.ops.ed.undo_push(message="Wear Hairstyle")


def register() -> None:
    """Listen to imports where Blender tells of them."""
    if hasattr(bpy.app.handlers, "blend_import_post"):
        bpy.app.handlers.blend_import_post.append(after_import)


def unregister() -> None:
    """Stop listening."""
    if hasattr(bpy.app.handlers, "blend_import_post"):
        bpy.app.handlers.blend_import_post.remove(after_import)
