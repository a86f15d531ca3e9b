# SPDX-License-Identifier: GPL-3.0-or-later
"""Clearing up the bundles in the extension's user folder."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import bpy

from ..folders import user_folder
from ..report_words import told
from ..scene.avatars import MARK
from ..settings import kept_settings
from . import session


class AVATAR_OT_remove_bundles(bpy.types.Operator):
    """Delete the bundles of all avatars that are not in the open file. Avatars in your files stay as they are"""

    bl_idname = "avatar.remove_bundles"
    bl_label = "Remove Bundles"
    bl_options: ClassVar[set[str]] = {"INTERNAL"}

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        return context.window_manager.invoke_confirm(self, event)

    def execute(self, _context: bpy.types.Context) -> set[str]:
        from .bundles import remove_old

        removed = remove_old(user_folder("avatars"), 0, in_use())
        self.report({"INFO"}, told("{count} bundles removed", count=len(removed)))
        return {"FINISHED"}


def keep_newest(context: bpy.types.Context) -> None:
    """What the preferences say is enough."""
    from .bundles import remove_old

    keep = kept_settings(context).keep_bundles
    if keep:
        remove_old(user_folder("avatars"), keep, in_use())


def in_use() -> set[Path]:
    """The bundles of avatars in the open file, and of photos under way."""
    heads = (item for item in bpy.data.objects if item.type == "MESH" and MARK in item)
    used = {Path(head[MARK]["bundle"]) for head in heads if head[MARK].get("bundle")}
    return used | {Path(item.request.output) for item in session.items()}


def draw_bundles(layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
    """In the preferences."""
    from .bundles import bundles_in

    row = layout.row(align=True)
    row.prop(kept_settings(context), "keep_bundles")
    count = len(bundles_in(user_folder("avatars")))
    row.operator(AVATAR_OT_remove_bundles.bl_idname, text=told("Remove {count}", count=count), icon="TRASH")


CLASSES = (AVATAR_OT_remove_bundles,)
