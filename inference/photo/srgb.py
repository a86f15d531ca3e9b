# SPDX-License-Identifier: GPL-3.0-or-later
"""sRGB's transfer function (IEC 61966-2-1), both ways, and its luminance."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

LUMINANCE = np.array([0.2126, 0.7152, 0.0722])  # of linear red, green and blue


def linear_from_srgb(values: NDArray) -> NDArray:
    """sRGB in [0, 1] -> linear, in the precision of the values."""
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def srgb_from_linear(linear: NDArray) -> NDArray[np.float32]:
    """Linear -> sRGB in [0, 1], clipped."""
    linear = np.clip(linear, 0, 1).astype(np.float32)
    return np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** np.float32(1 / 2.4) - 0.055).astype(
        np.float32
    )
