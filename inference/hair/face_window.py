# SPDX-License-Identifier: GPL-3.0-or-later
"""The part of a photo where a person's hair can be, seen in the face's own coordinates."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from ..head.landmark_sets import LEFT_BROW, RIGHT_BROW

FACE_OVAL = (
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377,
    152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
)  # fmt: skip
FEATURES = {
    "right_eye": (33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7),
    "left_eye": (263, 466, 388, 387, 386, 385, 384, 398, 362, 382, 381, 380, 374, 373, 390, 249),
    "right_brow": RIGHT_BROW,
    "left_brow": LEFT_BROW,
    "mouth": (61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 375, 321, 405, 314, 17, 84, 181, 91, 146),
}
ABOVE, BELOW, BESIDE = 1.15, 2.3, 1.35  # face heights around the middle of the eyes


@dataclass(frozen=True)
class FaceWindow:
    """A crop of the photo resampled to a working size.

    to_window: (2, 3) affine photo pixels -> window pixels; shape: (rows, columns). face_height: landmark 10 to 152 in window pixels.
    across, down: (h, w) coordinates in face heights from the middle of the eyes along the face's own axes.
    neck: where the neck's middle lies on ``across`` (beside 0 when the head is turned).
    oval: (h, w) signed distance from the face oval in face heights, positive outside. features: (h, w) bool, eyes, brows and mouth.
    """

    to_window: NDArray
    shape: tuple[int, int]
    face_height: float
    across: NDArray
    down: NDArray
    neck: float
    oval: NDArray
    features: NDArray

    def take(self, image: NDArray) -> NDArray:
        """The photo's image (H, W[, C]) in the window; outside the photo its border is repeated."""
        size = self.shape[::-1]
        shrink = np.hypot(*self.to_window[0, :2])
        if shrink < 0.5:  # average before sampling, or strands alias
            image = cv2.blur(image, (round(1 / float(shrink)),) * 2)
        return cv2.warpAffine(image, self.to_window, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)

    def give_back(self, layer: NDArray, shape: tuple[int, int]) -> NDArray:
        """A window layer (h, w) in the photo's pixels (H, W); 0 outside the window."""
        inverse = cv2.WARP_INVERSE_MAP | cv2.INTER_LINEAR
        return cv2.warpAffine(layer, self.to_window, shape[::-1], flags=inverse, borderValue=0.0)

    def finer(self, factor: int) -> FaceWindow:
        """The same window with ``factor`` times the pixels; only for :meth:`take` (the layers stay as they are)."""
        shape = (self.shape[0] * factor, self.shape[1] * factor)
        to_window = self.to_window * factor
        to_window[:, 2] += (factor - 1) / 2  # so that cv2.resize leads from one to the other
        return replace(self, to_window=to_window, shape=shape, face_height=self.face_height * factor)

    def covers(self, shape: tuple[int, int]) -> NDArray:
        """(h, w) bool: window pixels that lie inside a photo of (H, W) pixels."""
        return cv2.warpAffine(np.ones(shape, np.uint8), self.to_window, self.shape[::-1]) > 0


def face_window(landmarks: NDArray, rows: int = 330, above: float = ABOVE) -> FaceWindow:
    """The window of (478, >=2) landmarks, upright in the photo, ``rows`` high, reaching ``above`` face heights over the eyes."""
    points = landmarks[:, :2].astype(np.float64)
    eyes = (points[468] + points[473]) / 2
    down = points[152] - points[10]
    height = float(np.hypot(*down))
    down = down / height
    across = np.array([down[1], -down[0]])
    scale = rows / ((above + BELOW) * height)
    columns = round(2 * BESIDE * height * scale)
    shift = np.array([columns / 2, above * height * scale]) - scale * eyes
    to_window = np.array([[scale, 0, shift[0]], [0, scale, shift[1]]])
    x, y = np.meshgrid(np.arange(columns) + 0.5, np.arange(rows) + 0.5)
    place = np.stack([(x - shift[0]) / scale, (y - shift[1]) / scale], -1) - eyes
    inside = points * scale + shift
    oval = _signed_distance(inside[list(FACE_OVAL)], (rows, columns)) / (height * scale)
    features = np.zeros((rows, columns), np.uint8)
    for outline in FEATURES.values():
        cv2.fillPoly(features, [np.round(inside[list(outline)]).astype(np.int32)], 1)
    margin = max(1, int(0.03 * height * scale))
    features = cv2.dilate(features, np.ones((margin * 2 + 1,) * 2, np.uint8)) > 0
    neck = float(((points[234] + points[454]) / 2 - eyes) @ across / height)
    return FaceWindow(
        to_window, (rows, columns), height * scale, place @ across / height, place @ down / height, neck, oval, features
    )


def _signed_distance(polygon: NDArray, shape: tuple[int, int]) -> NDArray:
    filled = np.zeros(shape, np.uint8)
    cv2.fillPoly(filled, [np.round(polygon).astype(np.int32)], 1)
    outside = cv2.distanceTransform(1 - filled, cv2.DIST_L2, 5)
    return outside - cv2.distanceTransform(filled, cv2.DIST_L2, 5)
