# SPDX-License-Identifier: GPL-3.0-or-later
"""Contours of the face in MediaPipe's numbering (right = the subject's right), and filling them in a picture."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

RIGHT_EYE = (33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246)
LEFT_EYE = (263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466)
INNER_LIPS = (78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308, 415, 310, 311, 312, 13, 82, 81, 80, 191)
OUTER_LIPS = (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185)
FACE_OVAL = (
    *(10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377),
    *(152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109),
)
RIGHT_IRIS, LEFT_IRIS = (468, 469, 470, 471, 472), (473, 474, 475, 476, 477)
EYE_CORNERS = (33, 133, 362, 263)  # from the subject's right to left
NOSE_BASE = 2
SUBPIXEL_BITS = 4


def fill(shape: tuple[int, int], *polygons: NDArray) -> NDArray[np.uint8]:
    """Mask (H, W) uint8 of 0 and 1 with (N, 2) polygons filled; pixel i covers [i, i + 1)."""
    mask = np.zeros(shape, np.uint8)
    for polygon in polygons:
        corners = np.round((polygon[:, :2] - 0.5) * 2**SUBPIXEL_BITS).astype(np.int32)
        cv2.fillPoly(mask, [corners], 1, shift=SUBPIXEL_BITS)
    return mask


def grow(mask: NDArray[np.uint8], radius: float) -> NDArray[np.uint8]:
    """Dilation by a disc, radius in pixels."""
    reach = int(np.ceil(radius))
    if reach < 1:
        return mask
    span = np.arange(-reach, reach + 1)
    disc = (span[:, None] ** 2 + span**2 <= max(radius, 1) ** 2).astype(np.uint8)
    return cv2.dilate(mask, disc)


def soften(mask: NDArray[np.uint8], radius: float) -> NDArray[np.float32]:
    """Gaussian edges of a mask, radius in pixels."""
    return cv2.GaussianBlur(mask.astype(np.float32), (0, 0), radius)
