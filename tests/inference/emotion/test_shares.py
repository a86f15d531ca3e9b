# SPDX-License-Identifier: GPL-3.0-or-later
"""How sliders share the face."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.emotion.shares import PAIR_SHARE, level_weights, shares

SLIDERS = st.lists(st.floats(0, 1, width=32), min_size=7, max_size=7).map(np.array)


@given(SLIDERS)
def test_shares_stay_within_a_face(sliders: np.ndarray) -> None:
    share = shares(sliders)
    assert np.linalg.norm(share) <= 1 + 1e-6
    assert (share <= sliders + 1e-6).all()


@given(st.floats(0, 1))
def test_a_single_emotion_is_taken_as_it_is(value: float) -> None:
    np.testing.assert_allclose(shares(value * np.eye(7)[2]), value * np.eye(7)[2])


def test_two_full_emotions_meet_with_weight_one() -> None:
    share = shares(np.array([1.0, 1.0, 0.0]))
    assert share[0] == pytest.approx(PAIR_SHARE)
    assert 2 * share[0] * share[1] == pytest.approx(1)


@pytest.mark.parametrize("levels", [[1.0], [0.5, 1.0], [0.15, 0.5, 1.0]])
def test_levels_interpolate_linearly(levels: list[float]) -> None:
    share = np.linspace(0, 1, 41)
    values = np.sqrt(levels)
    expected = np.interp(share, [0, *levels], [0, *values])
    np.testing.assert_allclose(level_weights(share, np.array(levels)) @ values, expected, atol=1e-12)
