# SPDX-License-Identifier: GPL-3.0-or-later
"""Tints the hairy scalp, so that no bald skin shines through the strands."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from .canvas import Canvas
from .color import LUMINANCE, linear_from_log, log_from_linear

SOFTNESS = 0.005  # metres
DARK_HAIR_SHARE, LIGHT_HAIR_SHARE, STUBBLE = 0.45, 0.2, 0.25
SEED = 7


def tint_scalp(canvas: Canvas, log: NDArray, hair_color: tuple[float, float, float]) -> None:
    """Mixes the hair's linear colour into the scalp of a log-colour texture (size, size, 3), mottled like stubble; in place."""
    scalp = canvas.graph.smooth(canvas.regions.scalp[:, None], np.ones(len(canvas.regions.scalp)), SOFTNESS)[:, 0]
    share = canvas.spread(scalp)
    rows = slice(0, int(np.flatnonzero(share.max(1) > 0.004).max(initial=-1)) + 1)
    noise = np.random.default_rng(SEED).standard_normal(share[rows].shape).astype(np.float32)
    skin = np.average(linear_from_log(log[::16, ::16]) @ LUMINANCE, weights=share[::16, ::16] + 1e-9)
    darker = float(np.asarray(hair_color) @ LUMINANCE) < skin
    mottled = (
        share[rows]
        * (DARK_HAIR_SHARE if darker else LIGHT_HAIR_SHARE)
        * (1 + STUBBLE * cv2.GaussianBlur(noise, (0, 0), 0.8))
    )
    linear = linear_from_log(log[rows])
    log[rows] = log_from_linear(linear + mottled[..., None] * (np.array(hair_color, np.float32) - linear))
