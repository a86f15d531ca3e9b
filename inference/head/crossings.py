# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a surface passes through itself. Meant for parts whose triangles are about equally large."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

LEAST = 1e-9  # of barycentric coordinates: what only touches does not cross
FLAT = 1e-24  # cubic metres: an edge that lies in the triangle's plane


def crossing_pairs(vertices: NDArray, triangles: NDArray) -> NDArray:
    """(P, 2) pairs of the triangles (M, 3) without a common vertex that pass through each other; vertices (V, 3) in metres."""
    pairs = near_pairs(vertices, triangles, 0.0)
    return pairs[cross(vertices, triangles, pairs)]


def near_pairs(vertices: NDArray, triangles: NDArray, margin: float) -> NDArray:
    """(P, 2) pairs of triangles without a common vertex whose boxes come as near as ``margin`` metres."""
    corners = vertices[triangles]
    low, high = corners.min(1) - margin / 2, corners.max(1) + margin / 2
    reach = np.linalg.norm(high - low, axis=1).max()
    pairs = cKDTree((low + high) / 2).query_pairs(reach, output_type="ndarray")
    a, b = pairs.T
    pairs = pairs[((low[a] <= high[b]) & (low[b] <= high[a])).all(1)]
    strangers = ~(triangles[pairs[:, 0]][:, :, None] == triangles[pairs[:, 1]][:, None, :]).any((1, 2))
    return pairs[strangers]


def cross(vertices: NDArray, triangles: NDArray, pairs: NDArray) -> NDArray[np.bool_]:
    """(P,) which of the pairs (P, 2) of triangles pass through each other.

    Two triangles do so if an edge of one meets the inside of the other (Moeller and Trumbore 1997); in one plane they do not.
    """
    corners = vertices[triangles].astype(np.float64)
    a, b = corners[pairs[:, 0]], corners[pairs[:, 1]]
    crossed = np.zeros(len(pairs), bool)
    for k in range(3):
        crossed |= _pierces(a[:, k], a[:, (k + 1) % 3], b) | _pierces(b[:, k], b[:, (k + 1) % 3], a)
    return crossed


def _pierces(start: NDArray, end: NDArray, triangle: NDArray) -> NDArray[np.bool_]:
    """(P,) whether the segment from start to end (P, 3) meets the inside of the triangle (P, 3, 3)."""
    side_a, side_b = triangle[:, 1] - triangle[:, 0], triangle[:, 2] - triangle[:, 0]
    along, offset = end - start, start - triangle[:, 0]
    across = np.cross(along, side_b)
    volume = (side_a * across).sum(1)
    flat = np.abs(volume) < FLAT
    volume = np.where(flat, 1, volume)
    turned = np.cross(offset, side_a)
    u = (offset * across).sum(1) / volume
    v = (along * turned).sum(1) / volume
    t = (side_b * turned).sum(1) / volume
    return ~flat & (u > LEAST) & (v > LEAST) & (u + v < 1 - LEAST) & (t > LEAST) & (t < 1 - LEAST)
