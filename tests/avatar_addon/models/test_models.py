# SPDX-License-Identifier: GPL-3.0-or-later
"""The person's own FLAME, DECA and MICA files, and what an avatar made with them says of itself."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import bpy
import pytest
from portrait_avatar import avatar_addon
from portrait_avatar.avatar_addon.models import section
from portrait_avatar.avatar_addon.scene.avatars import MARK

# Without a window Blender's interface has no scale.
CONTEXT = SimpleNamespace(region=None, preferences=SimpleNamespace(system=SimpleNamespace(ui_scale=1.0)))


class Said:
    """A layout that remembers the words and icons of its labels, in order."""

    def __init__(self) -> None:
        self.labels: list[tuple[str, str]] = []
        self.alert = False

    def row(self, **_: object) -> Said:
        return self

    column = box = row

    def label(self, text: str = "", icon: str = "NONE", **_: object) -> None:
        self.labels.append((text, icon))

    def operator(self, _name: str, **_: object) -> SimpleNamespace:
        return SimpleNamespace()


@pytest.fixture
def registered(scene: bpy.types.Scene) -> Iterator[None]:
    avatar_addon.register()
    yield
    avatar_addon.unregister()


def _answer() -> str:
    section._inquiry.wait()
    return "\n".join(section._inquiry.lines)


@pytest.mark.slow
@pytest.mark.skipif("PORTRAIT_AVATAR_PYTHON" not in os.environ, reason="needs the inference environment")
def test_files_are_checked_added_and_listed(registered: None, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTRAIT_AVATAR_WEIGHTS", str(folder / "weights.json"))
    (folder / "generic_model.pkl").write_text("<html><body>Please log in</body></html>")
    bpy.ops.avatar.models(task="CHECK", directory=str(folder))
    assert "generic_model.pkl" in _answer()
    assert "web page" in _answer()
    bpy.ops.avatar.models(task="ADD", directory=str(folder))
    assert "0 of 1 files" in _answer()
    bpy.ops.avatar.models(task="LIST")
    assert "not known" in _answer()
    layout = Said()
    section.draw_files(layout, CONTEXT)
    assert any("not known" in words for words, _ in layout.labels)


def test_an_avatar_that_is_not_for_commerce_says_so() -> None:
    limited = {"name": "DECA", "licence": "Max Planck, research only", "use": "non-commercial"}
    free = {"name": "open head", "licence": "CC0-1.0"}
    for sources, warned in (((free,), False), ((free, limited), True)):
        head_object = {MARK: {"sources": sources}}
        layout = Said()
        section.draw_limits(layout, head_object)
        assert [icon for _, icon in layout.labels] == ["ERROR"] * warned
        assert layout.alert == warned
        layout = Said()
        section.draw_sources(layout, CONTEXT, head_object)
        assert [(source["licence"] in words) for source, (words, _) in zip(sources, layout.labels, strict=True)]
