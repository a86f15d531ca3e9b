# SPDX-License-Identifier: GPL-3.0-or-later
"""The colour of skin as a studio would show it, from faces in other light."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from inference.texture.color import LUMINANCE
from inference.texture.skin_tone import Scene, lab_from_linear, linear_from_lab, natural_color

PALE, DARK = np.array([0.52, 0.34, 0.26]), np.array([0.13, 0.072, 0.05])
GOOD_LIGHT = 0.9


def hue(linear: NDArray) -> float:
    _, a, b = lab_from_linear(linear)
    return float(np.degrees(np.arctan2(b, a)))


def shown(skin: NDArray, light: NDArray | float, bright: float = 0.4) -> NDArray:
    """What is made of skin in a light; the eyes' white is in its lids' shade."""
    seen = skin * light
    white = 0.6 * 0.6 * float(np.mean(light))
    return natural_color(seen, float(seen @ LUMINANCE), Scene(bright, white))


def test_cielab_of_known_colors() -> None:
    assert lab_from_linear(np.ones(3)) == pytest.approx([100, 0, 0], abs=0.01)
    assert lab_from_linear(np.array([1.0, 0.0, 0.0])) == pytest.approx([53.24, 80.09, 67.20], abs=0.02)  # Lindbloom
    for color in (PALE, DARK, np.array([0.001, 0.002, 0.0005])):
        assert linear_from_lab(lab_from_linear(color)) == pytest.approx(color, abs=1e-9)


def test_skin_in_good_light_stays_as_it_is() -> None:
    for skin in (PALE, DARK):
        found = shown(skin, GOOD_LIGHT)
        assert np.abs(np.log(found / (skin * GOOD_LIGHT))).max() < 0.15


def test_a_pale_face_against_the_light_is_pale_again_and_a_dark_one_before_a_white_wall_stays_dark() -> None:
    backlit = shown(PALE, 0.25, bright=0.9)
    assert backlit @ LUMINANCE > 2 * 0.25 * PALE @ LUMINANCE
    before_wall = shown(DARK, GOOD_LIGHT, bright=0.9)
    assert before_wall @ LUMINANCE < 1.25 * GOOD_LIGHT * DARK @ LUMINANCE


def test_tinted_light_goes_and_grey_pictures_stay_grey() -> None:
    for tint in ([1.0, 1.05, 0.7], [1.15, 0.85, 1.15]):
        lit = PALE * tint
        assert abs(hue(natural_color(lit, 0.35, Scene(0.4, 0.0))) - 52) < min(abs(hue(lit) - 52), 12)
    grey = np.full(3, 0.3)
    assert np.ptp(natural_color(grey, 0.3, Scene(0.4, 0.2))) < 1e-3
