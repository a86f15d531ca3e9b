# SPDX-License-Identifier: GPL-3.0-or-later
"""The camera's conventions, on cases worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from inference.face.camera import FACING, from_extrinsics, project, yaw_degrees
from inference.face.pose import initial_extrinsics
from inference.head.model import rotation_matrices


def frontal(distance: float = 1.0, turned: np.ndarray = FACING):
    return from_extrinsics(turned, np.array([0.0, 0.0, -distance]), 1000.0, (320.0, 240.0), 640, 480)


def test_a_point_to_the_subjects_left_and_up_lands_right_and_up_in_the_picture() -> None:
    x, y, depth = project(frontal(), np.array([0.1, 0.0, 0.05]))
    assert (x, y, depth) == pytest.approx((420.0, 190.0, 1.0))


def test_the_nose_is_nearer_than_the_ears() -> None:
    nose, ear = project(frontal(), np.array([[0.0, -0.1, 0.0], [0.0, 0.1, 0.0]]))
    assert nose[2] == pytest.approx(0.9)
    assert ear[2] == pytest.approx(1.1)


def test_the_camera_stands_in_front_of_the_face() -> None:
    assert frontal(0.7).matrix_world[:3, 3] == pytest.approx([0.0, -0.7, 0.0])


@pytest.mark.parametrize("degrees", [-40.0, 0.0, 25.0])
def test_yaw_is_positive_toward_the_subjects_left(degrees: float) -> None:
    turned = FACING @ rotation_matrices(np.array([0.0, 0.0, np.radians(degrees)]))
    assert yaw_degrees(frontal(turned=turned)) == pytest.approx(degrees)


def test_scaled_orthography_recovers_a_far_camera() -> None:
    random = np.random.default_rng(3)
    points = random.normal(scale=0.07, size=(60, 3))
    points -= points.mean(0)  # the distance is that of the points' mean
    rotation = FACING @ rotation_matrices(np.array([0.1, -0.2, 0.4]))
    camera = from_extrinsics(rotation, np.array([0.03, -0.02, -50.0]), 50_000.0, (0.0, 0.0), 640, 480)
    picture = project(camera, points)[:, :2]
    pose = initial_extrinsics(points, picture, np.ones(60), np.zeros(2), 50.0)
    assert pose.scale == pytest.approx(1000.0, rel=1e-3)
    assert pose.rotation == pytest.approx(rotation, abs=2e-3)
    assert pose.translation == pytest.approx([0.03, -0.02, -50.0], abs=1e-3)
