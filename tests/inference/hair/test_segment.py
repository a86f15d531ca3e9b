# SPDX-License-Identifier: GPL-3.0-or-later
"""The hair network's run time agrees with PyTorch, and its training photos are what they claim to be."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
import torch

from inference.hair.face_window import face_window
from inference.hair.segment.color_cut import with_color_cut
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


def test_a_cut_decides_unsure_pixels_by_their_colour() -> None:
    """Left half brown, right half blue; the probability is sure near both ends only and wrong in between."""
    picture = np.empty((60, 80, 3), np.uint8)
    picture[:, :40], picture[:, 40:] = (90, 60, 40), (40, 80, 160)
    picture = (picture + np.random.default_rng(0).integers(-6, 7, picture.shape)).astype(np.uint8)
    hair = np.full((60, 80), 0.45, np.float32)
    hair[:, :15], hair[:, 65:] = 0.95, 0.05
    known = np.ones(hair.shape, bool)
    known[:5] = False
    cut = with_color_cut(picture, hair, known)
    assert (cut[5:, :38] > 0.5).all()
    assert (cut[:, 42:] < 0.5).all()
    assert (cut[:5] == 0).all()
    nothing_sure = np.full(hair.shape, 0.45, np.float32)
    np.testing.assert_array_equal(with_color_cut(picture, nothing_sure, known), nothing_sure)


def test_a_finer_window_lies_over_the_window(pool: ExamplePool) -> None:
    window = replace(pool._examples[0].window, to_window=np.array([[0.5, 0, 3.0], [0, 0.5, 7.0]]))
    rows, columns = np.mgrid[:500, :400].astype(np.float32)
    for ramp in (rows, columns):
        coarse = cv2.resize(window.finer(2).take(ramp), window.shape[::-1], interpolation=cv2.INTER_AREA)
        inside = (slice(20, 150), slice(20, 150))
        np.testing.assert_allclose(coarse[inside], window.take(ramp)[inside], atol=0.1)
