# SPDX-License-Identifier: GPL-3.0-or-later
"""Which pixels show the person, from MediaPipe's selfie segmentation run on head and shoulders."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from .crop import Square
from .mediapipe_runtime import person_mask
from .types import FoundFace, Photo

NETWORK_PIXELS = 256
# (side, how far below the face's middle) in face sizes. The wide crop is surer of what a person is and holds the shoulders,
# the narrow one draws the hair's edge more finely.
WIDE, NARROW = (3.2, 0.2), (2.5, 0.0)
# The narrow crop fades out towards its border over this fraction of its side.
FADE = 0.1


def person_probability(photo: Photo, face: FoundFace) -> np.ndarray:
    """(H, W) float32 in [0, 1]: probability that a pixel shows the person whose face this is; 0 far from the face.

    Where the file has transparency, its alpha is the upper bound.
    """
    wide, narrow = (_square(photo, face, *crop) for crop in (WIDE, NARROW))
    fade = np.minimum(1.0, np.linspace(0.5, NETWORK_PIXELS - 0.5, NETWORK_PIXELS) / (FADE * NETWORK_PIXELS))
    fade = np.minimum(fade, fade[::-1])
    share = 0.5 * np.outer(fade, fade)
    probability = _into_photo(_mask(photo, wide), wide, photo)
    probability += _into_photo(_mask(photo, narrow) * share, narrow, photo) - probability * _into_photo(
        share, narrow, photo
    )
    if photo.alpha is not None:
        probability = np.minimum(probability, photo.alpha.astype(np.float32) / 255)
    return np.clip(probability, 0, 1)


def _square(photo: Photo, face: FoundFace, sides: float, lowered: float) -> Square:
    """A crop around the face, moved inside the picture as far as it fits: the network misreads borders."""
    x0, y0, x1, y1 = face.box
    size = max(x1 - x0, y1 - y0)
    center = []
    for middle, length in zip(((x0 + x1) / 2, (y0 + y1) / 2 + lowered * size), photo.pixels.shape[1::-1], strict=True):
        half = min(sides * size, length) / 2
        center.append(float(np.clip(middle, half, length - half)))
    return Square((center[0], center[1]), sides * size)


def _mask(photo: Photo, square: Square) -> np.ndarray:
    """The network's answer in the crop, averaged with its answer to the mirrored crop."""
    mirrored = replace(square, mirrored=True)
    plain, flipped = (person_mask(s.pixels(photo.pixels, NETWORK_PIXELS)) for s in (square, mirrored))
    return (plain + flipped[:, ::-1]) / 2


def _into_photo(layer: np.ndarray, square: Square, photo: Photo) -> np.ndarray:
    """A layer over the crop resampled to the photo's pixels; 0 outside the crop."""
    height, width = photo.pixels.shape[:2]
    scale = NETWORK_PIXELS / square.side
    offset = 0.5 * scale - 0.5 - (np.array(square.center) - square.side / 2) * scale
    matrix = np.array([[scale, 0.0, offset[0]], [0.0, scale, offset[1]]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return cv2.warpAffine(layer.astype(np.float32), matrix, (width, height), flags=flags)
