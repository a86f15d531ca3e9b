# SPDX-License-Identifier: GPL-3.0-or-later
"""Where on the scalp hair grows, told from the roots of the guides."""

from __future__ import annotations

import numpy as np
from mathutils.kdtree import KDTree

from ...inference.bundle import HeadMesh

# Guides farther apart than this are taken for single strands, metres.
MAX_SPACING = 0.02


def guide_spacing(roots: np.ndarray) -> float:
    """Median distance from a root (N, 3) to its nearest neighbour, at most MAX_SPACING metres."""
    tree = _tree(roots)
    sample = roots[:: max(1, len(roots) // 256)]
    distance = [tree.find_n(root, 2)[-1][2] for root in sample] if len(roots) > 1 else [MAX_SPACING]
    return min(max(float(np.median(distance)), 1e-4), MAX_SPACING)


def distance_to_roots(points: np.ndarray, roots: np.ndarray) -> np.ndarray:
    """(N,) metres from each point to the nearest root."""
    find = _tree(roots).find
    return np.array([find(point)[2] for point in points], np.float32)


def covered_area(head: HeadMesh, roots: np.ndarray, reach: float) -> float:
    """Square metres of scalp within ``reach`` of a root, which the density of strands refers to."""
    triangles = np.concatenate([head.faces[:, :3], head.faces[head.faces[:, 3] >= 0][:, [0, 2, 3]]])
    triangles = triangles[~np.isnan(head.scalp_uv[triangles, 0]).any(1)]
    corners = head.vertices[triangles]
    corners = corners[distance_to_roots(corners.mean(1), roots) < reach]
    a, b, c = (corners[:, k] for k in range(3))
    area = float(np.linalg.norm(np.cross(b - a, c - a), axis=1).sum() / 2)
    # Single strands may reach no triangle's middle.
    return area or len(roots) * reach**2


def _tree(roots: np.ndarray) -> KDTree:
    tree = KDTree(len(roots))
    for index, root in enumerate(roots):
        tree.insert(root, index)
    tree.balance()
    return tree
