# SPDX-License-Identifier: GPL-3.0-or-later
"""Which pixels are this person's skin, by colour."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from . import contours
from .contours import fill, grow, smoothstep
from .view import View

LEAST_SPREAD = np.array([0.22, 0.06, 0.06], np.float32)
SURE, REFUSED = 2.4, 3.8  # distances in standard deviations
SAMPLES = 6000
SHINE_WEIGHT = 0.5
SPECK, BORDER = 0.0015, 0.004  # metres


@dataclass(frozen=True)
class ColorModel:
    """A Gaussian over (brightness, red against green, green against blue) of log colour: mean (3,), inverse root covariance (3, 3)."""

    mean: NDArray
    whitening: NDArray

    def likeness(self, opponent: NDArray, brighter: float = 1.0) -> NDArray[np.float32]:
        """(..., 3) opponent colour -> (...,) in [0, 1]: 1 is this colour. ``brighter`` weighs differences towards the bright side."""
        offset = opponent - self.mean
        offset[..., 0] *= np.where(offset[..., 0] > 0, brighter, 1.0)
        distance = np.linalg.norm(offset @ self.whitening, axis=-1)
        return smoothstep(REFUSED, SURE, distance).astype(np.float32)


def opponent(log: NDArray) -> NDArray[np.float32]:
    """Log colour -> (brightness, red - green, green - blue)."""
    return np.stack([log.mean(-1), log[..., 0] - log[..., 1], log[..., 1] - log[..., 2]], -1)


def likely_skin(view: View, log: NDArray) -> NDArray[np.float32]:
    """(h, w) in [0, 1]: 1 where the colour fits the face's skin, and over brows, eyes, nose and lips whatever their colour.

    On the lower face colours of the mouth's surroundings fit too, so that beards stay. log: (h, w, 3) log colour of the view.
    """
    shape, points = view.pixels.shape[:2], view.points
    colors = opponent(log)
    oval = points[list(contours.FACE_OVAL)]
    lower = _below(oval, points, contours.NOSE_BASE)
    inside = _softly(fill(shape, oval), 0.003, view)
    model = fit_color(colors[_samples(view, _shrunk(oval, 0.85))])
    beard = fit_color(colors[_samples(view, _shrunk(lower, 0.8))])
    # Shine is skin too, but a bright thing beside the face is a collar.
    like = np.where(inside > 0.5, model.likeness(colors, SHINE_WEIGHT), model.likeness(colors))
    like = np.maximum(like, beard.likeness(colors) * _softly(fill(shape, lower), 0.003, view))
    like = cv2.GaussianBlur(like, (0, 0), 1.0)
    # Whole areas of something else (collars, locks of hair) also darken and tint the skin along their border.
    area = grow(1 - grow((like > 0.5).astype(np.uint8), SPECK / view.pixel), (SPECK + BORDER) / view.pixel)
    like = np.minimum(like, 1 - cv2.GaussianBlur(area.astype(np.float32), (0, 0), 0.5 * BORDER / view.pixel))
    return np.maximum(like, _softly(_features(view), 0.003, view))


def _softly(mask: NDArray[np.uint8], radius: float, view: View) -> NDArray[np.float32]:
    return cv2.GaussianBlur(mask.astype(np.float32), (0, 0), radius / view.pixel)


def _features(view: View) -> NDArray[np.uint8]:
    """Brows, and what lies between eyes, nose and mouth."""
    shape, points = view.pixels.shape[:2], view.points
    brows = [_hull(points[list(c)]) for c in (contours.RIGHT_BROW, contours.LEFT_BROW)]
    middle = _hull(points[list(contours.RIGHT_EYE + contours.LEFT_EYE + contours.OUTER_LIPS)])
    return np.maximum(grow(fill(shape, *brows), 0.004 / view.pixel), grow(fill(shape, middle), 0.003 / view.pixel))


def _below(polygon: NDArray, points: NDArray, landmark: int) -> NDArray:
    """The polygon cut off above a landmark, along the face's own vertical."""
    up = points[10] - points[152]
    up = up / np.linalg.norm(up)
    lowered = np.minimum(polygon @ up, points[landmark] @ up) - polygon @ up
    return polygon + lowered[:, None] * up


def fit_color(samples: NDArray) -> ColorModel:
    """Robust Gaussian of (N, 3) samples."""
    mean = np.median(samples, 0)
    for _ in range(3):
        centered = samples - mean
        spread = np.maximum(1.4826 * np.median(np.abs(centered), 0), LEAST_SPREAD)
        near = (np.abs(centered) < 2.5 * spread).all(1)
        mean = samples[near].mean(0) if near.sum() > 50 else mean
    covariance = np.cov(samples[near].T) if near.sum() > 50 else np.zeros((3, 3))
    values, vectors = np.linalg.eigh(covariance + np.diag(LEAST_SPREAD**2))
    return ColorModel(mean.astype(np.float32), (vectors / np.sqrt(values) @ vectors.T).astype(np.float32))


def _samples(view: View, polygon: NDArray) -> tuple[NDArray, NDArray]:
    """Pixels inside a part of the face, outside eyes, brows, lips and hair."""
    shape, points = view.pixels.shape[:2], view.points
    face = fill(shape, polygon)
    features = fill(
        shape,
        *(points[list(c)] for c in (contours.RIGHT_EYE, contours.LEFT_EYE, contours.OUTER_LIPS)),
        *(_hull(points[list(c)]) for c in (contours.RIGHT_BROW, contours.LEFT_BROW)),
    )
    chosen = (face > 0) & (grow(features, 0.005 / view.pixel) == 0) & (view.hair < 0.2)
    rows, columns = np.nonzero(chosen if chosen.sum() > 200 else face)
    step = max(1, len(rows) // SAMPLES)
    return rows[::step], columns[::step]


def _shrunk(polygon: NDArray, factor: float) -> NDArray:
    center = polygon.mean(0)
    return center + factor * (polygon - center)


def _hull(points: NDArray) -> NDArray:
    return cv2.convexHull(points.astype(np.float32))[:, 0]
