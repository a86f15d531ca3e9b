# SPDX-License-Identifier: GPL-3.0-or-later
"""Colour spaces of the texture stages.

Work is done on logarithms of linear sRGB ("log colour"): there light is a sum and a change of brightness keeps the hue.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..photo import srgb
from ..photo.srgb import linear_from_srgb, srgb_from_linear

DARKEST = 0.003  # added to linear colour so that black has a logarithm
LUMINANCE = srgb.LUMINANCE.astype(np.float32)


_LINEAR_OF_BYTE = linear_from_srgb((np.arange(256) / 255).astype(np.float32)).astype(np.float32)
_LOG_OF_BYTE = np.log(_LINEAR_OF_BYTE + DARKEST).astype(np.float32)
_STEPS = 4096
_BYTE_OF_STEP = np.round(255 * srgb_from_linear((np.arange(_STEPS) / (_STEPS - 1)) ** 2)).astype(np.uint8)


def linear_from_bytes(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(..., 3) uint8 sRGB -> linear."""
    return _LINEAR_OF_BYTE[pixels]


def log_from_bytes(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(..., 3) uint8 sRGB -> log colour."""
    return _LOG_OF_BYTE[pixels]


def log_from_linear(linear: NDArray) -> NDArray[np.float32]:
    """Linear colour -> log colour."""
    return np.log(np.maximum(np.asarray(linear, np.float32), 0) + DARKEST)


def linear_from_log(log: NDArray) -> NDArray[np.float32]:
    """Log colour -> linear colour."""
    return np.maximum(np.exp(log) - DARKEST, 0)


def bytes_from_linear(linear: NDArray) -> NDArray[np.uint8]:
    """Linear colour -> uint8 sRGB, by a table over the square root."""
    step = np.sqrt(np.clip(linear, 0, 1)) * (_STEPS - 1) + 0.5
    return _BYTE_OF_STEP[step.astype(np.int16)]


def bytes_from_log(log: NDArray) -> NDArray[np.uint8]:
    """Log colour -> uint8 sRGB."""
    return bytes_from_linear(linear_from_log(log))
