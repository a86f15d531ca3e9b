# SPDX-License-Identifier: GPL-3.0-or-later
"""Guides that remember their triangle go where Blender's own node would put them."""

from __future__ import annotations

import bpy
import numpy as np
import pytest
from portrait_avatar.avatar_addon.scene.hair_attachment import ROOT_UV
from portrait_avatar.tests.avatar_addon.geometry import strand_points


@pytest.fixture
def guides(built) -> bpy.types.Object:
    """The hair without its grown strands."""
    hair_object = bpy.data.objects[built.hair]
    for modifier in hair_object.modifiers[:-1]:
        modifier.show_viewport = False
    return hair_object


def by_lookup(guides: bpy.types.Object) -> np.ndarray:
    """The points as *Deform Curves on Surface* places them: the guides are made to forget where they were bound."""
    attribute = guides.data.attributes[ROOT_UV]
    bound = np.empty(2 * len(attribute.data), np.float32)
    attribute.data.foreach_get("vector", bound)
    attribute.data.foreach_set("vector", bound + 1)
    guides.data.update_tag()
    points, _ = strand_points(guides)
    attribute.data.foreach_set("vector", bound)
    guides.data.update_tag()
    return points


def pose(built, head_object: bpy.types.Object) -> None:
    for name, value in (("Anger", 0.9), ("Surprise", 0.5)):
        head_object[name] = value
    bone = bpy.data.objects[built.armature].pose.bones["neck"]
    bone.rotation_mode = "XYZ"
    bone.rotation_euler = (0.2, -0.3, 0.1)
    head_object.update_tag()


def test_guides_follow_as_by_blenders_node(built, guides):
    rest, _ = strand_points(guides)
    pose(built, bpy.data.objects[built.head])
    by_triangle, _ = strand_points(guides)
    assert np.linalg.norm(by_triangle - rest, axis=1).max() > 0.005
    np.testing.assert_allclose(by_triangle, by_lookup(guides), atol=2e-6)


def test_a_head_at_rest_leaves_its_hair_alone(avatar, guides):
    points, _ = strand_points(guides)
    np.testing.assert_allclose(points, avatar.hair.points.reshape(-1, 3), atol=1e-6)


def test_a_subdivided_head_keeps_its_hair(built, guides):
    head_object = bpy.data.objects[built.head]
    pose(built, head_object)
    before, _ = strand_points(guides)
    modifier = head_object.modifiers.new("Subdivision", "SUBSURF")
    modifier.levels = 1
    after, _ = strand_points(guides)
    assert np.linalg.norm(after - before, axis=1).max() < 0.01


def test_guides_on_another_mesh_are_left_to_blenders_node(built, guides):
    """Vertices in another order would be the wrong triangles."""
    head_object = bpy.data.objects[built.head]
    pose(built, head_object)
    before, _ = strand_points(guides)
    head_object.modifiers.new("Triangles", "DECIMATE").ratio = 0.7
    after, _ = strand_points(guides)
    assert np.linalg.norm(after - before, axis=1).mean() < 0.01
