# SPDX-License-Identifier: GPL-3.0-or-later
"""The square of the photo that DECA sees."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SIDE = 224
LANDMARK_BOX = 1.1  # the 68 landmarks' box is this much smaller than a face detector's
MARGIN = 1.25  # the published demo's; training used 1.4 to 1.8 times the plain landmark box


@dataclass(frozen=True)
class Crop:
    """A square in the photo: centre (x, y) and side in pixels, where pixel i's centre lies at i."""

    center: tuple[float, float]
    side: int

    @property
    def scale(self) -> float:
        """Photo pixels per crop pixel."""
        return self.side / (SIDE - 1)

    def to_photo(self, points: NDArray) -> NDArray:
        """(..., 2) crop pixels -> photo pixels."""
        return points * self.scale + (np.array(self.center) - self.side / 2)


def landmark_crop(points: NDArray, margin: float = MARGIN) -> Crop:
    """The crop around (68, 2) iBUG landmarks (pixel centres at integers)."""
    low, high = points.min(0), points.max(0)
    size = LANDMARK_BOX * float((high - low).sum()) / 2
    center = (low + high) / 2
    return Crop((float(center[0]), float(center[1])), int(margin * size))


def cut(pixels: NDArray, crop: Crop) -> NDArray[np.float32]:
    """(3, 224, 224) RGB in [0, 1]: bilinear without smoothing, black outside the photo. pixels: (H, W, 3) uint8."""
    grid = np.arange(SIDE)
    x = grid * crop.scale + crop.center[0] - crop.side / 2
    y = grid * crop.scale + crop.center[1] - crop.side / 2
    return np.ascontiguousarray(np.moveaxis(bilinear(pixels, x, y) / 255, -1, 0), np.float32)


def bilinear(pixels: NDArray, x: NDArray, y: NDArray) -> NDArray:
    """(len(y), len(x), C) values at the places x and y, exact to double precision; 0 outside the picture (H, W, C)."""
    height, width = pixels.shape[:2]
    x0, y0 = np.floor(x).astype(int), np.floor(y).astype(int)
    fx, fy = (x - x0)[None, :, None], (y - y0)[:, None, None]

    def at(rows: NDArray, columns: NDArray) -> NDArray:
        inside = ((rows >= 0) & (rows < height))[:, None] & ((columns >= 0) & (columns < width))[None]
        values = pixels[np.clip(rows, 0, height - 1)][:, np.clip(columns, 0, width - 1)].astype(np.float64)
        return values * inside[..., None]

    above = at(y0, x0) * (1 - fx) + at(y0, x0 + 1) * fx
    below = at(y0 + 1, x0) * (1 - fx) + at(y0 + 1, x0 + 1) * fx
    return above * (1 - fy) + below * fy
