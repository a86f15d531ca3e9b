# SPDX-License-Identifier: GPL-3.0-or-later
"""Exact signed distance to a triangle mesh, slow, to check the voxel field against."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

CANDIDATES = 24


def signed_distance(points: NDArray, vertices: NDArray, triangles: NDArray) -> NDArray:
    """(N,) metres, negative inside, of (N, 3) points near the surface."""
    corners = vertices[triangles].astype(np.float64)
    near = cKDTree(corners.mean(1)).query(points, k=CANDIDATES)[1]
    closest = _closest_points(points[:, None], corners[near])
    offset = points[:, None] - closest
    distance = np.linalg.norm(offset, axis=2)
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])[near]
    normal /= np.maximum(np.linalg.norm(normal, axis=2, keepdims=True), 1e-15)
    height = (offset * normal).sum(2)
    # Triangles that share the nearest edge disagree about the side; the one seen most squarely is right.
    nearest = distance < distance.min(1, keepdims=True) + 1e-7
    height = np.where(nearest, height, 0)
    side = np.take_along_axis(height, np.abs(height).argmax(1)[:, None], 1)[:, 0]
    return np.where(side < 0, -1, 1) * distance.min(1)


def _closest_points(p: NDArray, corners: NDArray) -> NDArray:
    """Closest points on triangles (..., 3, 3) to points (..., 3)."""
    a, b, c = (corners[..., k, :] for k in range(3))
    ab, ac, ap = b - a, c - a, p - a
    d00, d01, d11 = (ab * ab).sum(-1), (ab * ac).sum(-1), (ac * ac).sum(-1)
    d20, d21 = (ap * ab).sum(-1), (ap * ac).sum(-1)
    area = np.maximum(d00 * d11 - d01 * d01, 1e-20)
    v, w = (d11 * d20 - d01 * d21) / area, (d00 * d21 - d01 * d20) / area
    inside = (v >= 0) & (w >= 0) & (v + w <= 1)
    best = a + v[..., None] * ab + w[..., None] * ac
    edges = np.stack([_on_segment(p, *edge) for edge in ((a, b), (b, c), (c, a))])
    distance = np.linalg.norm(edges - p, axis=-1)
    choice = distance.argmin(0)
    edge = np.take_along_axis(edges, choice[None, ..., None], 0)[0]
    return np.where(inside[..., None], best, edge)


def _on_segment(p: NDArray, a: NDArray, b: NDArray) -> NDArray:
    t = ((p - a) * (b - a)).sum(-1) / np.maximum(((b - a) ** 2).sum(-1), 1e-20)
    return a + np.clip(t, 0, 1)[..., None] * (b - a)
