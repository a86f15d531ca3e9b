# SPDX-License-Identifier: GPL-3.0-or-later
"""What the photo stages hand to each other."""

from __future__ import annotations

from dataclasses import dataclass

from numpy import ndarray


@dataclass(frozen=True)
class Photo:
    """An upright photo.

    pixels: (H, W, 3) uint8 sRGB, row 0 on top. alpha: (H, W) uint8 or None when the file has no transparency.
    focal_35mm: EXIF focal length in 35 mm equivalents, or None. warnings: sentences for the person.
    """

    name: str
    pixels: ndarray
    alpha: ndarray | None = None
    focal_35mm: float | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class FoundFace:
    """A face box (x0, y0, x1, y1) in pixels of the photo and the detector's confidence in [0, 1]."""

    box: tuple[float, float, float, float]
    score: float


@dataclass(frozen=True)
class FaceLandmarks:
    """MediaPipe's 478 landmarks, (478, 3) float64: x right, y down in pixels of the photo; z in the same scale, smaller is nearer.

    The left/right numbering is MediaPipe's; 468..472 is the iris of the subject's right eye, 473..477 of the left.
    """

    points: ndarray
    face: FoundFace
