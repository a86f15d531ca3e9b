# SPDX-License-Identifier: GPL-3.0-or-later
"""Square crops: where one lies in the photo, its pixels, and the way back.

Coordinates are continuous: pixel i covers [i, i + 1), so its centre is i + 0.5.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np


@dataclass(frozen=True)
class Square:
    """A square in the photo: centre (x, y) and side in pixels, turned by ``angle`` radians (x towards y); mirrored or not."""

    center: tuple[float, float]
    side: float
    angle: float = 0.0
    mirrored: bool = False

    def to_photo(self, points: np.ndarray) -> np.ndarray:
        """Points (N, 2 or 3) in fractions of the square -> pixels of the photo; a third coordinate is only scaled."""
        placed = points * self.side
        placed[:, :2] = (points[:, :2] - 0.5) @ self._axes().T + self.center
        return placed

    def pixels(self, picture: np.ndarray, size: int, border: int = 0) -> np.ndarray:
        """The square resampled to (size, size, 3) uint8, anti-aliased; ``border`` grey level outside the picture."""
        picture, scale, origin = self._reduced(picture, size)
        axes = self._axes() * scale / size
        corner = (np.array(self.center) - origin) * scale - axes @ [size / 2, size / 2]
        # OpenCV counts from pixel centres.
        matrix = np.column_stack([axes, corner + axes @ [0.5, 0.5] - 0.5])
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        return cv2.warpAffine(picture, matrix, (size, size), flags=flags, borderValue=(border,) * 3)

    def _axes(self) -> np.ndarray:
        """Columns: the square's x and y edges in the photo."""
        c, s = np.cos(self.angle), np.sin(self.angle)
        flip = -1.0 if self.mirrored else 1.0
        return self.side * np.array([[c * flip, -s], [s * flip, c]])

    def _reduced(self, picture: np.ndarray, size: int) -> tuple[np.ndarray, float, np.ndarray]:
        """The part of the picture under the square, shrunk to about the output's resolution: picture, scale, origin."""
        height, width = picture.shape[:2]
        reach = self.side * 0.71 + 2
        x0, y0 = (int(np.clip(c - reach, 0, n - 1)) for c, n in zip(self.center, (width, height), strict=True))
        x1, y1 = (int(np.clip(c + reach, 1, n)) for c, n in zip(self.center, (width, height), strict=True))
        part, shrink = picture[y0 : max(y1, y0 + 1), x0 : max(x1, x0 + 1)], int(self.side / size)
        if shrink < 2:
            return part, 1.0, np.array([x0, y0])
        # Whole blocks only, so that the scale is exact.
        rows, columns = (max(n // shrink, 1) for n in part.shape[:2])
        part = part[: rows * shrink, : columns * shrink]
        small = cv2.resize(part, (columns, rows), interpolation=cv2.INTER_AREA)
        return small, columns / part.shape[1], np.array([x0, y0])
