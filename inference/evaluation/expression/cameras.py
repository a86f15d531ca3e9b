# SPDX-License-Identifier: GPL-3.0-or-later
"""The calibrated cameras of a multi-view recording, and points seen by several of them.

OpenCV's convention: x right, y down, z forward, centres of pixels at integers; a point X lies at R X + t before the camera.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from ...errors import AvatarError

MAX_BYTES = 20_000_000
ROUNDS = 6  # of robust triangulation


@dataclass(frozen=True)
class View:
    """matrix (3, 3): intrinsics; pose (3, 4) = [R | t]; distortion (5,) = k1 k2 p1 p2 k3.

    number: of the picture N.jpg. serial: the camera's, the same in all recordings.
    """

    number: int
    matrix: NDArray
    pose: NDArray
    distortion: NDArray
    width: int
    height: int
    serial: str

    @property
    def place(self) -> NDArray:
        """(3,) the camera's centre."""
        return -self.pose[:, :3].T @ self.pose[:, 3]

    def rays(self, pixels: NDArray) -> NDArray:
        """(N, 2) pixels -> (N, 2) x / z and y / z before the camera, distortion removed."""
        return cv2.undistortPoints(pixels[:, None].astype(np.float64), self.matrix, self.distortion)[:, 0]


def read_views(path: Path) -> list[View]:
    """The valid views of a params.json. Raises AvatarError ``scan_invalid``."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ValueError("it is too large")
        data = json.loads(path.read_text(encoding="utf-8"))
        numbers = sorted(int(key[:-2]) for key in data if key.endswith("_K") and key[:-2].isdigit())
        views = [_view(data, number) for number in numbers if data.get(f"{number}_valid", True)]
    except OSError as problem:
        raise AvatarError("scan_invalid", f"{path} cannot be read ({problem.strerror or problem}).") from problem
    except (ValueError, TypeError, KeyError, AttributeError) as problem:
        raise AvatarError(
            "scan_invalid", f"{path} does not describe cameras as FaceScape does ({problem})."
        ) from problem
    if not views:
        raise AvatarError("scan_invalid", f"{path} has no valid view.")
    return views


def _view(data: dict, number: int) -> View:
    matrix = np.array(data[f"{number}_K"], np.float64)[:3, :3]
    pose = np.array(data[f"{number}_Rt"], np.float64)[:3, :4]
    distortion = np.array(data.get(f"{number}_distortion", [0.0] * 5), np.float64).ravel()[:5]
    if matrix.shape != (3, 3) or pose.shape != (3, 4) or distortion.shape != (5,):
        raise ValueError(f"view {number} has matrices of other shapes")
    if not all(np.isfinite(array).all() for array in (matrix, pose, distortion)):
        raise ValueError(f"view {number} holds values that are not numbers")
    width, height = int(data[f"{number}_width"]), int(data[f"{number}_height"])
    return View(number, matrix, pose, distortion, width, height, str(data.get(f"{number}_sn", number)))


def triangulate(rays: NDArray, poses: NDArray, tolerance: float) -> tuple[NDArray, float]:
    """The point (3,) seen at (n, 2) rays by n >= 2 cameras (n, 3, 4), and the median miss of the rays.

    A miss much beyond ``tolerance`` (in the rays' unit) counts little: a detector that guesses a hidden point is overruled.
    """
    rows = rays[:, :, None] * poses[:, None, 2] - poses[:, :2]  # (n, 2, 4), zero on the point in homogeneous form
    weight = np.ones(len(rays))
    for _ in range(ROUNDS):
        point = np.linalg.lstsq(*_weighted(rows, weight), rcond=None)[0]
        before = poses[:, :, :3] @ point + poses[:, :, 3]
        depth = np.maximum(before[:, 2], 1e-3 * np.abs(before[:, 2]).max())
        miss = np.linalg.norm(before[:, :2] / depth[:, None] - rays, axis=1)
        weight = 1 / (1 + (miss / tolerance) ** 2) / depth
    return point, float(np.median(miss))


def _weighted(rows: NDArray, weight: NDArray) -> tuple[NDArray, NDArray]:
    flat = (rows * weight[:, None, None]).reshape(-1, 4)
    return flat[:, :3], -flat[:, 3]


def directions(views: list[View], marks: NDArray) -> NDArray:
    """(n, 2) degrees: how far to the subject's left and how high each camera stands before the face with the seven marks (7, 3)."""
    across = marks[3] - marks[0]
    across = across / np.linalg.norm(across)
    middle = marks[:4].mean(0)
    up = middle - marks[5:].mean(0)
    up = up - (up @ across) * across
    up = up / np.linalg.norm(up)
    away = np.stack([view.place for view in views]) - middle
    x, y, z = away @ across, away @ up, away @ np.cross(across, up)
    return np.degrees(np.stack([np.arctan2(x, z), np.arctan2(y, np.hypot(x, z))], 1))
