# SPDX-License-Identifier: GPL-3.0-or-later
"""Where on the scalp hair grows, told from the roots of the guides."""

from __future__ import annotations

import bpy
import numpy as np
from mathutils.kdtree import KDTree

from .hair_scalp import Scalp
from .skin_material import UNDER_HAIR

# Guides farther apart than this are taken for single strands, metres.
MAX_SPACING = 0.02


def guide_spacing(roots: np.ndarray) -> float:
    """Median distance from a root (N, 3) to its nearest neighbour, at most MAX_SPACING metres."""
    tree = _tree(roots)
    sample = roots[:: max(1, len(roots) // 256)]
    distance = [tree.find_n(root, 2)[-1][2] for root in sample] if len(roots) > 1 else [MAX_SPACING]
    return min(max(float(np.median(distance)), 1e-4), MAX_SPACING)


def covered_area(scalp: Scalp, roots: np.ndarray, reach: float) -> float:
    """Square metres of scalp within ``reach`` of a root, which the density of strands refers to."""
    corners = scalp.vertices[scalp.triangles]
    corners = corners[_distance_to_roots(corners.mean(1), roots) < reach]
    a, b, c = (corners[:, k] for k in range(3))
    area = float(np.linalg.norm(np.cross(b - a, c - a), axis=1).sum() / 2)
    # Single strands may reach no triangle's middle.
    return area or len(roots) * reach**2


def mark_scalp(head_object: bpy.types.Object, scalp: Scalp, roots: np.ndarray) -> None:
    """Write on the head where hair covers the scalp, for the skin's material. roots (N, 3); none: bald."""
    covered = np.zeros(len(scalp.vertices), np.float32)
    if len(roots):
        on_chart = np.flatnonzero(~np.isnan(scalp.uv[:, 0]))
        distance = _distance_to_roots(scalp.vertices[on_chart], roots)
        covered[on_chart] = np.clip(2.5 - distance / guide_spacing(roots), 0, 1)
    attributes = head_object.data.attributes
    attribute = attributes.get(UNDER_HAIR) or attributes.new(UNDER_HAIR, "FLOAT", "POINT")
    attribute.data.foreach_set("value", covered)


def nearest_centers(roots: np.ndarray, spacing: float) -> np.ndarray:
    """(N,) int32: for each root the index of the nearest of some roots that lie about ``spacing`` metres apart."""
    tree = _tree(roots)
    free = np.ones(len(roots), bool)
    centers = []
    for index in np.random.default_rng(0).permutation(len(roots)):
        if free[index]:
            centers.append(int(index))
            free[[found for _, found, _ in tree.find_range(roots[index], spacing)]] = False
    among = _tree(roots[centers])
    return np.array([centers[among.find(root)[1]] for root in roots], np.int32)


def _distance_to_roots(points: np.ndarray, roots: np.ndarray) -> np.ndarray:
    """(N,) metres from each point to the nearest root."""
    find = _tree(roots).find
    return np.array([find(point)[2] for point in points], np.float32)


def _tree(roots: np.ndarray) -> KDTree:
    tree = KDTree(len(roots))
    for index, root in enumerate(roots.tolist()):
        tree.insert(root, index)
    tree.balance()
    return tree
