# SPDX-License-Identifier: GPL-3.0-or-later
"""What the bundle carries of the network, and what our network makes of the mean face."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from inference.emotion.emotion_keys import EmotionKeys, Person, emotion_keys, slider_displacement
from inference.emotion.network import EmotionNetwork
from inference.emotion.photo_emotion import photo_emotions
from inference.head.model import HeadModel, rotation_matrices

NAMES = ("happiness", "anger", "sadness", "fear", "contempt", "surprise", "disgust")


@pytest.fixture(scope="module")
def full(keys: EmotionKeys) -> dict[str, np.ndarray]:
    return dict(zip(keys.names, keys.deltas[:, -1], strict=True))


def test_names_and_shapes(keys: EmotionKeys, head: HeadModel) -> None:
    assert keys.names == NAMES
    assert keys.mirrored == ("contempt",)
    assert keys.deltas.shape == (7, len(keys.levels), len(head.template), 3)
    assert len(keys.pairs) == len(keys.pair_deltas) == 21 + 6
    assert keys.levels[-1] == 1


def test_sliders_follow_the_network(keys: EmotionKeys, person: Person, network: EmotionNetwork) -> None:
    """The goal over 1,000 vectors (python -m inference measure-emotion): mean 0.2 mm, at most 1.5 mm; here with the margin it has."""
    sliders = np.random.default_rng(5).random((150, 7))
    expected = person.displacements(network, person.coefficients(network, sliders))
    missed = [np.linalg.norm(slider_displacement(keys, x) - y, axis=1) for x, y in zip(sliders, expected, strict=True)]
    assert np.mean(missed) < 0.0001
    assert np.max(missed) < 0.0014


@pytest.mark.parametrize("emotion", range(7))
def test_a_single_slider_follows_the_network(
    keys: EmotionKeys, person: Person, network: EmotionNetwork, emotion: int
) -> None:
    for value in (0.1, 0.3, 0.5, 0.8, 1.0):
        sliders = value * np.eye(7)[emotion]
        expected = person.displacements(network, person.coefficients(network, sliders)[None])[0]
        # What is left is the asymmetry that the network learned from noisy faces, and the keys do not have.
        assert np.abs(slider_displacement(keys, sliders) - expected).max() < 0.0007


def test_symmetric_emotions_are_symmetric(full: dict[str, np.ndarray], head: HeadModel) -> None:
    left = np.flatnonzero(head.template[:, 0] > 0.001)
    mirror = np.linalg.norm(head.template[None, :] * [-1, 1, 1] - head.template[left[::40], None], axis=2).argmin(1)
    for name, delta in full.items():
        difference = np.linalg.norm(delta[left[::40]] - delta[mirror] * [-1, 1, 1], axis=1).max()
        assert (difference > 0.003) if name == "contempt" else (difference < 0.0003), name


def test_contempt_changes_sides(keys: EmotionKeys, head: HeadModel) -> None:
    contempt = np.eye(7)[NAMES.index("contempt")]
    right, left = (slider_displacement(keys, contempt, np.array([side])) for side in (0.0, 1.0))
    for face, sign in ((right, -1), (left, 1)):
        moved = np.linalg.norm(face, axis=1)
        assert moved[sign * head.template[:, 0] > 0].sum() > 2 * moved[sign * head.template[:, 0] < 0].sum()


def lifted(head: HeadModel, delta: np.ndarray, mask: str) -> float:
    weights = head.masks[mask]
    return float((delta[:, 2] * weights).sum() / weights.sum())


def test_brows(head: HeadModel, full: dict[str, np.ndarray]) -> None:
    heights = {emotion: lifted(head, delta, "brows") for emotion, delta in full.items()}
    assert max(heights, key=heights.get) == "surprise"
    assert min(heights, key=heights.get) == "anger"
    assert heights["anger"] < 0 < heights["fear"]


def test_mouth_corners(head: HeadModel, full: dict[str, np.ndarray]) -> None:
    """The most lateral lip vertex of the right side rises in a smile and sinks in sadness."""
    lips = np.flatnonzero(head.masks["lips"] > 0.5)
    corner = lips[head.template[lips, 0].argmin()]
    assert full["happiness"][corner, 2] > 0.003
    assert full["happiness"][corner, 0] < -0.003
    assert full["sadness"][corner, 2] < -0.001
    assert full["contempt"][corner, 2] > 0.001


@pytest.mark.parametrize("count", [2, 3, 7])
def test_lips_do_not_explode(keys: EmotionKeys, head: HeadModel, full: dict[str, np.ndarray], count: int) -> None:
    """Full emotions together move no vertex farther than half again the farthest that one of them moves it."""
    farthest = np.max([np.linalg.norm(delta, axis=1) for delta in full.values()], axis=0)
    rng = np.random.default_rng(count)
    for _ in range(10):
        sliders = np.zeros(7)
        sliders[rng.permutation(7)[:count]] = 1
        moved = np.linalg.norm(slider_displacement(keys, sliders), axis=1)
        assert (moved <= 1.5 * farthest + 0.002).all()


def test_a_jaw_that_turns_moves_the_mesh(head: HeadModel, network: EmotionNetwork) -> None:
    """A network without jawOpen opens the mouth by the jaw joint: the last bias is set to a known turn."""
    turn = np.array([0.2, 0.0, 0.0], np.float32)
    names = tuple(name for name in network.expressions if name != "jawOpen")
    keep = [network.expressions.index(name) for name in names] + list(range(len(network.expressions), 58))
    weight, bias = network.layers[-1]
    weight, bias = 0 * weight[keep], 0 * bias[keep]
    # One unit of the layer before, and its rise from no emotion to happiness alone.
    jawed = replace(network, expressions=names, layers=(*network.layers[:-1], (weight, bias)))
    person, happiness = Person(head, head.shape_mean), np.eye(7, dtype=np.float32)[0]
    hidden = EmotionNetwork(network.head, network.emotions, names, network.shape_input, network.layers[:-1])
    shown, rest = (np.maximum(hidden._evaluate(x * happiness, head.shape_mean), 0) for x in (1, 0))
    unit = int((shown - rest).argmax())
    weight[-3:, unit] = turn / (shown - rest)[unit]
    moved = emotion_keys(jawed, person).deltas[0, -1]
    joint = head.joints.names.index("jaw")
    neutral = head.shaped(head.shape_mean)
    pivot = head.joints.regressor[joint] @ neutral
    rigid = np.flatnonzero(head.joints.weights[:, joint] > 0.999)
    expected = (neutral[rigid] - pivot) @ rotation_matrices(turn).T + pivot - neutral[rigid]
    np.testing.assert_allclose(moved[rigid], expected, atol=2e-4)


def test_sliders_never_turn_the_head(keys: EmotionKeys, person: Person, network: EmotionNetwork) -> None:
    """Whatever a network says of the root, the mesh's keys are the same: the head's pose is the armature's."""
    weight, bias = network.layers[-1]
    weight = weight.copy()
    weight[-6:-3] += 0.3
    turned = replace(network, layers=(*network.layers[:-1], (weight, bias)))
    happiness = np.eye(7, dtype=np.float32)[0]
    assert np.abs(turned.predict(happiness, person.shape)[-6:-3]).max() > 0.05
    np.testing.assert_array_equal(emotion_keys(turned, person).deltas, keys.deltas)


