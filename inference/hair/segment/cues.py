# SPDX-License-Identifier: GPL-3.0-or-later
"""What the hair network is shown: the picture, the person probability, the face's geometry, and how like skin or hair a colour is."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ..face_window import FaceWindow
from .color_classes import BACKGROUND, liveliness

ROWS = 224
CUES = 17
ACROSS, STREAK_SINE = 4, 13  # the cues that change their sign in a mirror
# Lab is divided by this before colours are compared; the floor keeps a flat cheek from making all other skin unlike it.
COLOR_FLOOR = np.diag([60.0, 9.0, 9.0]).astype(np.float32)
MOST_UNLIKE = 60.0


def cues(picture: NDArray, body: NDArray, classes: NDArray, window: FaceWindow) -> NDArray:
    """(CUES, h, w) float32 about zero, each within about [-1, 1], over the window.

    picture: (h, w, 3) uint8 sRGB; body: (h, w) person probability in [0, 1], 0 outside the photo;
    classes: (4, h, w) from :func:`.color_classes.color_classes`.
    """
    rgb = picture.astype(np.float32) / 255
    lab = cv2.cvtColor(rgb, cv2.COLOR_RGB2LAB)
    oval, across, down = (layer.astype(np.float32) for layer in (window.oval, window.across, window.down))
    cheeks = (oval < -0.07) & (down > 0.0) & (down < 0.32) & ~window.features
    crown = (oval > 0.03) & (oval < 0.16) & (down < -0.36) & (np.abs(across) < 0.3)
    beside = (oval > 0.02) & (oval < 0.1) & (down > 0.1) & (down < 0.5)
    light = lab[..., 0]
    layers = [
        *(np.moveaxis(rgb, -1, 0) * 2 - 1),
        body * 2 - 1,
        across,
        down * 0.6 - 0.3,
        np.clip(oval * 2, -1, 1.5),
        window.features * 2.0 - 1,
        _unlike(lab, cheeks),
        _unlike(lab, crown & (body > 0.5)),
        _unlike(lab, beside & (body > 0.5)),
        liveliness(light, 1.5) - 1,
        *_streaks(light),
        *(classes[:BACKGROUND] * 2 - 1),
    ]
    return np.stack(layers).astype(np.float32)


def _unlike(lab: NDArray, where: NDArray) -> NDArray:
    """(h, w) in [-1, 1]: distance of each colour from those of a region, -1 for the same; 0 everywhere when the region is empty."""
    colors = lab[where]
    if len(colors) < 12:
        return np.zeros(lab.shape[:2], np.float32)
    middle = np.median(colors, axis=0)
    near = colors[np.abs(colors - middle).sum(1) <= np.quantile(np.abs(colors - middle).sum(1), 0.8)]
    inverse = np.linalg.inv(np.cov(near.T) + COLOR_FLOOR).astype(np.float32)
    offset = lab - middle.astype(np.float32)
    squared = np.einsum("hwc,hwc->hw", offset @ inverse, offset)
    return np.log1p(np.minimum(squared, MOST_UNLIKE)) * (2 / np.log1p(MOST_UNLIKE)) - 1


def _streaks(light: NDArray) -> tuple[NDArray, NDArray]:
    """Direction of the streaks near each pixel as cosine and sine of the double angle, times how parallel they run."""
    gx, gy = cv2.Sobel(light, cv2.CV_32F, 1, 0), cv2.Sobel(light, cv2.CV_32F, 0, 1)
    same, cross, strength = (
        cv2.GaussianBlur(v, (0, 0), 2.5) for v in (gy * gy - gx * gx, -2 * gx * gy, gx * gx + gy * gy)
    )
    return same / (strength + 1.0), cross / (strength + 1.0)
