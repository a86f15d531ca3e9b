# SPDX-License-Identifier: GPL-3.0-or-later
"""From few grown strands to many: every root takes the shape of its neighbours, but never across a parting."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from .detail import resample, strand_lengths

NEIGHBOURS, BLENDED = 8, 3


def choose_leaders(points: NDArray, count: int) -> NDArray:
    """Indices of about ``count`` of the (N, 3) points, evenly spread; the points themselves are evenly spread already."""
    if count >= len(points):
        return np.arange(len(points))
    # Blue noise stays blue under a stride along a space-filling order; a k-d tree's order is one.
    order = np.asarray(cKDTree(points, leafsize=1, balanced_tree=True).indices)
    return np.sort(order[(np.arange(count) * len(points)) // count])


def spread(
    strands: NDArray, leaders: NDArray, roots: NDArray, labels: NDArray, lengths: NDArray, tied: NDArray
) -> NDArray:
    """Strands (N, P, 3) for all (N, 3) roots from the leaders' strands (K, P, 3).

    leaders: (K,) indices into the roots. labels: (N,) int; only leaders with the root's own label lend it their shape.
    lengths: (N,) metres; a strand is cut to its own length. tied: (K, P) 1 where a leader's hair is still on its way to a tie,
    where neighbours run together instead of side by side.
    """
    distance, near = cKDTree(roots[leaders]).query(roots, k=min(NEIGHBOURS, len(leaders)))
    distance, near = distance.reshape(len(roots), -1), near.reshape(len(roots), -1)
    foreign = labels[leaders][near] != labels[:, None]
    rank = np.argsort(distance + 10.0 * foreign, axis=1, kind="stable")[:, :BLENDED]
    near, foreign = np.take_along_axis(near, rank, 1), np.take_along_axis(foreign, rank, 1)
    weight = 1 / (np.take_along_axis(distance, rank, 1) + 5e-4) ** 2 * ~foreign
    weight[weight.sum(1) == 0, 0] = 1
    weight /= weight.sum(1, keepdims=True)
    shape = np.einsum("nk,nkpc->npc", weight, strands[near])
    apart = (roots - shape[:, 0])[:, None] * np.einsum("nk,nkp->np", weight, 1 - tied[near])[..., None]
    shape = shape + apart
    return resample(shape, shape.shape[1], np.clip(lengths / np.maximum(strand_lengths(shape), 1e-6), 0.2, 1))
