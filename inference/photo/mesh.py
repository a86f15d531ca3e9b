# SPDX-License-Identifier: GPL-3.0-or-later
"""One pass of the landmark network over a crop of the photo, and which crop it wants."""

from __future__ import annotations

import numpy as np

from ..head.landmark_sets import OUTER_EYES
from .crop import Square
from .mediapipe_runtime import face_mesh
from .mirror import MIRROR_478
from .types import Photo

NETWORK_PIXELS = 192
# The side of the crop in sizes of the face (of its landmarks' bounds).
CROP = 1.5


def read_mesh(photo: Photo, crop: Square) -> np.ndarray | None:
    """The 478 landmarks (478, 3) in pixels of the photo, or None when the network sees no face in the crop."""
    points = face_mesh(crop.pixels(photo.pixels, NETWORK_PIXELS))
    if points is None:
        return None
    placed = crop.to_photo(points)
    return placed[MIRROR_478] if crop.mirrored else placed


def box_square(box: tuple[float, float, float, float]) -> Square:
    """The upright crop around a face box (x0, y0, x1, y1)."""
    x0, y0, x1, y1 = box
    return Square(((x0 + x1) / 2, (y0 + y1) / 2), CROP * max(x1 - x0, y1 - y0))


def level_square(points: np.ndarray) -> Square:
    """The crop around landmarks, turned so that the eyes are level."""
    right, left = points[list(OUTER_EYES), :2]
    angle = float(np.arctan2(left[1] - right[1], left[0] - right[0]))
    c, s = np.cos(angle), np.sin(angle)
    axes = np.array([[c, -s], [s, c]])
    level = points[:, :2] @ axes
    low, high = level.min(0), level.max(0)
    center = axes @ ((low + high) / 2)
    return Square((float(center[0]), float(center[1])), float(CROP * (high - low).max()), angle)
