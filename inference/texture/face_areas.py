# SPDX-License-Identifier: GPL-3.0-or-later
"""Areas of the face in the view, from its landmarks: masks (h, w) uint8 of 0 and 1."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ..head.landmark_sets import LEFT_BROW, RIGHT_BROW
from .contours import FACE_OVAL, LEFT_EYE, NOSE_BASE, OUTER_LIPS, RIGHT_EYE, fill, grow
from .view import View

FOREHEAD, CHIN = 10, 152  # MediaPipe's landmarks on the midline
ABOVE_BROWS, AROUND_BROWS, AROUND_MIDDLE, AROUND_SAMPLES = 0.007, 0.004, 0.003, 0.005  # metres


def oval(view: View, share: float = 1.0) -> NDArray[np.uint8]:
    """The face's outline, shrunk towards its middle."""
    return fill(_shape(view), _shrunk(_outline(view), share))


def below_brows(view: View) -> NDArray[np.uint8]:
    """The face from a little above the brows down."""
    brows, up = view.points[list(RIGHT_BROW + LEFT_BROW)], _up(view)
    level = brows[(brows @ up).argmax()] + up * ABOVE_BROWS / view.pixel
    return fill(_shape(view), _below(view, _shrunk(_outline(view), 0.97), level))


def lower_face(view: View, share: float = 1.0) -> NDArray[np.uint8]:
    """Where beards grow: below the nose, shrunk towards its middle."""
    return fill(_shape(view), _shrunk(_below(view, _outline(view), view.points[NOSE_BASE]), share))


def features(view: View) -> NDArray[np.uint8]:
    """Brows, and what lies between eyes, nose and mouth."""
    middle = _hull(view.points[list(RIGHT_EYE + LEFT_EYE + OUTER_LIPS)])
    return np.maximum(
        grow(fill(_shape(view), *_brows(view)), AROUND_BROWS / view.pixel),
        grow(fill(_shape(view), middle), AROUND_MIDDLE / view.pixel),
    )


def bare_middle(view: View) -> NDArray[np.uint8]:
    """Between eyes, nose and mouth, where no hair hangs whatever a hair mask says of a dark side."""
    middle = _hull(view.points[list(RIGHT_EYE + LEFT_EYE + OUTER_LIPS)])
    return fill(_shape(view), _shrunk(middle, 0.85))


def bare_skin(view: View, area: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """The part of an area outside eyes, brows, lips and hair; the whole area when little is left."""
    parts = fill(_shape(view), *(view.points[list(c)] for c in (RIGHT_EYE, LEFT_EYE, OUTER_LIPS)), *_brows(view))
    bare = (area > 0) & (grow(parts, AROUND_SAMPLES / view.pixel) == 0) & (view.hair < 0.2)
    return bare if bare.sum() > 200 else area > 0


def _outline(view: View) -> NDArray:
    return view.points[list(FACE_OVAL)]


def _brows(view: View) -> list[NDArray]:
    return [_hull(view.points[list(c)]) for c in (RIGHT_BROW, LEFT_BROW)]


def _shape(view: View) -> tuple[int, int]:
    return view.pixels.shape[:2]


def _up(view: View) -> NDArray:
    up = view.points[FOREHEAD] - view.points[CHIN]
    return up / np.linalg.norm(up)


def _below(view: View, polygon: NDArray, level: NDArray) -> NDArray:
    """The polygon cut off above a point, along the face's own vertical."""
    up = _up(view)
    lowered = np.minimum(polygon @ up, level @ up) - polygon @ up
    return polygon + lowered[:, None] * up


def _shrunk(polygon: NDArray, share: float) -> NDArray:
    center = polygon.mean(0)
    return center + share * (polygon - center)


def _hull(points: NDArray) -> NDArray:
    return cv2.convexHull(points.astype(np.float32))[:, 0]
