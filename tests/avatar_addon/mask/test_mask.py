# SPDX-License-Identifier: GPL-3.0-or-later
"""The mask of an avatar goes back to the worker as it is painted."""

from __future__ import annotations

import sys
from pathlib import Path

import bpy
import numpy as np
import pytest
from portrait_avatar import avatar_addon
from portrait_avatar.avatar_addon.create import session
from portrait_avatar.avatar_addon.create.queue import Queue
from portrait_avatar.avatar_addon.mask.pictures import write_mask, write_photo
from portrait_avatar.avatar_addon.setup.environment import OWN_PYTHON
from portrait_avatar.inference.bundle_io import write_bundle

FAKE = Path(__file__).resolve().parents[1] / "fake_worker"


@pytest.fixture
def masked(scene, avatar, folder, monkeypatch):
    """An avatar with a black hair mask, added through the operator; the test's worker."""
    bundle = write_bundle(avatar, folder / "bundle")
    monkeypatch.setenv(OWN_PYTHON, sys.executable)
    monkeypatch.setenv("FAKE_BUNDLE", str(bundle))
    monkeypatch.setattr(session, "EXTENSION_FOLDER", FAKE)
    avatar_addon.register()
    bpy.ops.avatar.import_bundle(filepath=str(bundle), face=2)
    image = bpy.data.images.new("stand in hair_mask", 40, 48)
    image.file_format = "PNG"
    image.pixels[:] = [0.0, 0.0, 0.0, 1.0] * (40 * 48)
    image.pack()
    yield image
    avatar_addon.unregister()


def test_what_is_painted_is_what_is_written(masked, avatar, folder):
    pixels = np.zeros((48, 40, 4), np.float32)
    pixels[..., 3] = 1.0
    pixels[30:, :20, :3] = 1.0
    masked.pixels[:] = pixels.ravel()
    written = bpy.data.images.load(str(write_mask(masked, folder)))
    assert tuple(written.size) == (40, 48)
    np.testing.assert_allclose(np.array(written.pixels[:]).reshape(48, 40, 4)[..., 0], pixels[..., 0], atol=1 / 255)
    photo = write_photo(bpy.data.images["stand in photo"], folder)
    assert photo.read_bytes() == avatar.textures["photo"].read_bytes()


def test_the_avatar_is_made_again(masked, monkeypatch):
    asked, add = [], Queue.add
    monkeypatch.setattr(Queue, "add", lambda self, request, ask=False: asked.append(request) or add(self, request, ask))
    assert bpy.ops.avatar.regrow_hair() == {"FINISHED"}
    (request,) = asked
    assert request.face == 2
    assert Path(request.hair_mask).read_bytes().startswith(b"\x89PNG")
    heads = [item for item in bpy.data.objects if item.type == "MESH" and "portrait_avatar" in item]
    assert len(heads) == 2


def test_without_a_mask_it_says_so(masked):
    bpy.data.images.remove(masked)
    assert not bpy.ops.avatar.edit_hair_mask.poll()
    assert not bpy.ops.avatar.regrow_hair.poll()
