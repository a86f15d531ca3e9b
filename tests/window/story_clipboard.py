# SPDX-License-Identifier: GPL-3.0-or-later
"""A photo from the clipboard: its path, as text and as a file manager copies it, and the picture itself. Needs xclip."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import bpy
from window_means import SETTINGS, dropped, expect, open_tab, picture, press, results, use_environment


def story() -> Iterator[float]:
    use_environment()
    yield from open_tab()
    chosen = bpy.context.window_manager.portrait_avatar
    for kind, content in (
        ("UTF8_STRING", SETTINGS["photo"].encode()),
        ("UTF8_STRING", f"file://{SETTINGS['photo']}\n".encode()),
    ):
        chosen.photo = ""
        owner = copy(kind, content)
        yield 1.0
        press("paste_photo")
        expect(chosen.photo == SETTINGS["photo"], f"pasting {content!r}: {chosen.photo!r}")
        owner.kill()
    chosen.photo = ""
    with open(SETTINGS["photo"], "rb") as file:
        owner = copy("image/png", file.read())
    yield 1.0
    images = len(bpy.data.images)
    press("paste_photo")
    results["pasted_picture"] = chosen.photo
    expect(len(bpy.data.images) == images, "pasting leaves a picture in the file")
    yield 2.0
    picture("pasted")
    if chosen.photo:
        yield from dropped(chosen.photo)
        yield 2.0
        picture("pasted_avatar")
    else:
        results["problems"].append("pasting a picture")
    owner.kill()


def copy(kind: str, content: bytes) -> subprocess.Popen[bytes]:
    """The clipboard's owner, who has to live on."""
    owner = subprocess.Popen(
        ["xclip", "-quiet", "-selection", "clipboard", "-target", kind],
        stdin=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    owner.stdin.write(content)
    owner.stdin.close()
    return owner
