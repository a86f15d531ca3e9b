# SPDX-License-Identifier: GPL-3.0-or-later
"""Hair from anywhere put onto a head: the thesis' alignment, equations (1) to (4).

(1) A_head = (mean x, mean y, max z) of the 5 % highest vertices of the head
(2) A_hair = the same of the first 5 % of the points of every strand, counted from the root
(3) T = A_hair - A_head + C,  S = W_hair / W_head + C
(4) p_new = (p_old + T) / S

As printed, (4) moves hair away: the anchor would come to lie at (2 A_hair - A_head) / S. Hair lands on the head when T is *subtracted*
and when the division by S is about the head's anchor, not about the origin of the frame, which is what :meth:`Alignment.apply` does:
p_new = (p_old - T - A_head) / S + A_head. Then A_hair goes to A_head exactly, for any scale. C are corrections by hand, zero by default.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SHARE = 0.05


@dataclass(frozen=True)
class Alignment:
    """shift: T (3,) metres; scale: S; anchor: A_head (3,)."""

    shift: NDArray
    scale: float
    anchor: NDArray

    def apply(self, points: NDArray) -> NDArray:
        """(..., 3) points of the hair -> on the head."""
        return (points - self.shift - self.anchor) / self.scale + self.anchor


def align(roots: NDArray, head: NDArray, scalp: NDArray, shift: NDArray | float = 0.0, scale: float = 0.0) -> Alignment:
    """The alignment of hair to a head, Z up, metres.

    roots: (K, 3), the first 5 % of every strand's points, from :func:`root_points`. head: (V, 3) vertices. scalp: (M, 3), those that may
    bear hair; the widths W compare the roots with them, so that hanging hair does not count. shift, scale: the constants C.
    Raises ValueError when either has no width.
    """
    width_hair, width_head = np.ptp(roots[:, 0]), np.ptp(scalp[:, 0])
    if not (width_hair > 0 and width_head > 0):
        raise ValueError("hair or head has no width")
    anchor_head = anchor(highest(head))
    return Alignment(anchor(roots) - anchor_head + shift, float(width_hair / width_head + scale), anchor_head)


def anchor(points: NDArray) -> NDArray:
    """(3,) mean x, mean y, max z."""
    return np.array([points[:, 0].mean(), points[:, 1].mean(), points[:, 2].max()], float)


def highest(vertices: NDArray) -> NDArray:
    """The 5 % highest of (V, 3) vertices, at least one."""
    count = max(1, round(SHARE * len(vertices)))
    return vertices[np.argsort(-vertices[:, 2], kind="stable")[:count]]


def root_points(points: NDArray, counts: NDArray) -> NDArray:
    """The first 5 % of the points of every strand, at least its root; points (T, 3) of all strands one after the other."""
    taken = np.maximum(1, np.round(SHARE * counts).astype(int))
    first = np.cumsum(counts) - counts
    within = np.arange(len(points)) - np.repeat(first, counts)
    return points[within < np.repeat(taken, counts)]
