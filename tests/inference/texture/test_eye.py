# SPDX-License-Identifier: GPL-3.0-or-later
"""Eye textures: a dark pupil in an iris of the photo's colour on an off-white ball."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from inference.head.open_head import load_open_head
from inference.texture.color import LUMINANCE, linear_from_bytes
from inference.texture.eye import paint_eye
from inference.texture.iris import BRIGHTEST, DEFAULT_IRIS, EyeColors, lit_like_skin, measure_eyes
from tests.inference.texture.portrait import portrait

BLUE, BROWN, GREEN = (0.06, 0.10, 0.16), (0.09, 0.045, 0.02), (0.09, 0.10, 0.04)


def rings(eye: NDArray) -> dict[str, NDArray]:
    """Mean linear colours of pupil, iris, limbus and the white around it."""
    axis = (np.arange(len(eye)) + 0.5) / len(eye) - 0.5
    radius = np.hypot(*np.meshgrid(axis, axis)) / 0.25
    bounds = {"pupil": (0, 0.3), "iris": (0.5, 0.75), "limbus": (0.91, 0.97), "white": (1.1, 1.25)}
    linear = linear_from_bytes(eye)
    return {name: linear[(radius >= low) & (radius < high)].mean(0) for name, (low, high) in bounds.items()}


@pytest.mark.parametrize("iris", [BLUE, BROWN, GREEN])
def test_the_iris_takes_the_photos_colour(iris: tuple[float, float, float]) -> None:
    one = portrait(load_open_head(), iris=iris)
    found = rings(one.bake(load_open_head()).eye)["iris"]
    hue, wanted = found / found.sum(), np.array(iris) / np.sum(iris)
    assert np.abs(hue - wanted).max() < 0.06
    assert 0.6 < found.sum() / np.sum(iris) < 1.6


def test_pupil_limbus_and_white_are_where_they_should_be() -> None:
    found = {
        name: color @ LUMINANCE for name, color in rings(portrait(load_open_head()).bake(load_open_head()).eye).items()
    }
    assert found["pupil"] < 0.01
    assert found["limbus"] < 0.8 * found["iris"]
    assert found["iris"] < 0.5 * found["white"]
    assert 0.35 < found["white"] < 0.75


def test_closed_eyes_get_a_usual_iris_and_say_so() -> None:
    model = load_open_head()
    textures = portrait(model, expression={"eyeBlinkLeft": 1.0, "eyeBlinkRight": 1.0}).bake(model)
    assert textures.report["iris_measured"] is False
    assert textures.colors["iris"] == pytest.approx(DEFAULT_IRIS)


@pytest.mark.parametrize("strange", [(0.9, 0.9, 0.9), (0.6, 0.35, 0.28), (0.0, 0.0, 0.0)])
def test_an_iris_is_never_white_black_or_skin(strange: tuple[float, float, float]) -> None:
    one = portrait(load_open_head(), iris=strange)
    iris = measure_eyes(one.photo.pixels, one.landmarks.points).iris
    assert 0.01 < iris @ LUMINANCE <= BRIGHTEST + 1e-6
    assert iris[0] < 1.3 * (iris @ LUMINANCE) or iris @ LUMINANCE < 0.18


def test_a_sharp_pattern_is_kept_and_a_trustless_one_ignored() -> None:
    pattern = np.zeros((24, 128), np.float32)
    pattern[:, :16] = 0.5
    colors = [EyeColors(np.array(BLUE), np.array([0.6, 0.6, 0.6]), pattern, trust, True) for trust in (0.0, 1.0)]
    ignored, kept = (linear_from_bytes(paint_eye(c, 256)).astype(float) for c in colors)
    assert kept[118, 171].sum() > 1.3 * ignored[118, 171].sum()
    assert np.array_equal(kept[:40], ignored[:40])


def test_eyes_keep_the_photos_contrast_to_the_skin_within_what_eyes_have() -> None:
    seen = EyeColors(
        np.array(BROWN), np.array([0.57, 0.54, 0.505]), np.zeros((24, 128), np.float32), 0.0, True, 0.2, 0.03
    )
    dark, same, bright = (lit_like_skin(seen, scale) for scale in (0.8, 1.6, 30.0))
    for part, bounds in (("iris", (0.018, BRIGHTEST)), ("sclera", (0.28, 0.58))):
        levels = [float(getattr(eyes, part) @ LUMINANCE) for eyes in (dark, same, bright)]
        assert bounds[0] < levels[0] < levels[1] < levels[2] < bounds[1]
        hue = getattr(dark, part) / levels[0]
        assert hue == pytest.approx(getattr(seen, part) / (getattr(seen, part) @ LUMINANCE))
    unseen = EyeColors(seen.iris, seen.sclera, seen.pattern, 0.0, False)
    assert lit_like_skin(unseen, 0.5).iris is unseen.iris
