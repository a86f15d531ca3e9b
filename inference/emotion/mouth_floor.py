# SPDX-License-Identifier: GPL-3.0-or-later
"""The open head's mouth floor, kept behind the chin.

Where jawOpen lowers it while a smile draws the cheek back, its two corners would come through the skin beside the chin.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..head.model import HeadModel

HEAD, DIRECTION = "open-head", "jawOpen"
# Metres: the left corner at rest (the right one is its mirror image), how far around it the floor gives way, and where to at a full
# jawOpen.
CORNER, REACH = (0.020, 0.004, -0.086), 0.015
WAY = (-0.0048, 0.0064, 0.0048)


def keep_mouth_floor_inside(model: HeadModel, expressions: tuple[str, ...], basis: NDArray) -> None:
    """Change the direction DIRECTION of (E, V, 3) metres in place; nothing on other heads."""
    if model.name != HEAD or DIRECTION not in expressions:
        return
    side = np.where(model.template[:, :1] < 0, -1, 1) * np.array([[1, 0, 0]]) + np.array([[0, 1, 1]])
    distance = np.linalg.norm(model.template * side - CORNER, axis=1)
    surface = model.surface
    floor = np.isin(np.arange(len(distance)), surface.triangles("mouth"))
    floor &= ~np.isin(np.arange(len(distance)), surface.triangles("skin"))
    weight = floor * np.sqrt(np.clip(1 - distance / REACH, 0, 1))
    basis[expressions.index(DIRECTION)] += (weight[:, None] * side * WAY).astype(basis.dtype)
