# SPDX-License-Identifier: GPL-3.0-or-later
"""A displacement of the neutral head that would part the lips, or push them into each other, with that part taken out."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ..head.model import HeadModel

# The inner rims of the lips, upper and lower landmark of each pair facing each other.
UPPER = (191, 80, 81, 82, 13, 312, 311, 310, 415)
LOWER = (95, 88, 178, 87, 14, 317, 402, 318, 324)
ROUNDS = 4
REACH = 0.005  # metres over which the correction fades


def keep_closed(model: HeadModel, displacement: NDArray) -> NDArray:
    """(V, 3) displacement under which facing points of the lips move alike."""
    for _ in range(ROUNDS):
        moved = model.landmarks["mediapipe_478"].points(displacement)
        displacement = displacement + _correction(model) @ (moved[list(UPPER)] - moved[list(LOWER)])
    return displacement


@lru_cache(maxsize=4)
def _correction(model: HeadModel) -> NDArray:
    """(V, pairs): each lip takes back half of the opening near it; the jaw tells which lip a vertex belongs to."""
    points = model.template.astype(np.float64)
    embedding = model.landmarks["mediapipe_478"]
    rims = embedding.points(points)
    middle = (rims[list(UPPER)] + rims[list(LOWER)]) / 2
    square = ((points[:, None] - middle) ** 2).sum(-1)
    near = np.exp(-square / (2 * REACH**2))
    share = near / np.maximum(near.sum(1, keepdims=True), 1e-12) * near.max(1, keepdims=True)
    jaw = model.expression_basis[model.expression_names.index("jawOpen")].astype(np.float64)
    drop = np.linalg.norm(jaw, axis=1)
    at_rims = np.linalg.norm(embedding.points(jaw), axis=1)
    lower = drop > (at_rims[UPPER[4]] + at_rims[LOWER[4]]) / 2
    mouth = np.isin(np.arange(len(points)), model.surface.part_vertices("skin", "mouth"))
    return np.where(lower, 0.5, -0.5)[:, None] * share * mouth[:, None]
