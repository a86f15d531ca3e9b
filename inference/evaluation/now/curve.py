# SPDX-License-Identifier: GPL-3.0-or-later
"""The cumulative error curve: which share of the scan's points lies within a distance."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

FARTHEST = 7.0  # millimetres
STEP = 0.01
SIZE, MARGIN = (900, 640), (90, 40, 30, 80)  # pixels; left, top, right, bottom
FINER = 2
COLORS = ((31, 119, 180), (214, 95, 30), (44, 140, 60), (130, 80, 170), (120, 120, 120))
INK, GRID = (40, 40, 40), (222, 222, 222)


def cumulative(distances: NDArray) -> tuple[NDArray, NDArray]:
    """(M,) millimetres from 0 to FARTHEST and (M,) percentage of the distances that are not larger."""
    at = np.arange(0, FARTHEST + STEP / 2, STEP)
    return at, 100 * np.searchsorted(np.sort(distances), at, side="right") / len(distances)


def write_curves(curves: dict[str, NDArray], path: Path) -> None:
    """A picture (PNG) of the curves of named distances."""
    width, height = (FINER * side for side in SIZE)
    left, top, right, bottom = (FINER * side for side in MARGIN)
    picture = Image.new("RGB", (width, height), "white")
    draw = ImageDraw.Draw(picture)
    font = ImageFont.load_default(FINER * 15)

    def place(millimetres: float, percent: float) -> tuple[float, float]:
        across, up = width - left - right, height - top - bottom
        return left + across * millimetres / FARTHEST, height - bottom - up * percent / 100

    for millimetres in range(int(FARTHEST) + 1):
        draw.line([place(millimetres, 0), place(millimetres, 100)], GRID, FINER)
        draw.text(place(millimetres, -2), str(millimetres), INK, font, anchor="mt")
    for percent in range(0, 101, 20):
        draw.line([place(0, percent), place(FARTHEST, percent)], GRID, FINER)
        draw.text(place(-0.08, percent), f"{percent} %", INK, font, anchor="rm")
    draw.line([place(0, 100), place(0, 0), place(FARTHEST, 0)], INK, FINER)
    draw.text(place(FARTHEST / 2, -9), "scan to mesh, millimetres", INK, font, anchor="mt")
    for number, (name, distances) in enumerate(curves.items()):
        color = COLORS[number % len(COLORS)]
        points = [place(x, y) for x, y in zip(*cumulative(distances), strict=True)]
        draw.line(points, color, 3 * FINER, joint="curve")
        x, y = place(FARTHEST * 0.55, 8 + 6 * (len(curves) - 1 - number))
        draw.line([(x, y), (x + 40 * FINER, y)], color, 3 * FINER)
        draw.text((x + 50 * FINER, y), f"{name} (median {np.median(distances):.2f})", INK, font, anchor="lm")
    picture.resize(SIZE, Image.Resampling.LANCZOS).save(path)
