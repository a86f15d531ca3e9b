# SPDX-License-Identifier: GPL-3.0-or-later
"""The 2D orientation map and its colour coding, the same for photos and for strands (Zhou et al., HairNet, ECCV 2018).

A strand's picture has a direction but no sense: it is known modulo 180 degrees. Maps are therefore kept, smoothed and resampled as
double angles (cos 2a, sin 2a), where a and a + 180 degrees are one point; only the network's input is the colour coding.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

HAIR, BODY, BACKGROUND = 1.0, 0.5, 0.0


@dataclass(frozen=True)
class OrientationMap:
    """hair, body: (h, w) bool. double: (h, w, 2) mean of (cos 2a, sin 2a), a from the x axis, y down; zero off the hair.

    The mean's length is the confidence: 1 where all hair runs one way, 0 where it is tangled or nothing can be seen.
    """

    hair: NDArray
    body: NDArray
    double: NDArray

    @property
    def angle(self) -> NDArray:
        """(h, w) radians in (-pi/2, pi/2], y down."""
        return np.arctan2(self.double[..., 1], self.double[..., 0]) / 2

    @property
    def confidence(self) -> NDArray:
        """(h, w) in [0, 1]."""
        return np.minimum(np.hypot(self.double[..., 0], self.double[..., 1]), 1)


def encode(angle: NDArray, hair: NDArray, body: NDArray) -> NDArray:
    """(h, w, 3) float32 in [0, 1]: x/2 + 0.5, y, and 1 for hair, 0.5 for body, 0 for background.

    (x, y) is the unit direction with x to the right and y up, turned so that y >= 0. Off the hair x and y channels are 0.
    """
    x, y = np.cos(angle), -np.sin(angle)
    turned = np.where(y < 0, -1.0, 1.0)
    coded = np.zeros((*angle.shape, 3), np.float32)
    coded[..., 0] = np.where(hair, x * turned / 2 + 0.5, 0)
    coded[..., 1] = np.where(hair, y * turned, 0)
    coded[..., 2] = np.where(hair, HAIR, np.where(body, BODY, BACKGROUND))
    return coded


def decode(coded: NDArray) -> OrientationMap:
    """The map of a colour coding (h, w, 3), for example one drawn by another program."""
    hair = coded[..., 2] > (HAIR + BODY) / 2
    x, y = coded[..., 0] * 2 - 1, coded[..., 1]
    angle = np.arctan2(-y, x)
    double = np.stack([np.cos(2 * angle), np.sin(2 * angle)], -1) * hair[..., None]
    return OrientationMap(hair, ~hair & (coded[..., 2] > (BODY + BACKGROUND) / 2), double)


def resized(picture: OrientationMap, size: tuple[int, int]) -> OrientationMap:
    """The map at (rows, columns): area averages of double angles over the hair; hair and body by majority."""
    inside = picture.hair.astype(np.float32)
    share = _shrunk(inside, size)
    double = _shrunk((picture.double * inside[..., None]).astype(np.float32), size) / np.maximum(share, 1e-6)[..., None]
    hair = share > 0.5
    return OrientationMap(
        hair, ~hair & (_shrunk(picture.body.astype(np.float32), size) > 0.25), double * hair[..., None]
    )


def smoothed(double: NDArray, weight: NDArray, sigma: float) -> NDArray:
    """(h, w, 2) weighted Gaussian mean of double angles; ``sigma`` pixels, weight (h, w)."""
    weight = weight.astype(np.float32)
    summed = cv2.GaussianBlur(double.astype(np.float32) * weight[..., None], (0, 0), sigma)
    return summed / (cv2.GaussianBlur(weight, (0, 0), sigma) + 1e-6)[..., None]


def angle_between(first: NDArray, second: NDArray) -> NDArray:
    """Degrees in [0, 90] between undirected directions given as radians."""
    apart = np.degrees(np.abs(first - second)) % 180
    return np.minimum(apart, 180 - apart)


def _shrunk(layer: NDArray, size: tuple[int, int]) -> NDArray:
    return cv2.resize(layer, size[::-1], interpolation=cv2.INTER_AREA)
