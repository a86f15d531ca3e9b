# SPDX-License-Identifier: GPL-3.0-or-later
"""The software rasteriser against cases worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from inference.raster import interpolate, rasterize

SQUARE = np.array([[2.0, 1.0, 1.0], [6.0, 1.0, 1.0], [6.0, 5.0, 1.0], [2.0, 5.0, 1.0]])
HALVES = np.array([[0, 1, 2], [0, 2, 3]])


@pytest.mark.parametrize("triangles", [HALVES, HALVES[:, ::-1]])
def test_a_square_covers_the_pixels_whose_centres_it_holds(triangles: np.ndarray) -> None:
    covered = rasterize(SQUARE, triangles, 8, 10).covered
    expected = np.zeros((8, 10), bool)
    expected[1:5, 2:6] = True
    assert np.array_equal(covered, expected)


def test_the_nearest_triangle_wins_whatever_the_order() -> None:
    far = np.add(SQUARE, [0, 0, 1])
    points = np.concatenate([far, SQUARE])
    for triangles, near in (
        (np.concatenate([HALVES, HALVES + 4]), (2, 3)),
        (np.concatenate([HALVES + 4, HALVES]), (0, 1)),
    ):
        fragments = rasterize(points, triangles, 8, 10)
        assert np.isin(fragments.triangle[fragments.covered], near).all()
        assert fragments.depth[fragments.covered] == pytest.approx(1.0)


def test_what_lies_outside_the_picture_is_cut_off() -> None:
    fragments = rasterize(SQUARE - [4.0, 3.0, 0.0], HALVES, 8, 10)
    assert fragments.covered.sum() == 2 * 2
    assert not rasterize(np.add(SQUARE, [100.0, 0.0, 0.0]), HALVES, 8, 10).covered.any()


def test_attributes_are_perspective_correct() -> None:
    edge = np.array([[0.0, 0.0, 1.0], [100.0, 0.0, 3.0], [0.0, 2.0, 1.0], [100.0, 2.0, 3.0]])
    triangles = np.array([[0, 1, 2], [1, 3, 2]])
    along = np.array([[0.0], [1.0], [0.0], [1.0]])
    fragments = rasterize(edge, triangles, 2, 100)
    share = np.array([0.25, 0.5, 0.75])
    expected = (share / 3) / ((1 - share) / 1 + share / 3)
    found = interpolate(fragments, triangles, along)[0, [24, 49, 74], 0]
    assert found == pytest.approx(expected, abs=0.01)
    flat = interpolate(rasterize(edge, triangles, 2, 100, perspective=False), triangles, along)[0, [24, 49, 74], 0]
    assert flat == pytest.approx(share, abs=0.01)


def test_nothing_is_covered_by_a_triangle_without_area() -> None:
    points = np.array([[1.0, 1.0, 1.0], [5.0, 5.0, 1.0], [3.0, 3.0, 1.0]])
    fragments = rasterize(points, np.array([[0, 1, 2]]), 8, 8)
    assert not fragments.covered.any()
    assert interpolate(fragments, np.array([[0, 1, 2]]), np.ones((3, 2))).sum() == 0
