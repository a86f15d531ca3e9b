# SPDX-License-Identifier: GPL-3.0-or-later
"""What a clipboard can hold. Pictures themselves are pasted in a window, see tests/window/story_clipboard.py."""

from __future__ import annotations

import pytest
from portrait_avatar.avatar_addon.create import clipboard


@pytest.mark.parametrize("form", ["{path}", '"{path}"', "file://{address}", "file://{address}\nfile:///another.jpg\n"])
def test_a_path(folder, form):
    path = folder / "me 1.JPG"
    path.touch()
    text = form.format(path=path, address=str(path).replace(" ", "%20"))
    assert clipboard.path_in(text) == path


@pytest.mark.parametrize(
    "text", ["", " \n", "hello", "/none/there.jpg", "\udc89PNG\r\n", "a\0b.jpg", "x" * 100_000 + ".jpg"]
)
def test_no_path(text):
    assert clipboard.path_in(text) is None


def test_a_picture_by_the_desktops_tool(folder, monkeypatch):
    tool = folder / "xclip"
    tool.write_text("#!/bin/sh\nprintf '\\211PNG\\r\\n\\032\\n...'\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))
    assert clipboard._by_tool(folder).read_bytes() == b"\x89PNG\r\n\x1a\n..."
    tool.write_text("#!/bin/sh\necho 'Error: target image/png not available' >&2; exit 1\n")
    assert clipboard._by_tool(folder) is None
