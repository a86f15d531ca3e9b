# SPDX-License-Identifier: GPL-3.0-or-later
"""sRGB's transfer function (IEC 61966-2-1)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def linear_from_srgb(values: NDArray) -> NDArray:
    """sRGB in [0, 1] -> linear, in the precision of the values."""
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)
