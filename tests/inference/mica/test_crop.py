# SPDX-License-Identifier: GPL-3.0-or-later
"""ArcFace's crop."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import least_squares

from inference.mica.crop import TEMPLATE, cut, similarity


def test_the_similarity_is_the_least_squares_one() -> None:
    points = np.array([(210.0, 240.0), (305.0, 232.0), (262.0, 290.0), (222.0, 345.0), (310.0, 340.0)])

    def misses(p: np.ndarray) -> np.ndarray:
        a, b, x, y = p
        return (points @ np.array([[a, b], [-b, a]]) + [x, y] - TEMPLATE).ravel()

    a, b, x, y = least_squares(misses, [0.4, 0, 0, 0], xtol=1e-14, ftol=1e-14).x
    assert similarity(points, TEMPLATE) == pytest.approx(np.array([[a, -b, x], [b, a, y]]), abs=1e-5)


def test_the_five_points_land_on_the_template() -> None:
    """A face drawn as five dots of its own colour, turned and scaled."""
    angle, scale = 0.3, 3.0
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    points = TEMPLATE @ turn.T + [150, 60]
    pixels = np.zeros((600, 600, 3), np.uint8)
    for x, y in points.round().astype(int):
        pixels[y - 4 : y + 5, x - 4 : x + 5] = (255, 128, 0)
    face = cut(pixels, points)
    assert face.shape == (3, 112, 112)
    for x, y in TEMPLATE.round().astype(int):
        assert face[:, y, x] == pytest.approx([1, 128 / 127.5 - 1, -1], abs=0.02)
    assert face[:, 0, 0] == pytest.approx([-1, -1, -1])
