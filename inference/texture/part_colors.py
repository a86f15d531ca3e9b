# SPDX-License-Identifier: GPL-3.0-or-later
"""Colours of the parts that have no texture of their own."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..hair.color import brow_color
from .canvas import Canvas
from .color import LUMINANCE, linear_from_log
from .iris import EyeColors

TEETH = (0.67, 0.62, 0.54)
GUMS, TONGUE = (0.36, 0.13, 0.12), (0.38, 0.14, 0.13)
LASH_SHADE = 0.35  # lashes against brow hairs
LASHES_BRIGHTEST = 0.05


def part_colors(
    canvas: Canvas, skin: NDArray, eyes: EyeColors, pixels: NDArray, points: NDArray
) -> dict[str, tuple[float, float, float]]:
    """Part -> linear sRGB. skin (N, 3): log colour of the vertices; pixels (H, W, 3) uint8 sRGB, points (478, 3): the photo's."""
    linear, regions = linear_from_log(skin), canvas.regions
    brows = np.asarray(brow_color(pixels, points), float)
    lashes = LASH_SHADE * brows
    lashes = lashes * min(1.0, LASHES_BRIGHTEST / max(float(lashes @ LUMINANCE), 1e-6))
    white = eyes.sclera / (eyes.sclera @ LUMINANCE)
    neutral = np.array([0.64, 0.61, 0.57]) / (np.array([0.64, 0.61, 0.57]) @ LUMINANCE)
    found = {
        "skin": _mean(linear, regions.cheeks),
        "lips": _mean(linear, regions.lips),
        "scalp": _mean(linear, regions.scalp),
        "teeth": np.array(TEETH) * np.clip(white / neutral, 0.9, 1.1),
        "gums": np.array(GUMS),
        "tongue": np.array(TONGUE),
        "brows": brows,
        "lashes": lashes,
        "iris": eyes.iris,
        "sclera": eyes.sclera,
    }
    return {part: tuple(float(v) for v in np.clip(color, 0, 1)) for part, color in found.items()}


def _mean(colors: NDArray, weight: NDArray) -> NDArray:
    return np.average(colors, axis=0, weights=weight + 1e-9)
