# SPDX-License-Identifier: GPL-3.0-or-later
"""The emotion table on the open head: names exist, and each emotion moves what its action units move."""

from __future__ import annotations

import numpy as np
import pytest

from inference.emotion.table import EMOTION_NAMES, EMOTIONS, LEVELS, emotion_deltas, emotion_weights
from inference.head.model import HeadModel
from inference.head.open_head import load_open_head


@pytest.fixture(scope="module")
def head() -> HeadModel:
    return load_open_head()


@pytest.fixture(scope="module")
def deltas(head: HeadModel) -> dict[str, np.ndarray]:
    return dict(zip(EMOTION_NAMES, emotion_deltas(head.expression_names, head.expression_basis)[:, -1], strict=True))


def test_shapes(head: HeadModel) -> None:
    array = emotion_deltas(head.expression_names, head.expression_basis)
    assert array.shape == (7, len(LEVELS), len(head.template), 3)
    assert array.dtype == np.float32
    assert LEVELS[-1] == 1


def test_six_basic_emotions_and_contempt() -> None:
    assert set(EMOTIONS) == {"happiness", "anger", "sadness", "fear", "contempt", "surprise", "disgust"}


def test_weights_are_possible(head: HeadModel) -> None:
    for emotion in EMOTIONS:
        weights = emotion_weights(emotion, head.expression_names)
        assert weights.min() >= 0
        assert weights.max() <= 1


def test_a_head_without_a_direction_is_refused() -> None:
    with pytest.raises(KeyError):
        emotion_weights("anger", ["browDownLeft"])


def moved(head: HeadModel, deltas: np.ndarray, mask: str, axis: int) -> float:
    weights = head.masks[mask]
    return float((deltas[:, axis] * weights).sum() / weights.sum())


def test_brows(head: HeadModel, deltas: dict[str, np.ndarray]) -> None:
    lifted = {emotion: moved(head, delta, "brows", 2) for emotion, delta in deltas.items()}
    assert max(lifted, key=lifted.get) == "surprise"
    assert min(lifted, key=lifted.get) == "anger"
    assert lifted["anger"] < 0 < lifted["fear"]


def test_only_contempt_is_one_sided(head: HeadModel, deltas: dict[str, np.ndarray]) -> None:
    """Total movement of the subject's left (x > 0) and right half."""
    left = head.template[:, 0] > 0
    for emotion, delta in deltas.items():
        size = np.linalg.norm(delta, axis=1)
        balance = size[left].sum() / size.sum()
        assert (balance < 0.35) if emotion == "contempt" else (0.45 < balance < 0.55), emotion


def test_mouth_corners(head: HeadModel, deltas: dict[str, np.ndarray]) -> None:
    """The most lateral lip vertex of the right side rises in a smile and sinks in sadness."""
    lips = np.flatnonzero(head.masks["lips"] > 0.5)
    corner = lips[head.template[lips, 0].argmin()]
    assert deltas["happiness"][corner, 2] > 0.003
    assert deltas["happiness"][corner, 0] < -0.003
    assert deltas["sadness"][corner, 2] < -0.001
    assert deltas["contempt"][corner, 2] > 0.001
