# SPDX-License-Identifier: GPL-3.0-or-later
"""Identity learned from renders: better than the mean head on people it has never seen, and nothing for heads it does not know."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from inference.evaluation.same_person.shapes import distances, separation
from inference.evaluation.synthetic.judge import fitted, judge, mean_head, summary
from inference.evaluation.synthetic.judging_set import judging_set
from inference.evaluation.synthetic.photograph import random_camera
from inference.evaluation.synthetic.subject import JUDGING, judging_subject, learning_subject
from inference.evaluation.synthetic.warps import bumps, waves
from inference.face.camera import project
from inference.face.closed_mouth import LOWER, UPPER, keep_closed
from inference.face.learned.features import features
from inference.face.learned.identity import learned_identity, node_weights
from inference.head.model import HeadModel
from inference.head.open_head import load_open_head
from inference.photo.mirror import MIRROR_478


@pytest.fixture(scope="module")
def model() -> HeadModel:
    return load_open_head()


def points_beside_center(model: HeadModel, vertices: np.ndarray, yaw: float = 0.0, seed: int = 0) -> np.ndarray:
    camera = random_camera(model, np.random.default_rng(seed), yaw, 0.0)
    seen = project(camera, model.landmarks["mediapipe_478"].points(vertices))[:, :2]
    return seen - np.array(camera.center_px)


def test_features_do_not_know_size_place_and_tilt(model: HeadModel) -> None:
    points = points_beside_center(model, judging_subject(model, np.random.default_rng(1)).neutral, 20.0)
    c, s = np.cos(0.2), np.sin(0.2)
    tilted = 1.7 * points @ np.array([[c, s], [-s, c]]) + [30, -20]
    plain, changed = features(model, points), features(model, tilted)
    assert changed.displacement == pytest.approx(plain.displacement, abs=1e-6)
    assert (changed.yaw, changed.pitch) == pytest.approx((plain.yaw, plain.pitch), abs=1e-6)


def test_the_answer_to_a_mirrored_photo_is_the_mirrored_head(model: HeadModel) -> None:
    points = points_beside_center(model, judging_subject(model, np.random.default_rng(2)).neutral, 15.0)
    learned = learned_identity(model)
    straight = learned.identity(model, points)
    mirrored = learned.identity(model, points[MIRROR_478] * [-1, 1])
    assert mirrored.distance == pytest.approx(straight.distance, rel=0.08)
    even = [i for i, name in enumerate(model.shape_names) if not name.endswith("/anti")]
    difference = (mirrored.shape - straight.shape)[even] / model.shape_deviation[even]
    assert np.abs(difference).max() < 0.15


def test_node_weights_sum_to_one_and_end_at_the_outermost() -> None:
    nodes = np.radians([-40, 0, 40])
    assert node_weights(nodes, 0.3).sum() == pytest.approx(1)
    assert node_weights(nodes, 3.0) == pytest.approx(node_weights(nodes, np.radians(40)))


def test_a_head_that_was_not_learned_has_no_learned_identity(model: HeadModel) -> None:
    assert learned_identity(replace(model, name="another")) is None
    fewer = replace(model, shape_mean=model.shape_mean[:50])
    assert learned_identity(fewer) is None
    assert learned_identity(replace(model, template=model.template + np.float32(0.01))) is None


def test_judging_heads_leave_the_span_of_the_basis(model: HeadModel) -> None:
    face = model.masks["face"] > 0.5
    subject = judging_subject(model, np.random.default_rng(3))
    missing = (subject.neutral - model.template)[face].ravel()
    basis = model.shape_basis[:, face].reshape(len(model.shape_names), -1).astype(np.float64)
    rest = missing - basis.T @ np.linalg.lstsq(basis.T, missing, rcond=None)[0]
    assert 1000 * np.sqrt((rest**2).sum() / face.sum()) > 0.3
    again = judging_subject(model, np.random.default_rng(3))
    assert np.array_equal(again.neutral, subject.neutral)
    assert not np.allclose(learning_subject(model, np.random.default_rng(3)).neutral, subject.neutral, atol=1e-3)


@pytest.mark.parametrize("family", [waves, bumps])
def test_warps_have_the_size_asked_for_and_leave_the_back_alone(model: HeadModel, family) -> None:
    warp = family(np.random.default_rng(4), JUDGING)
    face = model.template[model.masks["face"] > 0.5].astype(float)
    moved = warp(face)
    size = np.sqrt(((moved - moved.mean(0)) ** 2).sum(1).mean())
    assert 0.4 * JUDGING.rms < size < 2 * JUDGING.rms
    assert np.abs(warp(np.array([[0.0, 0.15, 0.05], [0.0, 0.1, -0.2]]))).max() < 1e-9


def test_a_parting_displacement_is_closed(model: HeadModel) -> None:
    parting = 0.05 * model.expression_basis[model.expression_names.index("jawOpen")].astype(float)
    embedding = model.landmarks["mediapipe_478"]
    before, after = (embedding.points(moved) for moved in (parting, keep_closed(model, parting)))
    opening = [np.linalg.norm(moved[list(UPPER)] - moved[list(LOWER)], axis=1).mean() for moved in (before, after)]
    assert opening[1] < 0.3 * opening[0]


def test_separation_counts_pairs_with_somebody_else_nearer() -> None:
    apart = np.array([[0, 1, 5, 6], [1, 0, 0.5, 6], [5, 0.5, 0, 6], [6, 6, 6, 0]], float)
    found = separation(["ann", "ann", "bob", "eve"], apart)
    assert (found.within_mean, found.missed, found.pairs) == (1.0, 1, 1)
    assert found.between_least == 0.5
    with pytest.raises(ValueError, match="Two photos"):
        separation(["ann", "bob"], apart[:2, :2])


def test_distances_see_neither_size_nor_place() -> None:
    face = np.random.default_rng(6).normal(size=(50, 3)) * 0.05
    assert distances([face, 1.3 * face + 2])[0, 1] == pytest.approx(0, abs=1e-6)


@pytest.mark.slow
def test_people_outside_the_span_are_found_better_than_the_mean_head(model: HeadModel) -> None:
    photos = list(judging_set(model, 4, 77))
    mean, fit = (summary(judge(model, photos, make(model))) for make in (mean_head, fitted))
    assert fit["all"].median < 0.9 * mean["all"].median
