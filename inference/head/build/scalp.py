# SPDX-License-Identifier: GPL-3.0-or-later
"""The scalp's chart: azimuthal about a pole tilted backwards, so hair grows out of one disc without overlaps."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

CENTRE = np.array([0.0, 0.075, 0.010])
POLE = np.array([0.0, 0.5, 0.866])  # 30 degrees behind straight up
MARGIN = 0.02


def scalp_chart(vertices: NDArray, scalp: NDArray) -> NDArray:
    """(V, 2) in [0, 1]: v grows to the front, u to the subject's left; NaN where ``scalp`` (V,) is 0."""
    rays = vertices - CENTRE
    rays = rays / np.linalg.norm(rays, axis=1, keepdims=True)
    front = np.array([0.0, -POLE[2], POLE[1]])
    angle = np.arccos(np.clip(rays @ POLE, -1, 1))
    across = np.stack([rays[:, 0], rays @ front], 1)
    across = across / np.maximum(np.linalg.norm(across, axis=1, keepdims=True), 1e-9)
    plane = angle[:, None] * across
    inside = scalp > 0
    reach = np.abs(plane[inside]).max()
    uv = 0.5 + plane / reach * (0.5 - MARGIN)
    uv[~inside] = np.nan
    return uv
