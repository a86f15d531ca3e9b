# SPDX-License-Identifier: GPL-3.0-or-later
"""Hanging strands made longer where the photo's hair goes on below their tips."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from ..detail import strand_lengths
from ..head_surface import HeadSurface
from ..orientation.strands import BEHIND, MapView
from ..variation import unit

LONG = 0.09  # metres; shorter hair grows by its outline
HANGING = 0.5  # of its length that a strand comes down at least; coils and buns do not
MOST, STEPS = 0.6, 16  # of a strand's own length that it may gain, looked at in so many steps
NEIGHBOURS = 16
DOWNWARDS = 0.5  # how much the new part turns to where weight takes it


def lengthened(head: HeadSurface, view: MapView, wanted: NDArray, drawn: NDArray, strands: NDArray) -> NDArray:
    """Strands (N, P, 3) float32, each as long as what it and its neighbours see of bare wanted hair beyond their tips.

    wanted, drawn: (size, size) bool, the photo's hair and that of the strands in the view.
    """
    lengths = strand_lengths(strands)
    falls = (strands[:, 0, 2] - strands[:, -1, 2]) / lengths
    if np.median(lengths) < LONG * head.anatomy.scale or np.median(falls) < HANGING:
        return strands
    last = strands.shape[1] - 1
    heading = unit(strands[:, last] - strands[:, last - max(1, last // 4)])
    heading = unit(heading + np.array([0, 0, -DOWNWARDS], np.float32))
    gain = lengths[:, None] * np.linspace(0, MOST, STEPS + 1, dtype=np.float32)
    place, depth = view.place(strands[:, last, None] + gain[..., None] * heading[:, None])
    column, row = np.clip(place, 0, view.size - 1).astype(np.int32).reshape(-1, 2).T
    column, row = column.reshape(depth.shape), row.reshape(depth.shape)
    inside = ((place >= 0) & (place < view.size)).all(-1)
    in_sight = depth < view.depth[row, column] + BEHIND
    on_hair = np.logical_and.accumulate(wanted[row, column] & inside & in_sight, axis=1)
    bare = on_hair & ~drawn[row, column]
    share = np.where(bare.any(1), (bare * np.arange(STEPS + 1)).max(1), 0) * (MOST / STEPS)
    # Only a tip in sight says something; the strands around it, those behind them too, follow.
    said = (on_hair[:, 0] | ~wanted[row[:, 0], column[:, 0]]) & in_sight[:, 0]
    if not share.any():
        return strands
    near = cKDTree(strands[said, 0]).query(strands[:, 0], k=min(NEIGHBOURS, int(said.sum())))[1]
    share = share[said][near.reshape(len(strands), -1)].mean(1).astype(np.float32)
    return _extended(strands, share, heading * lengths[:, None])


def _extended(strands: NDArray, share: NDArray, ahead: NDArray) -> NDArray:
    """Strands that go on straight beyond their tips for a share (N,) of ``ahead`` (N, 3), in as many points as before."""
    last = strands.shape[1] - 1
    place = np.linspace(0, 1, last + 1, dtype=np.float32) * (1 + share[:, None])
    within = np.minimum(place, 1) * last
    low = np.minimum(within.astype(np.int32), last - 1)
    part = (within - low)[..., None]
    strand = np.arange(len(strands))[:, None]
    course = strands[strand, low] * (1 - part) + strands[strand, low + 1] * part
    return course + np.maximum(place - 1, 0)[..., None] * ahead[:, None]
