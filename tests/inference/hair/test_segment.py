# SPDX-License-Identifier: GPL-3.0-or-later
"""The hair network's run time agrees with PyTorch, and its training photos are what they claim to be."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from inference.hair.face_window import face_window
from inference.hair.segment.cues import ACROSS, CUES, STREAK_SINE, cues
from inference.hair.segment.forward import WEIGHTS, hair_logits, load_weights
from inference.hair.segment.training.examples import ExamplePool
from inference.hair.segment.unet import HairUNet, folded
from inference.head.open_head import load_open_head


@pytest.fixture(scope="module")
def pool() -> ExamplePool:
    pool = ExamplePool(load_open_head(), 5, 4, 8)
    for _ in range(3):
        pool.grow()
    for _ in range(4):
        pool.develop()
    return pool


def test_numpy_and_torch_agree() -> None:
    torch.manual_seed(0)
    network = HairUNet()
    with torch.no_grad():  # running statistics that are not those of a fresh network
        for name, value in network.named_buffers():
            if name.endswith("running_mean"):
                value.normal_(0, 0.3)
            elif name.endswith("running_var"):
                value.uniform_(0.5, 2)
    network.eval()
    seen = torch.randn(1, CUES, 64, 48)
    with torch.inference_mode():
        expected = network(seen)[0].numpy()
    weights = {name: value.numpy() for name, value in folded(network).items()}
    np.testing.assert_allclose(hair_logits(seen[0].numpy(), weights), expected, rtol=1e-4, atol=1e-4)


def test_any_size_is_answered_and_the_weights_are_small() -> None:
    weights = load_weights()
    assert WEIGHTS.stat().st_size < 4 << 20
    assert sum(value.size for value in weights.values()) <= 2_000_000
    answer = hair_logits(np.zeros((CUES, 50, 35), np.float32), weights)
    assert answer.shape == (50, 35)
    assert np.isfinite(answer).all()


def test_cues_of_a_mirrored_picture(pool: ExamplePool) -> None:
    """Only the horizontal coordinate and the streaks' sine change their sign."""
    example = pool._examples[0]
    window = example.window
    classes = example.classes.astype(np.float32)
    seen = cues(example.picture, example.body, classes, window)
    assert seen.shape == (CUES, *window.shape)
    points = np.random.default_rng(0).normal(size=(478, 2))  # any window: its layers are replaced
    flipped = face_window(points * 20 + 100, window.shape[0])
    object.__setattr__(flipped, "across", -window.across[:, ::-1])
    for name in ("down", "oval", "features"):
        object.__setattr__(flipped, name, getattr(window, name)[:, ::-1])
    picture, body, classes = (
        np.ascontiguousarray(layer) for layer in (example.picture[:, ::-1], example.body[:, ::-1], classes[:, :, ::-1])
    )
    mirrored = cues(picture, body, classes, flipped)
    mirrored = mirrored[:, :, ::-1].copy()
    mirrored[[ACROSS, STREAK_SINE]] *= -1
    np.testing.assert_allclose(mirrored, seen, atol=2e-2)


def test_training_photos_show_hair_on_the_person(pool: ExamplePool) -> None:
    seen, truth, known = pool.batch(8)
    assert seen.shape[:2] == (8, CUES)
    assert np.isfinite(seen).all()
    assert np.abs(seen).max() < 5
    assert truth.any(axis=(1, 2)).mean() > 0.5
    features = seen[:, 7] > 0
    assert (truth & features).sum() < 0.3 * truth.sum()  # hair is hardly ever on eyes, brows and mouth
    assert known.mean() > 0.5


def test_the_same_seed_makes_the_same_photos() -> None:
    first, second = (ExamplePool(load_open_head(), 7, 2, 2) for _ in range(2))
    for one in (first, second):
        one.grow()
        one.develop()
    np.testing.assert_array_equal(first.batch(1)[0], second.batch(1)[0])
