# SPDX-License-Identifier: GPL-3.0-or-later
"""The pinhole camera between the head's frame and the photo.

Head frame: metres, Z up, the face looks to -Y. Camera frame (Blender's): x right, y up, the camera looks along -z.
Picture: x right, y down, pixels, (0, 0) is the upper left corner of the upper left pixel.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..bundle import Camera

# Rows are the camera's axes seen from the head frame, for a camera in front of the face.
FACING = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, -1.0, 0.0]])


def to_camera(camera: Camera, points: NDArray) -> NDArray:
    """(..., 3) points of the head's frame -> (..., 3) camera frame."""
    rotation, origin = camera.matrix_world[:3, :3], camera.matrix_world[:3, 3]
    return (points - origin) @ rotation


def project(camera: Camera, points: NDArray) -> NDArray:
    """(..., 3) points of the head's frame -> (..., 3): x, y in pixels and the depth in metres (positive in front)."""
    local = to_camera(camera, points)
    depth = -local[..., 2]
    x = camera.center_px[0] + camera.focal_px * local[..., 0] / depth
    y = camera.center_px[1] - camera.focal_px * local[..., 1] / depth
    return np.stack([x, y, depth], -1)


def from_extrinsics(
    rotation: NDArray, translation: NDArray, focal_px: float, center_px: tuple[float, float], width: int, height: int
) -> Camera:
    """Camera for camera-frame = rotation @ head-frame + translation."""
    matrix = np.eye(4)
    matrix[:3, :3] = rotation.T
    matrix[:3, 3] = -rotation.T @ translation
    return Camera(matrix, float(focal_px), (float(center_px[0]), float(center_px[1])), width, height)


def yaw_degrees(camera: Camera) -> float:
    """How far the head is turned from the camera; positive when the face turns to the subject's left."""
    toward_camera = camera.matrix_world[:3, 3]
    return float(np.degrees(np.arctan2(-toward_camera[0], -toward_camera[1])))
