# SPDX-License-Identifier: GPL-3.0-or-later
"""How much of the sky the surface at a pixel sees past its neighbours: horizon-based ambient occlusion (Bavoil et al., SIGGRAPH 2008)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

DIRECTIONS = 12
REACHES = (0.0012, 0.0025, 0.005, 0.009, 0.014)  # metres


def sky_seen(depth: NDArray, chosen: NDArray, metre: float) -> NDArray[np.float32]:
    """(N,) in [0, 1]: share of the light from all sides that reaches the chosen pixels.

    depth: (h, w) metres to the surface, inf where there is none; chosen: (h, w) bool, N pixels; metre: pixels per metre there.
    """
    row, column = np.nonzero(chosen)
    own = depth[row, column]
    open_sky = np.zeros(len(row), np.float32)
    for angle in np.arange(DIRECTIONS) * 2 * np.pi / DIRECTIONS:
        steepest = np.zeros(len(row), np.float32)
        for reach in REACHES:
            y = np.clip(row + round(np.sin(angle) * reach * metre), 0, depth.shape[0] - 1)
            x = np.clip(column + round(np.cos(angle) * reach * metre), 0, depth.shape[1] - 1)
            steepest = np.maximum(steepest, (own - depth[y, x]) / reach)
        open_sky += 1 / (1 + steepest**2)  # cosine squared of the horizon's height
    return open_sky / DIRECTIONS


def with_bounces(seen: NDArray, albedo: NDArray) -> NDArray:
    """Share of light (N,) and albedo (N, 3) -> (N, 3) share with what the surroundings of like colour send on (Jimenez et al. 2016)."""
    a, b, c = 2.0404 * albedo - 0.3324, 0.6417 - 4.7951 * albedo, 2.7552 * albedo + 0.6903
    v = seen[:, None]
    return np.maximum(v, ((v * a + b) * v + c) * v)
