# SPDX-License-Identifier: GPL-3.0-or-later
"""Brows leave Blender as strips that move with the face."""

from __future__ import annotations

import bpy
import numpy as np
import pytest
from portrait_avatar.avatar_addon.export import files
from portrait_avatar.avatar_addon.export.export_copy import export_copy
from portrait_avatar.avatar_addon.export.options import ExportOptions
from portrait_avatar.avatar_addon.scene.datablocks import snapshot
from portrait_avatar.avatar_addon.scene.hair_brows import build_brows
from portrait_avatar.avatar_addon.scene.hair_worn import BROW_THICKNESS
from portrait_avatar.avatar_addon.scene.head_object import add_shape_key
from portrait_avatar.tests.avatar_addon.geometry import in_world, key_positions, rest_positions, strand_points
from portrait_avatar.tests.avatar_addon.test_export import read_back
from portrait_avatar.tests.avatar_addon.test_hair_brows import picture, with_brows


@pytest.fixture
def brows(avatar, built) -> bpy.types.Object:
    """The stand-in with brows, and a shape key "lift" that raises its whole surface by a centimetre."""
    head, head_object = with_brows(avatar.head), bpy.data.objects[built.head]
    made = build_brows("stand in brows", head, picture(0.2), head_object)
    bpy.data.collections[built.collection].objects.link(made)
    add_shape_key(head_object, "lift", head.vertices + np.array([0, 0, 0.01]))
    return made


@pytest.mark.parametrize("kind", ["fbx", "glb"])
def test_brows_and_their_keys_come_back(brows, built, folder, kind):
    points, _ = strand_points(brows)
    files.write(kind, built, folder / f"a.{kind}")
    found = read_back(folder / f"a.{kind}")["stand_in_brows"]
    rest = in_world(found, rest_positions(found))
    assert np.abs(rest.min(0) - points.reshape(-1, 3).min(0)).max() < 5e-4
    assert np.abs(rest.max(0) - points.reshape(-1, 3).max(0)).max() < 5e-4
    lifted = in_world(found, key_positions(found, "lift"))
    np.testing.assert_allclose(lifted - rest, np.broadcast_to((0, 0, 0.01), rest.shape), atol=1e-4)
    assert found.data.materials[0].name == "stand_in_brows"
    assert "Armature" in {modifier.type.title() for modifier in found.modifiers}


def test_obj_has_them_in_the_current_expression(brows, built, folder):
    bpy.data.objects[built.head].data.shape_keys.key_blocks["lift"].value = 1.0
    points, _ = strand_points(brows)
    files.write("obj", built, folder / "a.obj")
    found = read_back(folder / "a.obj")["stand_in_brows"]
    assert np.abs(in_world(found, rest_positions(found)).max(0) - points.reshape(-1, 3).max(0)).max() < 5e-4


def test_brows_that_are_not_shown_are_left_out(brows, built, folder):
    before = snapshot()
    with export_copy(built, folder, posed=False, options=ExportOptions(hair=None)) as copy:
        assert copy.strands == ()
    brows[BROW_THICKNESS] = 0.0
    with export_copy(built, folder, posed=False) as copy:
        assert [item.name for item in copy.strands] == ["stand_in_hair"]
    assert snapshot() == before
