# SPDX-License-Identifier: GPL-3.0-or-later
"""The 112 pixel face that ArcFace sees: five points brought to fixed places by a similarity."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

SIDE = 112
# Eye on the picture's left, eye on its right, nose tip, mouth corners left and right (ArcFace's template).
TEMPLATE = np.array(
    [(38.2946, 51.6963), (73.5318, 51.5014), (56.0252, 71.7366), (41.5493, 92.3655), (70.7299, 92.2041)]
)
# The same points in MediaPipe's numbering: irises, nose tip, mouth corners; the subject's right is on the picture's left.
FIVE_POINTS = (468, 473, 4, 61, 291)


def similarity(source: NDArray, target: NDArray) -> NDArray:
    """(2, 3) least-squares rotation, scale and shift without reflection of (N, 2) points (Umeyama 1991)."""
    from_mean, to_mean = source.mean(0), target.mean(0)
    a, b = source - from_mean, target - to_mean
    dot = (a * b).sum()
    cross = (a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]).sum()
    c, s = np.array([dot, cross]) / (a**2).sum()
    linear = np.array([[c, -s], [s, c]])
    return np.c_[linear, to_mean - linear @ from_mean]


def cut(pixels: NDArray, points: NDArray) -> NDArray[np.float32]:
    """(3, 112, 112) RGB in [-1, 1]. pixels: (H, W, 3) uint8; points: (5, 2) in the template's order, pixel centres at integers."""
    face = cv2.warpAffine(pixels, similarity(points, TEMPLATE), (SIDE, SIDE), flags=cv2.INTER_LINEAR, borderValue=0)
    return np.ascontiguousarray(np.moveaxis((face.astype(np.float32) - 127.5) / 127.5, -1, 0))
