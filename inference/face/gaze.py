# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the eyes look: the rotation of each eyeball that brings its iris onto the photo's."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..bundle import Camera
from ..head.model import HeadModel, rotation_matrices
from .camera import project

IRIS_CENTERS = {"right_eye": 468, "left_eye": 473}
STEP = 1e-3
LIMIT = np.radians(40)


def gaze_pose(model: HeadModel, vertices: NDArray, camera: Camera, picture: NDArray) -> NDArray:
    """(J, 3) axis-angle pose that turns only the eyes (pitch about X, yaw about Z) onto (478, 2) landmark pixels."""
    pose = np.zeros((len(model.joints.names), 3))
    embedding = model.landmarks["mediapipe_478"]
    for joint, landmark in IRIS_CENTERS.items():
        if joint not in model.joints.names:
            continue
        j = model.joints.names.index(joint)
        center = model.joints.regressor[j] @ vertices
        iris = embedding.points(vertices)[landmark] - center
        for _ in range(4):
            now = _iris_pixel(camera, center, iris, pose[j])
            slopes = [
                (_iris_pixel(camera, center, iris, pose[j] + STEP * axis) - now) / STEP for axis in np.eye(3)[[0, 2]]
            ]
            change = np.linalg.lstsq(np.stack(slopes, 1), picture[landmark, :2] - now, rcond=None)[0]
            pose[j, [0, 2]] = np.clip(pose[j, [0, 2]] + change, -LIMIT, LIMIT)
    return pose


def _iris_pixel(camera: Camera, center: NDArray, iris: NDArray, axis_angle: NDArray) -> NDArray:
    turned = rotation_matrices(axis_angle) @ iris
    return project(camera, center + turned)[:2]
