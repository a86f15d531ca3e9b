# SPDX-License-Identifier: GPL-3.0-or-later
"""The smooth step from one value to another."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def smoothstep(low: float, high: float, values: NDArray) -> NDArray:
    """0 at ``low``, 1 at ``high`` (which may be the smaller one), smooth between."""
    t = np.minimum(np.maximum((values - low) / (high - low), 0), 1)
    return t * t * (3 - 2 * t)
