# SPDX-License-Identifier: GPL-3.0-or-later
"""Made-up backgrounds: walls, rooms, curtains, leaves, blurred lights."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray


def backdrop(shape: tuple[int, int], random: np.random.Generator) -> NDArray:
    """(h, w, 3) linear colours."""
    picture = _wall(shape, random)
    kind = random.random()
    if kind > 0.35:
        for _ in range(random.integers(1, 14)):
            thing(picture, random)
    if kind > 0.8:
        picture *= _curtain(shape, random)
    if random.random() < 0.35:
        picture *= np.exp(random.uniform(0.1, 0.8) * cloud(shape, random, random.uniform(0.6, 2.0)))[..., None]
    if random.random() < 0.5:
        picture = cv2.GaussianBlur(picture, (0, 0), float(np.exp(random.uniform(-1, 2.3))))
    return np.clip(picture, 0, 1.5)


def cloud(shape: tuple[int, int], random: np.random.Generator, slope: float) -> NDArray:
    """(h, w) noise of unit deviation whose amplitude falls with frequency to the power ``slope``."""
    coarse = 4 if slope > 0.8 else 2
    small = (shape[0] // coarse, shape[1] // coarse)
    frequency = np.hypot(np.fft.fftfreq(small[0])[:, None], np.fft.rfftfreq(small[1])[None])
    frequency[0, 0] = 1
    spectrum = np.fft.rfft2(random.normal(size=small)) / np.maximum(frequency, 0.02) ** slope
    spectrum[0, 0] = 0
    noise = np.fft.irfft2(spectrum, small)
    return cv2.resize((noise / noise.std()).astype(np.float32), shape[::-1])


def color(random: np.random.Generator) -> NDArray:
    """A random linear colour, often greyish, often dark."""
    grey = random.uniform(0.0, 1.0) ** 2
    hue = random.uniform(0, 1, 3)
    return np.clip(grey * (1 + random.uniform(0, 1) ** 2 * 2 * (hue - hue.mean())), 0.001, 1)


def _wall(shape: tuple[int, int], random: np.random.Generator) -> NDArray:
    rows, columns = np.mgrid[: shape[0], : shape[1]] / max(shape)
    angle = random.uniform(0, 2 * np.pi)
    ramp = np.clip((rows - 0.5) * np.sin(angle) + (columns - 0.4) * np.cos(angle) + random.uniform(0.2, 0.8), 0, 1)
    if random.random() < 0.3:
        ramp = np.hypot(rows - random.uniform(0, 1), columns - random.uniform(0, 1))
    one = color(random)
    other = color(random) if random.random() < 0.3 else one * random.uniform(0.4, 1.6)
    if random.random() < 0.12:
        one = other = color(random) * 0.03
    return (one + (other - one) * ramp[..., None]).astype(np.float32)


def thing(picture: NDArray, random: np.random.Generator) -> None:
    """A polygon, disc or bar of any colour, drawn in place."""
    height, width = picture.shape[:2]
    paint = color(random) * random.uniform(0.5, 1.5)
    middle = random.uniform([0, 0], [width, height])
    size = np.exp(random.uniform(1.5, 5))
    kind = random.random()
    if kind < 0.35:
        angles = np.sort(random.uniform(0, 2 * np.pi, random.integers(3, 8)))
        points = middle + size * random.uniform(0.4, 1, (len(angles), 1)) * np.stack(
            [np.cos(angles), np.sin(angles)], 1
        )
        cv2.fillPoly(picture, [points.astype(np.int32)], paint.tolist(), cv2.LINE_AA)
    elif kind < 0.7:
        extent = size * random.uniform(0.2, 1.5, 2)
        low, high = (middle - extent).astype(int), (middle + extent).astype(int)
        cv2.rectangle(picture, low.tolist(), high.tolist(), paint.tolist(), -1)
    elif kind < 0.85:
        cv2.circle(picture, middle.astype(int).tolist(), int(size / 2), paint.tolist(), -1, cv2.LINE_AA)
    else:
        end = middle + random.normal(0, 120, 2)
        cv2.line(
            picture,
            middle.astype(int).tolist(),
            end.astype(int).tolist(),
            paint.tolist(),
            int(random.integers(1, 14)),
            cv2.LINE_AA,
        )


def _curtain(shape: tuple[int, int], random: np.random.Generator) -> NDArray:
    """(h, w, 1) factors of vertical folds or streaks."""
    across = np.arange(shape[1]) / random.uniform(3, 30)
    fold = 1 + random.uniform(0.1, 0.6) * np.sin(across + 2 * np.sin(across * random.uniform(0.2, 0.7)))
    return np.broadcast_to(fold[None, :, None], (*shape, 1)).astype(np.float32)
