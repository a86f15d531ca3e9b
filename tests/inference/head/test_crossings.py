# SPDX-License-Identifier: GPL-3.0-or-later
"""Triangles that pass through each other, on surfaces where that is plain to see."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from inference.head.crossings import cross, crossing_pairs, near_pairs
from inference.head.model import rotation_matrices

FLAT = np.array([[0.0, 0, 0], [1, 0, 0], [0, 1, 0]])
TWO = np.array([[0, 1, 2], [3, 4, 5]])


def pair(second: NDArray) -> NDArray:
    return np.concatenate([FLAT, second])


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        ([[0.2, 0.2, -0.5], [0.2, 0.2, 0.5], [3, 3, 0.5]], True),  # an edge of the second through the first
        ([[-1.0, 0.3, -1], [-1, 0.3, 1], [2, 0.3, 0]], True),  # an edge of the first through the second
        ([[0.2, 0.2, 0.1], [0.2, 0.2, 0.5], [3, 3, 0.5]], False),  # above
        ([[0.7, 0.7, -0.5], [0.7, 0.7, 0.5], [3, 3, 0.5]], False),  # beside, within the box
        ([[0.2, 0.2, 0], [0.2, 0.2, 0.5], [0.4, 0.2, 0.5]], False),  # a corner only touches
        ([[0.1, 0.1, 1e-6], [0.9, 0.1, 1e-6], [0.1, 0.9, 1e-6]], False),  # parallel
    ],
)
def test_two_triangles(second: list, expected: bool) -> None:
    turn = rotation_matrices(np.array([0.3, -0.9, 0.4]))
    for vertices in (pair(np.array(second)), pair(np.array(second)) @ turn.T * 1e-3):
        assert bool(len(crossing_pairs(vertices, TWO))) is expected
        assert bool(len(crossing_pairs(vertices, TWO[::-1]))) is expected


def test_neighbours_do_not_cross() -> None:
    folded = np.array([[0.0, 0, 0], [1, 0, 0], [0, 1, 0], [0.2, 0.2, 0.1]])
    assert not len(crossing_pairs(folded, np.array([[0, 1, 2], [0, 1, 3]])))


def test_as_many_crossings_as_a_plain_search_finds() -> None:
    """Random triangles, compared with another test, on the signs of volumes."""

    def volume(a: NDArray, b: NDArray, c: NDArray, d: NDArray) -> float:
        return float(np.linalg.det(np.stack([b - a, c - a, d - a])))

    def pierced(p: NDArray, q: NDArray, t: NDArray) -> bool:
        if volume(*t, p) * volume(*t, q) >= 0:
            return False
        signs = [np.sign(volume(p, q, t[k], t[(k + 1) % 3])) for k in range(3)]
        return signs[0] == signs[1] == signs[2]

    random = np.random.default_rng(3)
    corners = random.random((60, 1, 3)) + 0.6 * random.random((60, 3, 3))
    triangles = np.arange(180).reshape(60, 3)
    expected = {
        (i, j)
        for i in range(60)
        for j in range(i)
        for a, b in ((corners[i], corners[j]), (corners[j], corners[i]))
        if any(pierced(a[k], a[(k + 1) % 3], b) for k in range(3))
    }
    found = {(max(p), min(p)) for p in crossing_pairs(corners.reshape(-1, 3), triangles).tolist()}
    assert found == expected
    assert len(expected) > 10


def test_near_pairs_hold_what_comes_to_cross_within_the_margin() -> None:
    apart = pair(np.array([[0.2, 0.2, 0.01], [0.2, 0.2, 0.5], [3, 3, 0.5]]))
    assert not len(near_pairs(apart, TWO, 0.0))
    pairs = near_pairs(apart, TWO, 0.02)
    assert not cross(apart, TWO, pairs).any()
    apart[3:, 2] -= 0.02
    assert cross(apart, TWO, pairs).all()
