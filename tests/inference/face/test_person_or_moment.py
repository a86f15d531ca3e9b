# SPDX-License-Identifier: GPL-3.0-or-later
"""What of a fitted face is given to the person, and what to the moment."""

from __future__ import annotations

import numpy as np
import pytest

from inference.bundle import Camera
from inference.face.camera import FACING, from_extrinsics
from inference.face.gauss_newton import LinearFit
from inference.face.learned.identity import Identity
from inference.face.person_or_moment import BROWS, LOWERED_SHARE, Division, divide
from inference.face.pose import Extrinsics
from inference.head.model import HeadModel, rotation_matrices
from inference.head.open_head import load_open_head


@pytest.fixture(scope="module")
def model() -> HeadModel:
    return load_open_head()


def extrinsics(yaw: float) -> Extrinsics:
    rotation = FACING @ rotation_matrices(np.array([0.0, 0.0, np.radians(yaw)]))
    return Extrinsics(rotation, np.array([0.02, 0.01, -0.6]), 2000.0)


def camera(yaw: float) -> Camera:
    pose = extrinsics(yaw)
    return from_extrinsics(pose.rotation, pose.translation, pose.focal_px, (400.0, 400.0), 800, 800)


def divided(model: HeadModel, displaced: np.ndarray, yaw: float, expression: np.ndarray | None = None) -> Division:
    shape = model.shape_mean.astype(np.float64)
    expression = np.zeros(len(model.expression_names)) if expression is None else expression
    identity = Identity(shape, np.zeros(model.template.shape), 0.6)
    return divide(model, LinearFit(shape, expression, extrinsics(yaw)), identity, displaced, camera(yaw))


@pytest.mark.parametrize("yaw", [0.0, 30.0])
def test_person_and_moment_together_are_what_was_asked_for(model: HeadModel, yaw: float) -> None:
    displaced = 0.003 * np.sin(30 * model.template[:, [1, 2, 0]].astype(float))
    parts = divided(model, displaced, yaw)
    assert parts.offsets + parts.photo_offsets == pytest.approx(displaced, abs=1e-6)
    lasting = np.linalg.norm(parts.offsets, axis=1).mean()
    assert lasting > 2e-4 if yaw == 0.0 else lasting < 3e-4


def test_half_of_low_brows_is_the_persons(model: HeadModel) -> None:
    brows = model.landmarks["mediapipe_478"].points
    displaced = np.zeros(model.template.shape)
    displaced[:, 2] = np.where(model.template[:, 2] > 0, -0.006, 0)
    parts = divided(model, displaced, 30.0)
    assert brows(parts.offsets)[list(BROWS), 2].mean() == pytest.approx(-0.006 * LOWERED_SHARE, abs=2e-4)
    assert np.linalg.norm(brows(parts.offsets)[152]) < 1e-5  # the chin


def test_what_lowers_the_brows_is_not_counted_twice(model: HeadModel) -> None:
    expression = np.zeros(len(model.expression_names))
    for side in ("Left", "Right"):
        expression[model.expression_names.index("browDown" + side)] = 0.5
    parts = divided(model, np.zeros(model.template.shape), 0.0, expression)
    posed = model.shaped(parts.shape, parts.expression, parts.offsets + parts.photo_offsets)
    assert posed == pytest.approx(model.shaped(model.shape_mean, expression), abs=1e-5)
    assert parts.expression.max() == pytest.approx(0.5 * (1 - LOWERED_SHARE), abs=0.08)
