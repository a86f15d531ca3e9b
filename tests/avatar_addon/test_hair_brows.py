# SPDX-License-Identifier: GPL-3.0-or-later
"""Brow hairs on the stand-in head, with landmarks and a picture made for them."""

from __future__ import annotations

from dataclasses import replace

import bpy
import numpy as np
import pytest
from portrait_avatar.avatar_addon.scene.hair_brows import BESIDE, EDGES, build_brows
from portrait_avatar.avatar_addon.scene.hair_scalp import read_scalp
from portrait_avatar.avatar_addon.scene.hair_worn import BROW_THICKNESS
from portrait_avatar.avatar_addon.scene.head_object import add_shape_key
from portrait_avatar.inference.bundle import HeadMesh
from portrait_avatar.tests.avatar_addon.geometry import strand_points
from portrait_avatar.tests.avatar_addon.stand_in import RADII

STRIPES = 64


def with_brows(head: HeadMesh) -> HeadMesh:
    """The head with MediaPipe's landmarks, of which only those of the brows are in their places."""
    places = np.zeros((478, 3))
    for side, edges in zip((-1, 1), EDGES, strict=True):
        for edge, z in zip(edges, (0.034, 0.028), strict=True):
            x = side * np.linspace(0.045, 0.012, 5)
            depth = np.sqrt(1 - (x / RADII[0]) ** 2 - (z / RADII[2]) ** 2) * RADII[1]
            places[list(edge)] = np.stack([x, -depth, np.full(5, z)], 1)
    # Three vertices that span space carry any point, with weights of any size.
    triangle = head.faces[[200, 600, 900], 0]
    weights = np.linalg.solve(head.vertices[triangle].T.astype(float), places.T).T
    vertices = np.repeat(triangle[None], 478, 0)
    return replace(
        head,
        landmark_vertices={"mediapipe_478": vertices},
        landmark_barycentric={"mediapipe_478": weights.astype(np.float32)},
    )


def picture(dark: float) -> bpy.types.Image:
    """Bright skin with darker stripes along v."""
    image = bpy.data.images.new("skin", 256, 256)
    pixels = np.full((256, 256, 4), 0.8, np.float32)
    pixels[:, np.arange(256) // (128 // STRIPES) % 2 == 0, :3] = dark
    image.pixels.foreach_set(pixels.ravel())
    image.pack()
    return image


@pytest.fixture
def head(avatar) -> HeadMesh:
    return with_brows(avatar.head)


@pytest.fixture
def brows(head, built) -> bpy.types.Object:
    made = build_brows("brows", head, picture(0.2), bpy.data.objects[built.head])
    bpy.data.collections[built.collection].objects.link(made)
    return made


def test_hairs_grow_where_the_picture_is_dark(brows):
    coordinates = np.empty(len(brows.data.curves) * 2, np.float32)
    brows.data.attributes["surface_uv_coordinate"].data.foreach_get("vector", coordinates)
    column = ((coordinates.reshape(-1, 2) - BESIDE)[:, 0] * 256).astype(int)
    assert 300 < len(column) < 700
    assert (column // (128 // STRIPES) % 2 == 0).all()
    points, _ = strand_points(brows)
    assert np.abs(np.linalg.norm(points / RADII, axis=1) - 1).max() < 0.05


def test_brows_follow_shape_keys(head, brows, built):
    before, _ = strand_points(brows)
    add_shape_key(bpy.data.objects[built.head], "lift", head.vertices + np.array([0, 0, 0.01])).value = 1.0
    after, _ = strand_points(brows)
    np.testing.assert_allclose(after - before, np.broadcast_to((0, 0, 0.01), before.shape), atol=5e-5)


def test_thickness(brows):
    def radius() -> float:
        brows.update_tag()
        depsgraph = bpy.context.evaluated_depsgraph_get()
        depsgraph.update()
        values = brows.evaluated_get(depsgraph).data.attributes["radius"].data
        return max(item.value for item in values)

    neutral = radius()
    brows[BROW_THICKNESS] = 2.0
    assert radius() == pytest.approx(2 * neutral, rel=1e-3)
    brows[BROW_THICKNESS] = 0.0
    assert radius() == 0


def test_the_scalp_is_read_as_before(head, built):
    head_object = bpy.data.objects[built.head]
    before = read_scalp(head_object)
    build_brows("brows", head, picture(0.2), head_object)
    np.testing.assert_array_equal(read_scalp(head_object).triangles, before.triangles)


def test_no_brows_without_a_sign_of_them(avatar, head, built):
    head_object = bpy.data.objects[built.head]
    assert build_brows("brows", head, picture(0.78), head_object) is None
    assert build_brows("brows", head, None, head_object) is None
    assert build_brows("brows", avatar.head, picture(0.2), head_object) is None
