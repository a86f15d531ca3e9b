# SPDX-License-Identifier: GPL-3.0-or-later
"""A first camera from 2D-3D matches: scaled orthography, then a pinhole at a given distance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Extrinsics:
    """camera-frame = rotation @ head-frame + translation (metres); scale: pixels per metre at the head's distance."""

    rotation: NDArray
    translation: NDArray
    scale: float

    @property
    def distance(self) -> float:
        return float(-self.translation[2])

    @property
    def focal_px(self) -> float:
        return self.scale * self.distance


def initial_extrinsics(
    points: NDArray, picture: NDArray, weights: NDArray, center_px: NDArray, distance: float
) -> Extrinsics:
    """Least-squares scaled orthography of (L, 3) head points onto (L, 2) picture points (y down), seen from ``distance`` metres."""
    flipped = picture * [1, -1]
    w = weights / weights.sum()
    mean3, mean2 = w @ points, w @ flipped
    root = np.sqrt(w)[:, None]
    affine, *_ = np.linalg.lstsq(root * (points - mean3), root * (flipped - mean2), rcond=None)
    u, s, vt = np.linalg.svd(affine.T)
    scale = float(s.mean())
    rows = u @ vt[:2]
    rotation = np.vstack([rows, np.cross(rows[0], rows[1])])
    offset = (mean2 - center_px * [1, -1]) / scale - rotation[:2] @ mean3
    translation = np.array([offset[0], offset[1], -distance - rotation[2] @ mean3])
    return Extrinsics(rotation, translation, scale)
