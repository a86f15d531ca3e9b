# SPDX-License-Identifier: GPL-3.0-or-later
"""A bag behind FLAME's lips, whose skin ends in an open rim there: rings that widen around the teeth and close behind them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RINGS = 6
MARGIN = 0.002  # metres between the bag and what it holds
BEHIND = 0.006  # metres behind the last tooth
CAP = 0.35  # size of the last ring beside the one before


@dataclass(frozen=True, eq=False)
class MouthBag:
    """positions (N, 3). triangles (M, 3): indices below ``first`` are FLAME's, others the bag's, from ``first`` on.

    carry (N, R): rows sum to 1, what of the R rim vertices each bag vertex follows. depth (N,): 0 at the rim .. 1 at the back.
    """

    positions: NDArray
    triangles: NDArray
    rim: NDArray
    carry: NDArray
    depth: NDArray


def make_mouth_bag(template: NDArray, rim: NDArray, held: NDArray, first: int) -> MouthBag:
    """Closes the rim (R,) of the template (V, 3; face to -Y) with a bag around the points ``held`` (H, 3): teeth, gums, tongue.

    rim: in the order of the skin's sides, so that the bag's triangles run against it.
    """
    loop = template[rim].astype(np.float64)
    centre = loop.mean(0)
    off = loop - centre
    angle = np.arctan2(off[:, 2] / np.abs(off[:, 2]).max(), off[:, 0] / np.abs(off[:, 0]).max())
    front, back = loop[:, 1].mean(), held[:, 1].max() + BEHIND
    rings = []
    for k in range(1, RINGS + 1):
        y = front + (back - front) * k / RINGS
        slab = held[np.abs(held[:, 1] - y) < (back - front) / RINGS]
        across, up = _half_sizes(slab if len(slab) else held, centre)
        if k == RINGS:
            across, up = CAP * across, CAP * up
        ring = np.stack([across * np.cos(angle), np.full(len(rim), y), up * np.sin(angle)], 1)
        ring[:, [0, 2]] += centre[[0, 2]]
        rings.append(ring)
    rings.append(rings[-1].mean(0, keepdims=True))
    size = len(rim)
    rows = np.concatenate([np.arange(size)[None] + first + size * k for k in range(RINGS)])
    rows = np.concatenate([rim[None], rows])
    tip = first + size * RINGS
    triangles = []
    for inner, outer in zip(rows[1:], rows[:-1], strict=True):
        after_inner, after_outer = np.roll(inner, -1), np.roll(outer, -1)
        # The skin runs a -> b along the rim, so the bag has to run b -> a.
        triangles += [np.stack([after_outer, outer, inner], 1), np.stack([after_outer, inner, after_inner], 1)]
    triangles.append(np.stack([np.roll(rows[-1], -1), rows[-1], np.full(size, tip)], 1))
    share = np.repeat(np.arange(1, RINGS + 1) / RINGS, size) ** 2
    carry = np.tile(np.eye(size), (RINGS, 1)) * (1 - share[:, None]) + share[:, None] / size
    carry = np.concatenate([carry, np.full((1, size), 1 / size)])
    return MouthBag(np.concatenate(rings), np.concatenate(triangles), rim, carry, np.r_[np.sqrt(share), 1.0])


def _half_sizes(points: NDArray, centre: NDArray) -> tuple[float, float]:
    """Half widths (x, z) of an ellipse about the centre that holds the points."""
    off = np.abs(points[:, [0, 2]] - centre[[0, 2]])
    across, up = off.max(0)
    grow = np.sqrt(((off / np.maximum([across, up], 1e-6)) ** 2).sum(1).max())
    return float(grow * across + MARGIN), float(grow * up + MARGIN)
