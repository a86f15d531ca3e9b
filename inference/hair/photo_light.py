# SPDX-License-Identifier: GPL-3.0-or-later
"""What the photo's light and exposure did to colours, told by the skin beside the hair."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ..head.landmark_sets import OUTER_EYES
from ..photo.srgb import LUMINANCE, linear_from_srgb
from ..texture.skin_tone import Scene, natural_color

# Landmarks of MediaPipe's mesh amid both cheeks and the forehead, and the discs around them, in distances between the outer eye corners.
SKIN = (50, 280, 101, 330, 205, 425, 151, 108, 337)
DISC = 0.09
LIT = 0.4  # of the skin, the darkest share is in shadow
# Shares of the skin's correction that hair is given: of hue, and of brightness, of which a face alone tells less.
HUE_SHARE, LEVEL_SHARE = 0.5, 0.4
LEAST, MOST = 0.6, 1.6


def light_gain(pixels: NDArray, landmarks: NDArray) -> NDArray[np.float64]:
    """(3,) factors that bring linear colours of the photo to white light of usual strength; ones where no skin is seen.

    pixels (H, W, 3) uint8 sRGB; landmarks (478, >=2) in pixels.
    """
    skin = _skin_pixels(pixels, landmarks)
    if len(skin) < 20:
        return np.ones(3)
    luminance = skin @ LUMINANCE
    mean = skin[luminance >= np.quantile(luminance, LIT)].mean(0) + 1e-4
    level = float(mean @ LUMINANCE)
    gain = natural_color(mean, level, Scene(level, 0.0)) / mean
    brightness = float((mean * gain) @ LUMINANCE) / level
    return np.clip((gain / brightness) ** HUE_SHARE * brightness**LEVEL_SHARE, LEAST, MOST)


def _skin_pixels(pixels: NDArray, landmarks: NDArray) -> NDArray:
    """(N, 3) linear colours of plain facial skin."""
    corners = landmarks[list(OUTER_EYES), :2]
    radius = max(1, round(DISC * float(np.hypot(*(corners[1] - corners[0])))))
    area = np.zeros(pixels.shape[:2], np.uint8)
    for x, y in landmarks[list(SKIN), :2]:
        cv2.circle(area, (round(float(x)), round(float(y))), radius, 1, cv2.FILLED)
    return linear_from_srgb(pixels[area > 0] / 255.0)
