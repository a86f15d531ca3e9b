# SPDX-License-Identifier: GPL-3.0-or-later
"""How several emotions share one face.

Sliders x in [0, 1]^M become shares u = x / max(1, |x|): a single emotion is taken as it is, many at once leave each less room, so that
no mixture exceeds a face. Two emotions meet with the weight 2 u_a u_b, which is 1 when both sliders are.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

# The share of each of two emotions whose sliders are both at 1.
PAIR_SHARE = 0.5**0.5


def shares(sliders: NDArray) -> NDArray:
    """(..., M) sliders in [0, 1] to shares."""
    sliders = np.clip(sliders, 0, 1)
    return sliders / np.maximum(np.linalg.norm(sliders, axis=-1, keepdims=True), 1)


def level_weights(share: NDArray, levels: NDArray) -> NDArray:
    """(..., N): weights of the levels (N,) for linear interpolation of a share between them, and from 0 to the first."""
    share, levels = np.asarray(share)[..., None], np.asarray(levels)
    below = np.concatenate([[0.0], levels[:-1]])
    rise = (share - below) / (levels - below)
    above, last = np.append(levels[1:], 2.0), np.arange(len(levels)) == len(levels) - 1
    fall = np.where(last, 1.0, (above - share) / (above - levels))
    return np.clip(np.minimum(rise, fall), 0, 1)
