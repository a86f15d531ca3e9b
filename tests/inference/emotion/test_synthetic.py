# SPDX-License-Identifier: GPL-3.0-or-later
"""Action units, prototypes and the training set made of them."""

from __future__ import annotations

import numpy as np
import pytest

from inference.emotion.action_units import ACTION_UNITS, UNITS, together, unit_directions
from inference.emotion.dataset import split_by_subject
from inference.emotion.face_measures import unit_gains
from inference.emotion.prototypes import BASIC_EMOTIONS, EMOTIONS, PROTOTYPES
from inference.emotion.synthetic import SyntheticOptions, expression_of, nominal_strengths, synthetic_dataset
from inference.head.model import HeadModel

# Observed in at least half of the faces: Du, Tao, Martinez (2014), table 1 (25 of disgust and sadness are not listed there).
OBSERVED = {
    "happiness": {"12", "25"},
    "sadness": {"4", "15", "1", "17"},
    "fear": {"1", "4", "20", "25", "5"},
    "anger": {"4", "7", "24"},
    "surprise": {"1", "2", "26", "25"},
    "disgust": {"9", "10", "17"},
}


def test_every_unit_is_spelled_in_directions_of_the_head(head: HeadModel) -> None:
    weights = unit_directions(head.expression_names)
    assert weights.shape == (len(UNITS), 2, 52)
    assert (weights.sum((1, 2)) > 0).all()
    for unit, parts in ACTION_UNITS.items():
        assert max(parts.values()) <= 1, unit


def test_a_head_without_a_direction_is_refused() -> None:
    with pytest.raises(KeyError):
        unit_directions(["browDownLeft"])


@pytest.mark.parametrize("emotion", OBSERVED)
def test_the_commonest_variant_shows_what_people_were_seen_to_show(emotion: str) -> None:
    shown = {unit for unit, both in zip(UNITS, nominal_strengths((emotion,))[0], strict=True) if both.max() > 0}
    assert shown >= OBSERVED[emotion]


def test_only_contempt_is_one_sided() -> None:
    for emotion, variants in PROTOTYPES.items():
        assert sum(variant.frequency for variant in variants) == pytest.approx(1)
        for variant in variants:
            left, right = variant.strengths().T
            assert (left == right).all() == (emotion != "contempt")
            assert (right >= left).all()


def test_opposite_units_give_way_to_each_other() -> None:
    happiness, sadness = nominal_strengths(("happiness", "sadness"))
    smile, frown = UNITS.index("12"), UNITS.index("15")
    both = together(happiness, sadness)
    assert both[smile].max() < 0.6 * happiness[smile].max()
    assert both[frown].max() < 0.6 * sadness[frown].max()
    assert both.max() <= 1


def test_no_mixture_needs_more_than_a_face(head: HeadModel) -> None:
    """The law itself hardly ever has to be clipped: a unit stays within 1.15 of its full strength."""
    sliders = np.random.default_rng(0).random((400, 7))
    strengths = np.broadcast_to(nominal_strengths(EMOTIONS), (400, 7, len(UNITS), 2))
    half = np.broadcast_to(0.5 * nominal_strengths(EMOTIONS), (400, 7, len(UNITS), 2))
    full, weak = (expression_of(s, sliders, head.expression_names) for s in (strengths, half))
    assert full.max() <= 1
    assert np.mean(full == 1) < 0.02
    assert weak.max() < 0.75


def test_raised_brows_are_fitted_to_the_face(head: HeadModel) -> None:
    """The raise grows with the height of the brows above the eyes, as the mesh has it."""
    index = head.shape_names.index("eyebrows-trans-up")
    low, high = head.shape_mean.copy(), head.shape_mean.copy()
    low[index] -= 1
    high[index] += 1
    gains = unit_gains(head, np.stack([low, head.shape_mean, high]), UNITS)[:, UNITS.index("1")]
    assert gains[0] < gains[1] < gains[2]
    assert gains[1] == pytest.approx(1)


def test_the_set_is_the_same_for_the_same_seed(head: HeadModel) -> None:
    options = SyntheticOptions(subjects=12, pictures=5, seed=3)
    first, second = (synthetic_dataset(head, options) for _ in range(2))
    other = synthetic_dataset(head, SyntheticOptions(subjects=12, pictures=5, seed=4))
    np.testing.assert_array_equal(first.targets, second.targets)
    assert first.targets.shape == (60, 58)
    assert not np.array_equal(first.targets, other.targets)
    assert 0 <= first.expression.min() <= first.expression.max() <= 1


def test_six_emotions(head: HeadModel) -> None:
    dataset = synthetic_dataset(head, SyntheticOptions(subjects=4, pictures=5, emotions=BASIC_EMOTIONS))
    assert dataset.sliders.shape == (20, 6)


def test_nobody_is_trained_on_and_validated_with(head: HeadModel) -> None:
    dataset = synthetic_dataset(head, SyntheticOptions(subjects=30, pictures=4))
    train, validation = split_by_subject(dataset, 0.1, 0)
    assert not set(train.subject) & set(validation.subject)
    assert len(set(validation.subject)) == 3
    assert len(train) + len(validation) == len(dataset)
