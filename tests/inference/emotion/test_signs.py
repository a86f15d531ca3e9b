# SPDX-License-Identifier: GPL-3.0-or-later
"""Signed checks of action units: nothing that an emotion is made of is left out, and the measures tell opposites apart."""

from __future__ import annotations

import numpy as np
import pytest

from inference.emotion.action_units import UNITS, unit_directions
from inference.emotion.evaluation.signs import MEASURES, changes, units_to_check
from inference.emotion.prototypes import EMOTIONS
from inference.emotion.synthetic import expression_of, nominal_strengths
from inference.head.model import HeadModel

# Ekman's prototypes.
PUBLISHED = {
    "happiness": {"6", "12", "25"},
    "sadness": {"1", "4", "15"},
    "surprise": {"1", "2", "5", "26"},
    "fear": {"1", "2", "4", "5", "7", "20", "26"},
    "anger": {"4", "5", "7", "24"},
    "disgust": {"10", "17", "4"},
    "contempt": {"R12", "R14"},
}


def landmarks(head: HeadModel, units: dict[str, float]) -> np.ndarray:
    """(478, 2) seen from the front, y down: the mean face's own points, for want of a picture."""
    strengths = np.zeros((len(UNITS), 2))
    for unit, strength in units.items():
        strengths[UNITS.index(unit)] = strength
    expression = np.clip(np.tensordot(strengths, unit_directions(head.expression_names), 2), 0, 1)
    points = head.landmarks["mediapipe_478"].points(head.shaped(head.shape_mean, expression))
    return points[:, [0, 2]] * [1, -1]


@pytest.mark.parametrize("emotion", EMOTIONS)
def test_every_published_unit_is_looked_for(emotion: str) -> None:
    units = units_to_check(emotion)
    assert set(units) >= PUBLISHED[emotion]
    assert set(units.values()) <= set(MEASURES)


def test_sadness_and_fear_draw_their_brows_together() -> None:
    assert units_to_check("sadness")["4"] == units_to_check("fear")["4"] == "1+4"
    assert units_to_check("anger")["4"] == "4"


@pytest.mark.parametrize(("unit", "opposite"), [("5", "7"), ("1", "4"), ("12", "15"), ("16", "17")])
def test_a_unit_grows_its_measure_and_its_opposite_does_not(head: HeadModel, unit: str, opposite: str) -> None:
    neutral = landmarks(head, {})
    assert changes(neutral, landmarks(head, {unit: 1.0}), (unit,)) > 0.002
    assert changes(neutral, landmarks(head, {opposite: 1.0}), (unit,)) < 0.002


def test_a_wide_eye_with_a_tight_lid_shows_both(head: HeadModel) -> None:
    grown = changes(landmarks(head, {}), landmarks(head, {"5": 1.0, "7": 0.6}), ("5", "7"))
    assert (grown > 0).all(), grown


def test_what_the_lids_pull_along_does_not_hide_them(head: HeadModel) -> None:
    """Widening lifts the outer corner of the eye as far as the lid, and closing lowers both; brows stay where they are."""
    neutral = landmarks(head, {})
    assert changes(neutral, landmarks(head, {"5": 1.0}), ("5",)) > 0.015
    for lid in ("5", "43"):
        np.testing.assert_allclose(changes(neutral, landmarks(head, {lid: 1.0}), ("1", "2")), 0, atol=0.003)


def test_a_third_of_an_emotion_is_more_than_a_third_and_a_half_about_half(head: HeadModel) -> None:
    sliders = np.array([0.33, 0.5, 1.0])[:, None] * np.eye(7)[EMOTIONS.index("anger")]
    strengths = np.broadcast_to(nominal_strengths(EMOTIONS), (3, 7, len(UNITS), 2))
    brows = expression_of(strengths, sliders, head.expression_names)[:, head.expression_names.index("browDownLeft")]
    assert 0.35 < brows[0] / brows[2] < 0.4
    assert 0.5 < brows[1] / brows[2] < 0.56
