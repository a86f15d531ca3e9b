# SPDX-License-Identifier: GPL-3.0-or-later
"""Refinement: a style comes closer to a picture of other hair, stays on its roots and out of the head."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from inference.hair.groom import Detail, grow_style
from inference.hair.head_surface import HeadSurface
from inference.hair.library import load_style
from inference.hair.match import scaled_length
from inference.hair.orientation.coding import OrientationMap
from inference.hair.orientation.strands import map_of_strands, map_view
from inference.hair.refine.fields import outline_field, turning_field
from inference.hair.refine.refine import likeness, refine
from tests.inference.hair.test_orientation import facing_camera

DETAIL = Detail(guides=1500)


def test_an_outline_is_pulled_to_the_wanted_one() -> None:
    y, x = np.mgrid[0:128, 0:128]
    drawn, wanted = np.hypot(x - 64, y - 64) < 30, np.hypot(x - 64, y - 64) < 36
    field = outline_field(drawn, wanted, np.ones_like(drawn))
    assert field[64, 93, 0] == pytest.approx(6, abs=1.5)
    assert field[64, 35, 0] == pytest.approx(-6, abs=1.5)
    assert np.abs(field[64, 64]).max() < 0.5
    assert not outline_field(drawn, drawn, np.ones_like(drawn)).any()


def test_strands_turn_to_the_wanted_direction() -> None:
    hair = np.ones((40, 40), bool)
    maps = []
    for degrees in (80.0, -85.0):  # 15 degrees apart, across the place where plain angles jump
        a = np.radians(degrees)
        maps.append(OrientationMap(hair, ~hair, np.tile([np.cos(2 * a), np.sin(2 * a)], (40, 40, 1))))
    assert np.degrees(turning_field(*maps)[20, 20]) == pytest.approx(15, abs=1.5)
    assert np.degrees(turning_field(*maps[::-1])[20, 20]) == pytest.approx(-15, abs=1.5)


@pytest.mark.parametrize(("name", "length", "volume"), [("lob", 1.25, 1.8), ("side_part_short", 1.3, 2.0)])
def test_a_style_comes_closer_to_other_hair(mean_head: HeadSurface, name: str, length: float, volume: float) -> None:
    style = load_style(name)
    other = scaled_length(style, length)
    other = replace(other, volume=replace(other.volume, layer=other.volume.layer * volume))
    other = replace(other, flow=replace(other.flow, parting=-other.flow.parting))
    view = map_view(facing_camera(mean_head, yaw=15), mean_head)
    wanted = map_of_strands(view, grow_style(mean_head, other, 0, DETAIL).strands)
    known = np.ones_like(wanted.hair)
    strands = grow_style(mean_head, style, 0, DETAIL).strands
    refined = refine(mean_head, view, wanted, known, strands)
    before = likeness(map_of_strands(view, strands), wanted, known)
    after = likeness(map_of_strands(view, refined), wanted, known)
    print(f"{name}: IoU {before.iou:.2f} -> {after.iou:.2f}, {before.degrees:.0f} -> {after.degrees:.0f} degrees")
    assert after.iou > before.iou
    assert after.degrees < before.degrees + 2
    assert after.iou - 0.003 * after.degrees > before.iou - 0.003 * before.degrees + 0.03
    assert np.abs(refined[:, 0] - strands[:, 0]).max() < 1e-6
    assert mean_head.distance.sample(refined[:, 1:].astype(np.float64))[0].min() > -0.001


def test_hair_that_already_fits_is_left_alone(mean_head: HeadSurface) -> None:
    strands = grow_style(mean_head, load_style("bob"), 0, DETAIL).strands
    view = map_view(facing_camera(mean_head), mean_head)
    wanted = map_of_strands(view, strands)
    refined = refine(mean_head, view, wanted, np.ones_like(wanted.hair), strands)
    assert np.linalg.norm(refined - strands, axis=-1).mean() < 0.002
