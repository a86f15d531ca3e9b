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
SPECK, BORDER = 0.0015, 0.004  # metres


@dataclass(frozen=True)
class ColorModel:
    """A Gaussian over (brightness, red against green, green against blue) of log colour: mean (3,), inverse root covariance (3, 3)."""

    mean: NDArray
    whitening: NDArray

    def likeness(self, opponent: NDArray) -> NDArray[np.float32]:
        """(..., 3) opponent colour -> (...,) in [0, 1]: 1 is this colour."""
        offset = opponent - self.mean
        offset[..., 0] = np.where(offset[..., 0] > 0, 0.5 * offset[..., 0], offset[..., 0])  # shine is skin too
        distance = np.linalg.norm(offset @ self.whitening, axis=-1)
        return smoothstep(REFUSED, SURE, distance).astype(np.float32)


def opponent(log: NDArray) -> NDArray[np.float32]:
    """Log colour -> (brightness, red - green, green - blue)."""
    return np.stack([log.mean(-1), log[..., 0] - log[..., 1], log[..., 1] - log[..., 2]], -1)


def likely_skin(view: View, log: NDArray) -> NDArray[np.float32]:
    """(h, w) in [0, 1]: 1 where the colour fits the face's skin. Inside the face, where brows, lips and beards belong, it is 1.

    log: (h, w, 3) log colour of the view.
    """
    shape = view.pixels.shape[:2]
    colors = opponent(log)
    model = fit_color(colors[_samples(view)])
    like = cv2.GaussianBlur(model.likeness(colors), (0, 0), 1.0)
    # Whole areas of something else (collars, locks of hair) also darken and tint the skin along their border.
    area = grow(1 - grow((like > 0.5).astype(np.uint8), SPECK / view.pixel), (SPECK + BORDER) / view.pixel)
    like = np.minimum(like, 1 - cv2.GaussianBlur(area.astype(np.float32), (0, 0), 0.5 * BORDER / view.pixel))
    inner = cv2.GaussianBlur(fill(shape, _inner_face(view.points)).astype(np.float32), (0, 0), 0.004 / view.pixel)
    return np.maximum(like, inner)


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


def _samples(view: View) -> tuple[NDArray, NDArray]:
    """Pixels of cheeks, nose and chin: inside the oval, outside eyes, brows, lips and hair."""
    shape, points = view.pixels.shape[:2], view.points
    face = fill(shape, _shrunk(points[list(contours.FACE_OVAL)], 0.85))
    features = fill(
        shape,
        *(points[list(c)] for c in (contours.RIGHT_EYE, contours.LEFT_EYE, contours.OUTER_LIPS)),
        *(_hull(points[list(c)]) for c in (contours.RIGHT_BROW, contours.LEFT_BROW)),
    )
    chosen = (face > 0) & (grow(features, 0.005 / view.pixel) == 0) & (view.hair < 0.2)
    rows, columns = np.nonzero(chosen if chosen.sum() > 200 else face)
    step = max(1, len(rows) // SAMPLES)
    return rows[::step], columns[::step]


def _inner_face(points: NDArray) -> NDArray:
    """Polygon from the brows down to the chin, inside the cheeks' outline."""
    oval = points[list(contours.FACE_OVAL)]
    brows = points[list(contours.RIGHT_BROW + contours.LEFT_BROW)]
    up = points[10] - points[152]
    up = up / np.linalg.norm(up)
    top = (brows @ up).max() + 0.03 * np.linalg.norm(points[10] - points[152])
    polygon = _shrunk(oval, 0.9)
    lowered = np.minimum(polygon @ up, top) - polygon @ up
    return polygon + lowered[:, None] * up


def _shrunk(polygon: NDArray, factor: float) -> NDArray:
    center = polygon.mean(0)
    return center + factor * (polygon - center)


def _hull(points: NDArray) -> NDArray:
    return cv2.convexHull(points.astype(np.float32))[:, 0]
