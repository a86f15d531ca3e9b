# SPDX-License-Identifier: GPL-3.0-or-later
"""Strands of every style: on the scalp, outside the head, reproducible."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from inference.hair.groom import Detail, grow_style
from inference.hair.head_surface import HeadSurface
from inference.hair.library import load_style, style_names
from tests.inference.hair.exact_distance import signed_distance

DEEPEST = 0.001


def deep_points(head: HeadSurface, strands: np.ndarray) -> np.ndarray:
    """Distances of strand points that lie inside the skin by the exact measure, above the bust's open rim."""
    skin = head.model.surface.triangles("skin")
    points = strands[:, 1:].reshape(-1, 3).astype(np.float64)
    points = points[head.distance.sample(points)[0] < 0.004]
    rim = head.vertices[np.unique(skin)]
    inside_bust = (points[:, 2] > rim[:, 2].min() + 0.06) & (np.abs(points[:, 0]) < np.abs(rim[:, 0]).max() - 0.02)
    distance = signed_distance(points[inside_bust], head.vertices, skin)
    return distance[distance < 0]


QUICK = ("afro", "bob", "long_straight", "slick_back", "space_buns")


@pytest.mark.parametrize("name", [n if n in QUICK else pytest.param(n, marks=pytest.mark.slow) for n in style_names()])
def test_strands_stay_out_of_the_head(name: str, mean_head: HeadSurface) -> None:
    depth = deep_points(mean_head, grow_style(mean_head, load_style(name)).strands)
    assert depth.size == 0 or depth.min() > -DEEPEST


@pytest.mark.parametrize("name", ["buzz", "long_waves", "bun"])
def test_strands_stay_out_of_another_head(name: str, other_head: HeadSurface) -> None:
    depth = deep_points(other_head, grow_style(other_head, load_style(name)).strands)
    assert depth.size == 0 or depth.min() > -DEEPEST


def test_a_strand_through_the_head_is_noticed(mean_head: HeadSurface) -> None:
    across = np.linspace([0.1, 0.08, 0.05], [-0.1, 0.08, 0.05], 400)[None]
    assert deep_points(mean_head, across).min() < -DEEPEST


@pytest.mark.parametrize("name", ["pixie", "ponytail"])
def test_roots_lie_on_the_scalp(name: str, mean_head: HeadSurface) -> None:
    groom = grow_style(mean_head, load_style(name))
    corners = mean_head.vertices[groom.roots.vertices]
    on_surface = np.einsum("nkc,nk->nc", corners, groom.roots.barycentric)
    assert np.abs(groom.strands[:, 0] - on_surface).max() < 1e-6
    assert np.isfinite(mean_head.model.scalp_uv[groom.roots.vertices]).all()
    assert np.allclose(groom.roots.barycentric.sum(1), 1, atol=1e-5)


def test_the_seed_decides(mean_head: HeadSurface) -> None:
    style = load_style("curly_medium")
    first, again, other = (grow_style(mean_head, style, seed).strands for seed in (3, 3, 4))
    assert np.array_equal(first, again)
    assert not np.allclose(first[:, -1], other[:, -1], atol=1e-3)


def test_bald_has_no_strands(mean_head: HeadSurface) -> None:
    groom = grow_style(mean_head, load_style("bald"))
    assert groom.strands.shape[0] == 0
    assert len(groom.roots) == 0


def test_short_hair_stands_up(mean_head: HeadSurface) -> None:
    strands = grow_style(mean_head, load_style("crew")).strands
    on_top = strands[:, 0, 2] > mean_head.anatomy.center[2] + 0.04
    height, _ = mean_head.distance.sample(strands[on_top, -1].astype(np.float64))
    length = np.linalg.norm(np.diff(strands[on_top], axis=1), axis=2).sum(1)
    assert np.median(height / length) > 0.5


def test_a_bob_ends_at_the_scissors(mean_head: HeadSurface) -> None:
    style = load_style("bob")
    lowest = grow_style(mean_head, style).strands[..., 2].min()
    edge = mean_head.anatomy.chin + mean_head.anatomy.scale * (style.cut[0].height + min(0, style.cut[0].back))
    assert lowest > edge - 5 * style.cut[0].ragged


def test_long_hair_leaves_the_face_free(mean_head: HeadSurface) -> None:
    strands = grow_style(mean_head, load_style("long_straight")).strands
    anatomy = mean_head.anatomy
    x, y, z = np.moveaxis(strands, -1, 0)
    on_face = (np.abs(x) < 0.035) & (y < anatomy.ear[1] - 0.03) & (z < anatomy.brow) & (z > anatomy.chin)
    assert on_face.any(1).mean() < 0.005


def test_a_ponytail_is_gathered(mean_head: HeadSurface) -> None:
    strands = grow_style(mean_head, load_style("ponytail")).strands
    hanging = strands[strands[:, -1, 2] < mean_head.anatomy.nose - 0.03]
    assert len(hanging) > 0.8 * len(strands)
    assert hanging[:, -1, 0].std() < 0.03


@pytest.mark.parametrize("lower", [0.0, 14.0])
def test_hair_tied_low_does_not_cross_the_face(mean_head: HeadSurface, lower: float) -> None:
    style = load_style("low_pony")
    style = replace(style, loose=0.0, tie=tuple(replace(tie, elevation=tie.elevation - lower) for tie in style.tie))
    style = replace(style, hairline=replace(style.hairline, height=-4.0))
    points, anatomy = grow_style(mean_head, style, detail=Detail(guides=1500)).strands, mean_head.anatomy
    beside = np.abs(points[..., 0] - anatomy.center[0])
    on_face = (beside < 0.045) & (points[..., 2] < anatomy.brow) & (points[..., 2] > anatomy.chin)
    assert not (on_face & (points[..., 1] < anatomy.ear[1] - 0.03)).any()
