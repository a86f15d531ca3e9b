# SPDX-License-Identifier: GPL-3.0-or-later
"""What sliders can blend, and what they cannot."""

from __future__ import annotations

import numpy as np

from inference.emotion.blendable import blend_features, not_blendable, random_mixtures
from inference.emotion.emotion_keys import EmotionKeys, slider_displacement
from inference.emotion.shares import shares

LEVELS = np.array([0.2, 0.6, 1.0])


def test_the_sliders_own_law_is_blendable(keys: EmotionKeys) -> None:
    """Displacements that keys make of sliders, written down elsewhere, are a sum of the features."""
    sliders = random_mixtures(np.random.default_rng(0), 120, len(keys.names))
    moved = np.stack([slider_displacement(keys, x)[::50].ravel() for x in sliders])
    rest = not_blendable(sliders, keys.levels) @ moved
    assert np.abs(rest).max() < 1e-3 * np.abs(moved).max()


def test_a_meeting_of_three_is_not() -> None:
    sliders = random_mixtures(np.random.default_rng(1), 200, 4)
    three = shares(sliders)[:, :3].prod(1, keepdims=True)
    rest = not_blendable(sliders, LEVELS) @ three
    assert np.linalg.norm(rest) > 0.1 * np.linalg.norm(three)


def test_mixtures_have_more_than_one_emotion() -> None:
    sliders = random_mixtures(np.random.default_rng(2), 300, 7)
    at_work = (sliders > 0).sum(1)
    assert set(at_work) == {2, 3, 7}
    assert blend_features(sliders, LEVELS).shape == (300, 7 * 3 + 21)
