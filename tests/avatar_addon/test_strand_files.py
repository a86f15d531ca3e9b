# SPDX-License-Identifier: GPL-3.0-or-later
"""Strand files of other programs, read by the real inference side."""

from __future__ import annotations

import os
from pathlib import Path

import bpy
import numpy as np
import pytest
from portrait_avatar import avatar_addon
from portrait_avatar.avatar_addon.hair import asset_library, library, strand_files
from portrait_avatar.avatar_addon.scene.hair_worn import worn_hair
from portrait_avatar.avatar_addon.setup.environment import OWN_PYTHON
from portrait_avatar.tests.avatar_addon.hair_styles import make_style


@pytest.fixture
def own_folder(built, folder, monkeypatch):
    if not os.environ.get(OWN_PYTHON):
        pytest.skip(f"{OWN_PYTHON} does not name the inference environment's Python")
    own = folder / "own styles"
    for module in (library, asset_library, strand_files):
        monkeypatch.setattr(module, "own_styles", lambda: own)
    avatar_addon.register()
    yield own
    avatar_addon.unregister()


def write_lines(avatar, path: Path) -> None:
    """The strands of a made-up style as OBJ polylines, Y up."""
    strands = make_style(avatar, "mine").points
    count = strands.shape[1]
    with path.open("w") as file:
        for x, y, z in strands.reshape(-1, 3):
            file.write(f"v {x:.5f} {z:.5f} {-y:.5f}\n")
        for number in range(len(strands)):
            file.write("l " + " ".join(str(number * count + step + 1) for step in range(count)) + "\n")


@pytest.mark.slow
def test_a_file_becomes_a_style_that_is_worn(avatar, built, own_folder, folder):
    write_lines(avatar, folder / "mine.obj")
    assert bpy.ops.avatar.add_hair_files(filepath=str(folder / "mine.obj")) == {"FINISHED"}
    assert [path.name for path in own_folder.glob("*.npz")] == ["mine.npz"]
    assert (own_folder / library.ASSET_FILE).is_file()
    assert "mine" in [info.name for info in library.menu()]
    assert worn_hair(bpy.data.objects[built.head])["hairstyle"] == "mine"
    assert np.isfinite(library.load("mine").points).all()


@pytest.mark.slow
def test_a_broken_file_is_one_sentence(built, own_folder, folder):
    (folder / "broken.data").write_bytes(b"\xff" * 400)
    with pytest.raises(RuntimeError, match=r"broken\.data cannot be used"):
        bpy.ops.avatar.add_hair_files(filepath=str(folder / "broken.data"))
    with pytest.raises(RuntimeError, match="no strand file"):
        bpy.ops.avatar.add_hair_files(directory=str(folder / "none"))
    assert not own_folder.exists()


@pytest.mark.slow
def test_a_photo_with_a_strand_file(avatar, astronaut, own_folder, folder):
    write_lines(avatar, folder / "mine.obj")
    photo = {"filepath": str(astronaut), "output": str(folder)}
    assert bpy.ops.avatar.create(**photo, hair_file=str(folder / "mine.obj")) == {"FINISHED"}
    assert worn_hair(bpy.context.view_layer.objects.active)["hairstyle"] == "mine"
    (folder / "broken.hair").write_bytes(b"HAIR")
    with pytest.raises(RuntimeError, match=r"astronaut\.png: The hair file broken\.hair cannot be used"):
        bpy.ops.avatar.create(**photo, hair_file=str(folder / "broken.hair"))
