# SPDX-License-Identifier: GPL-3.0-or-later
"""Small pictures in the panel, kept outside the file."""

from __future__ import annotations

from pathlib import Path

import bpy.utils.previews

_previews: bpy.utils.previews.ImagePreviewCollection | None = None


def icon(path: Path) -> int:
    """The number by which a panel draws the picture; 0 when there is no such file. Blender loads it at the first drawing."""
    try:
        changed = path.stat().st_mtime_ns
    except OSError:
        return 0
    name = f"{path} {changed}"
    picture = _previews.get(name) or _previews.load(name, str(path), "IMAGE")
    return picture.icon_id


def register() -> None:
    """Make room for pictures."""
    global _previews
    _previews = bpy.utils.previews.new()


def unregister() -> None:
    """Free them."""
    global _previews
    bpy.utils.previews.remove(_previews)
    _previews = None


CLASSES = ()
