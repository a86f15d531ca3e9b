# SPDX-License-Identifier: GPL-3.0-or-later
"""Hair colour: melanin and back, and from pixels with shadows and highlights."""

from __future__ import annotations

import numpy as np
import pytest

from inference.hair.color import hair_color, linear_from_srgb, melanin_color, melanin_of


@pytest.mark.parametrize("melanin", [0.02, 0.1, 0.3, 0.5, 0.7])
@pytest.mark.parametrize("redness", [0.0, 0.3, 1.0])
def test_melanin_survives_the_round_trip(melanin: float, redness: float) -> None:
    found = melanin_of(melanin_color(melanin, redness))
    assert found == pytest.approx((melanin, redness), abs=0.01)


def test_more_melanin_is_darker_and_redness_is_redder() -> None:
    assert (melanin_color(0.3, 0.2) > melanin_color(0.6, 0.2)).all()
    brown, red = melanin_color(0.4, 0.0), melanin_color(0.4, 1.0)
    assert red[0] / red[2] > brown[0] / brown[2]


def test_white_hair_has_little_melanin() -> None:
    melanin, _ = melanin_of(np.array([0.75, 0.74, 0.72]))
    assert melanin < 0.02


def test_highlights_shadows_and_background_do_not_count() -> None:
    random = np.random.default_rng(0)
    pixels = np.full((100, 100, 3), (150, 90, 50), np.uint8)
    pixels[:, 50:] = (40, 160, 220)  # wall, off the mask
    mask = np.zeros((100, 100), np.float32)
    mask[:, :50] = 1
    lit, dark = random.random((2, 100, 100)) < np.array([0.08, 0.15])[:, None, None]
    pixels[lit & (mask > 0)] = 250
    pixels[dark & (mask > 0)] = 5
    found = hair_color(pixels, mask).linear_rgb
    assert np.allclose(found, linear_from_srgb(np.array([150, 90, 50]) / 255), rtol=0.1)


def test_an_empty_mask_has_no_colour() -> None:
    with pytest.raises(ValueError, match="too few pixels"):
        hair_color(np.zeros((20, 20, 3), np.uint8), np.zeros((20, 20)))
