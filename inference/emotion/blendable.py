# SPDX-License-Identifier: GPL-3.0-or-later
"""What sliders can blend: levels of single emotions and products of two (``shares.py``), as a linear space of functions."""

from __future__ import annotations

import itertools

import numpy as np
from numpy.typing import NDArray

from .shares import level_weights, shares

# Mixtures that a penalty looks at, and how many of their emotions are at work: two, three or all.
MIXTURES = 512
AT_WORK = {2: 0.25, 3: 0.15, 0: 0.6}  # 0: all


def blend_features(sliders: NDArray, levels: NDArray) -> NDArray:
    """(n, M N + P): weights that (n, M) sliders give to the levels (N,) of every emotion and to every pair."""
    share = shares(np.asarray(sliders, float))
    pairs = np.array(list(itertools.combinations(range(share.shape[1]), 2)), int).reshape(-1, 2)
    weights = level_weights(share, levels).reshape(len(share), -1)
    return np.concatenate([weights, 2 * share[:, pairs].prod(2)], 1)


def random_mixtures(random: np.random.Generator, count: int, emotions: int) -> NDArray:
    """(count, emotions) sliders: several emotions at once."""
    sizes = random.choice([min(size or emotions, emotions) for size in AT_WORK], count, p=list(AT_WORK.values()))
    order = random.random((count, emotions)).argsort(1).argsort(1)
    return random.random((count, emotions)) * (order < sizes[:, None])


def not_blendable(sliders: NDArray, levels: NDArray) -> NDArray:
    """(n, n) projection: what it leaves of (n, E) answers to (n, M) mixtures is what no blend of levels and pairs gives."""
    q, r = np.linalg.qr(blend_features(sliders, levels))
    kept = q[:, np.abs(np.diag(r)) > 1e-9]
    return np.eye(len(sliders)) - kept @ kept.T
