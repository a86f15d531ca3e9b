# SPDX-License-Identifier: GPL-3.0-or-later
"""Strands on the head."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import bpy
import numpy as np
import pytest
from portrait_avatar.avatar_addon.export.strand_mesh import Strands, resample, ribbons, tubes
from portrait_avatar.avatar_addon.scene.assemble import build_avatar
from portrait_avatar.avatar_addon.scene.hair_material import GAIN, GLOSS, POWER, strand_color
from portrait_avatar.avatar_addon.scene.hair_object import set_strand_count
from portrait_avatar.avatar_addon.scene.head_object import add_shape_key
from portrait_avatar.tests.avatar_addon.geometry import strand_points
from portrait_avatar.tests.avatar_addon.stand_in import make_avatar


def test_guides_are_the_bundles(avatar, built):
    hair_object = bpy.data.objects[built.hair]
    assert len(hair_object.data.curves) == len(avatar.hair.points)
    assert hair_object.data.surface.name == built.head
    points = np.empty(avatar.hair.points.size, np.float32)
    hair_object.data.position_data.foreach_get("vector", points)
    np.testing.assert_array_equal(points, avatar.hair.points.ravel())


@pytest.mark.parametrize("wanted", [1000, 6000])
def test_interpolation_grows_the_wanted_number(built, wanted):
    hair_object = bpy.data.objects[built.hair]
    set_strand_count(hair_object, wanted, 1.0)
    _, starts = strand_points(hair_object)
    assert len(starts) - 1 == pytest.approx(wanted, rel=0.25)


def test_grown_strands_stay_among_the_guides(avatar, built):
    points, _ = strand_points(bpy.data.objects[built.hair])
    low, high = avatar.hair.points.min((0, 1)), avatar.hair.points.max((0, 1))
    assert (points > low - 0.01).all()
    assert (points < high + 0.01).all()


def test_hair_follows_shape_keys(avatar, built):
    head_object, hair_object = bpy.data.objects[built.head], bpy.data.objects[built.hair]
    before, starts = strand_points(hair_object)
    add_shape_key(head_object, "lift", avatar.head.vertices + np.array([0, 0, 0.01])).value = 1.0
    after, starts_after = strand_points(hair_object)
    np.testing.assert_array_equal(starts, starts_after)
    np.testing.assert_allclose(after - before, np.broadcast_to((0, 0, 0.01), before.shape), atol=5e-5)


def test_radius_is_the_bundles_and_tapers(avatar, built):
    hair_object = bpy.data.objects[built.hair]
    depsgraph = bpy.context.evaluated_depsgraph_get()
    curves = hair_object.evaluated_get(depsgraph).data
    radius = np.empty(len(curves.points), np.float32)
    curves.attributes["radius"].data.foreach_get("value", radius)
    strand = radius.reshape(len(curves.curves), -1)
    np.testing.assert_allclose(strand[:, 0], avatar.hair.radius, rtol=0.05)
    assert (strand[:, -1] < 0.6 * strand[:, 0]).all()


def test_bald_avatar_has_no_hair(tmp_path: Path, scene):
    objects = build_avatar(make_avatar(tmp_path, guides=0), scene)
    assert objects.hair is None
    assert not bpy.data.hair_curves


def test_a_single_strand_is_enough(avatar, scene):
    hair = avatar.hair
    one = replace(
        hair, points=hair.points[:1], root_vertices=hair.root_vertices[:1], root_barycentric=hair.root_barycentric[:1]
    )
    objects = build_avatar(replace(avatar, hair=one), scene)
    points, _ = strand_points(bpy.data.objects[objects.hair])
    assert np.isfinite(points).all()


def test_strands_keep_the_order_of_channels_and_look_as_wanted_together():
    seen = (0.2, 0.1, 0.03)
    color = strand_color(seen)
    assert color[0] > color[1] > color[2] > 0
    assert GLOSS + GAIN * color[0] ** POWER == pytest.approx(0.2)
    assert 0 < strand_color((0.0, 0.0, 0.0))[0] < strand_color((1.0, 1.0, 1.0))[0] < 1


def test_resampling_keeps_ends():
    points = np.arange(27, dtype=float).reshape(9, 3)
    strands = Strands(points, np.array([0, 4, 9]))
    found = resample(strands, 7)
    np.testing.assert_allclose(found[:, 0], points[[0, 4]])
    np.testing.assert_allclose(found[:, -1], points[[3, 8]])
    np.testing.assert_allclose(np.diff(found[1], axis=0), np.diff(found[1], axis=0)[:1].repeat(6, 0))


@pytest.mark.parametrize(("make", "corners"), [(ribbons, 2), (tubes, 3)])
def test_woven_strands_have_the_wanted_width(make, corners):
    strand = np.stack([np.zeros(5), np.zeros(5), np.linspace(0, 0.1, 5)], -1)[None] + (0, -0.1, 0)
    woven = make(strand, 0.002, np.zeros(3))
    assert woven.vertices.shape == (5 * corners, 3)
    distance = np.linalg.norm(woven.vertices.reshape(5, corners, 3) - strand[0][:, None], axis=2)
    np.testing.assert_allclose(distance[0], 0.001, rtol=1e-3)
    np.testing.assert_allclose(distance[-1], 0.001 / 3, rtol=1e-3)
    if corners == 2:
        # The strip lies across the line of sight from outside.
        across = woven.vertices[1] - woven.vertices[0]
        assert abs(across[1]) < 1e-5
