# SPDX-License-Identifier: GPL-3.0-or-later
"""A photo in the clipboard: the path of one, or the picture itself."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlparse

import bpy

from .photo_files import EXTENSIONS

# What shows a picture in the clipboard where Blender cannot: under X11.
TOOLS = (("wl-paste", "--type", "image/png"), ("xclip", "-selection", "clipboard", "-target", "image/png", "-out"))
PATIENCE = 2.0
PNG = b"\x89PNG\r\n\x1a\n"


def photo_in_clipboard(context: bpy.types.Context, folder: Path) -> Path | None:
    """The photo's file; a picture itself is written into ``folder``. None when the clipboard holds neither."""
    return path_in(context.window_manager.clipboard) or _by_blender(context, folder) or _by_tool(folder)


def path_in(text: str) -> Path | None:
    """The picture that a copied path or file:// address names."""
    line = text.strip().strip('"').splitlines()[0] if text.strip() else ""
    if line.startswith("file://"):
        line = unquote(urlparse(line).path)
        line = line[1:] if line[2:3] == ":" else line
    with contextlib.suppress(OSError, ValueError):
        path = Path(line)
        if line and path.suffix.lower() in EXTENSIONS and path.is_file():
            return path
    return None


def _by_blender(context: bpy.types.Context, folder: Path) -> Path | None:
    """Blender pastes pictures in image editors only, on Windows, macOS and Wayland."""
    known = set(bpy.data.images)
    with contextlib.suppress(RuntimeError), _image_editor(context):
        if not bpy.ops.image.clipboard_paste.poll():
            return None
        bpy.ops.image.clipboard_paste()
    new = [image for image in bpy.data.images if image not in known]
    if not new:
        return None
    path = folder / "clipboard.png"
    new[0].file_format = "PNG"
    new[0].save(filepath=str(path))
    bpy.data.batch_remove(new)
    return path


@contextlib.contextmanager
def _image_editor(context: bpy.types.Context) -> Iterator[None]:
    """The context of an image editor: one that is open, or another area that becomes one for this moment.

    Never the area at hand, whose button is being pressed. Raises RuntimeError where there is no other.
    """
    areas = [] if context.window is None else [area for area in context.window.screen.areas if area != context.area]
    if not areas:
        raise RuntimeError("no area to paste in")
    area = next((area for area in areas if area.type == "IMAGE_EDITOR"), areas[-1])
    before = area.ui_type
    area.type = "IMAGE_EDITOR"
    try:
        with context.temp_override(area=area, region=area.regions[-1]):
            yield
    finally:
        area.ui_type = before


def _by_tool(folder: Path) -> Path | None:
    """With what the desktop has installed."""
    for command in TOOLS:
        if shutil.which(command[0]) is None:
            continue
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            pasted = subprocess.run(command, capture_output=True, timeout=PATIENCE, check=False).stdout
            if pasted.startswith(PNG):
                path = folder / "clipboard.png"
                path.write_bytes(pasted)
                return path
    return None