def test_the_photos_emotion_is_found_again(head: HeadModel, keys: EmotionKeys) -> None:
    rng = np.random.default_rng(0)
    for emotion in NAMES:
        shown = slider_displacement(keys, 0.8 * np.eye(7)[NAMES.index(emotion)])
        noise = np.tensordot(rng.normal(0, 0.03, 52).astype(np.float32), head.expression_basis, 1)
        found = photo_emotions(head, keys, shown + noise)
        assert max(found, key=found.get) == emotion
        assert found[emotion] == pytest.approx(0.8, abs=0.25)


def test_a_neutral_photo_has_no_emotion(head: HeadModel, keys: EmotionKeys) -> None:
    assert photo_emotions(head, keys, np.zeros_like(head.template)) == {}


def test_two_emotions_of_a_photo_are_found_and_what_is_left_over_is_not_named(
    head: HeadModel, keys: EmotionKeys
) -> None:
    """A smile wider than the slider's has a rest, which no other emotion is to explain."""
    happiness, surprise = (np.eye(7)[NAMES.index(name)] for name in ("happiness", "surprise"))
    both = photo_emotions(head, keys, slider_displacement(keys, 0.6 * happiness + 0.5 * surprise))
    assert set(both) == {"happiness", "surprise"}
    assert photo_emotions(head, keys, 1.3 * slider_displacement(keys, happiness)) == {"happiness": 1.0}
