# SPDX-License-Identifier: GPL-3.0-or-later
"""FLAME's 68 landmarks: fixed ones, and a jaw line that moves along the visible contour when the head turns."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..landmark_sets import NOW_7
from ..model import LandmarkEmbedding, rotation_matrices
from .asset_files import FlameLandmarks

MOST = 39  # degrees of yaw


def contour_row(root: NDArray, neck: NDArray) -> int:
    """The contour table's row for axis-angle rotations (3,) of root and neck in FLAME's frame; positive yaw turns to the subject's left."""
    turned = rotation_matrices(root) @ rotation_matrices(neck)
    yaw = np.degrees(np.arctan2(-turned[2, 0], np.hypot(turned[0, 0], turned[1, 0])))
    degrees = int(np.rint(min(yaw, MOST)))  # half to even
    if degrees >= 0:
        return degrees
    return MOST - degrees if degrees >= -MOST else 2 * MOST


def landmarks_68(
    vertices: NDArray, faces: NDArray, table: FlameLandmarks, root: NDArray | None = None, neck: NDArray | None = None
) -> NDArray:
    """(68, 3) points on posed vertices (5023, 3), jaw line first; with rotations given, the jaw line is the visible contour."""
    full = _points(vertices, faces, table.full_faces, table.full_weights)
    if root is None:
        return full
    row = contour_row(root, np.zeros(3) if neck is None else neck)
    contour = _points(vertices, faces, table.contour_faces[row], table.contour_weights[row])
    return np.concatenate([contour, _points(vertices, faces, table.static_faces, table.static_weights)])


def published_sets(table: FlameLandmarks, faces: NDArray, sigma: NDArray) -> dict[str, LandmarkEmbedding]:
    """FLAME's own landmarks as the sets "ibug_68" and "now_7"; sigma (68,): how precisely a detector hits them, metres."""
    full = LandmarkEmbedding(
        faces[table.full_faces].astype(np.int32), table.full_weights.astype(np.float32), sigma.astype(np.float32)
    )
    rows = list(NOW_7)
    return {"ibug_68": full, "now_7": LandmarkEmbedding(full.vertices[rows], full.barycentric[rows], full.sigma[rows])}


def _points(vertices: NDArray, faces: NDArray, triangles: NDArray, weights: NDArray) -> NDArray:
    return np.einsum("lkc,lk->lc", vertices[faces[triangles]], weights)
