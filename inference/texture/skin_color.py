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
# Standard deviations from which a colour is refused, and up to which it is sure.
ON_FACE, BESIDE_FACE = (3.8, 2.4), (2.8, 1.8)
HAIR_ODDS = 1.0  # log likelihood by which hair must explain a colour better than skin
SHINE_WEIGHT = 0.5
FAIR_HAIR = 0.4  # log brightness below the skin's
SAMPLES = 6000
SPECK, BORDER, STRAND, STRAY, ABOVE_BROWS = 0.001, 0.004, 0.002, 0.018, 0.007  # metres


@dataclass(frozen=True)
class ColorModel:
    """A Gaussian over opponent colour: mean (3,), inverse root covariance (3, 3)."""

    mean: NDArray
    whitening: NDArray

    def distance(self, opponent: NDArray, brighter: float = 1.0) -> NDArray[np.float32]:
        """(..., 3) opponent colour -> (...,) standard deviations. ``brighter`` weighs differences towards the bright side."""
        offset = opponent - self.mean
        offset[..., 0] *= np.where(offset[..., 0] > 0, brighter, 1.0)
        return np.sqrt(sum(channel * channel for channel in cv2.split(cv2.transform(offset, self.whitening))))

    @property
    def log_peak(self) -> float:
        """Log density at the mean, less a constant."""
        return float(np.linalg.slogdet(self.whitening)[1])


def opponent(log: NDArray) -> NDArray[np.float32]:
    """Log colour -> (brightness, red - green, green - blue)."""
    return np.stack([log.mean(-1), log[..., 0] - log[..., 1], log[..., 1] - log[..., 2]], -1)


def likely_skin(view: View, log: NDArray) -> NDArray[np.float32]:
    """(h, w) in [0, 1]: 1 where a pixel is the face's skin by its colour, and over brows, eyes, nose and lips whatever their colour.

    Between the brows and the chin a foreign colour counts only if it hangs together with the hair or the surroundings: creases, moles
    and shadows stay. log: (h, w, 3) log colour of the view.
    """
    shape, points = view.pixels.shape[:2], view.points
    oval = points[list(contours.FACE_OVAL)]
    like = _likeness(view, opponent(log), oval)
    inside = fill(shape, oval)
    features = _features(view)
    foreign = (1 - grow((like > 0.5).astype(np.uint8), SPECK / view.pixel)) * (1 - features)
    free = fill(shape, _below(_shrunk(oval, 0.97), points, _brow_level(view)))
    free &= 1 - _near_hair(view)
    foreign &= (1 - free) | _connected(foreign, (inside == 0) | (view.hair > 0.5))
    # Whole areas of something else (collars, locks of hair) also darken and tint the skin along their border.
    border = 1 - _softly(grow(foreign, (SPECK + BORDER) / view.pixel), 0.5 * BORDER, view)
    like = np.minimum(np.maximum(like, _softly(free, 0.002, view)), border)
    return np.maximum(like, _softly(features, 0.002, view))


def _likeness(view: View, colors: NDArray, oval: NDArray) -> NDArray[np.float32]:
    """(h, w) in [0, 1] by colour alone. On the lower face the colours around the mouth fit too, so that beards stay."""
    shape = view.pixels.shape[:2]
    lower = _below(oval, view.points, view.points[contours.NOSE_BASE])
    skin = fit_color(colors[_samples(view, _shrunk(oval, 0.85))])
    beard = fit_color(colors[_samples(view, _shrunk(lower, 0.8))])
    inside = fill(shape, oval)[..., None] > 0
    distance = skin.distance(colors)
    # Shine is skin too, but a bright thing beside the face is a collar.
    on_face = smoothstep(*ON_FACE, skin.distance(colors, SHINE_WEIGHT))
    like = np.where(inside[..., 0], on_face, smoothstep(*BESIDE_FACE, distance))
    hair = view.hair > 0.6
    if hair.sum() > 300:
        model = fit_color(colors[hair][:: max(1, hair.sum() // SAMPLES)])
        odds = (distance**2 - model.distance(colors) ** 2) / 2 + model.log_peak - skin.log_peak
        odds = cv2.GaussianBlur(np.clip(odds, -3, 6), (0, 0), STRAND / view.pixel)
        like = like * smoothstep(HAIR_ODDS + 1, HAIR_ODDS - 1, odds)
        if (
            model.mean[0] > skin.mean[0] - FAIR_HAIR
        ):  # no shadow looks like fair hair: its strands can be told from skin one by one
            like = cv2.erode(like, np.ones((3, 3), np.uint8), iterations=max(1, round(SPECK / view.pixel)))
    bearded = smoothstep(*ON_FACE, beard.distance(colors)) * _softly(fill(shape, lower), 0.003, view)
    return cv2.GaussianBlur(np.maximum(like, bearded).astype(np.float32), (0, 0), 1.0)


def _connected(mask: NDArray[np.uint8], seeds: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """The parts of a mask that touch the seeds."""
    joined = ((mask > 0) | seeds).astype(np.uint8)
    _, labels = cv2.connectedComponents(joined, connectivity=4)
    reached = np.zeros(labels.max() + 1, np.uint8)
    reached[np.unique(labels[seeds])] = 1
    reached[0] = 0
    return reached[labels] & mask


def _near_hair(view: View) -> NDArray[np.uint8]:
    """Where single strands must be expected."""
    coarse = max(1, round(STRAY / view.pixel / 4))
    small = cv2.resize(
        (view.hair > 0.5).astype(np.uint8), None, fx=1 / coarse, fy=1 / coarse, interpolation=cv2.INTER_AREA
    )
    return cv2.resize(grow(small, STRAY / view.pixel / coarse), view.hair.shape[::-1], interpolation=cv2.INTER_NEAREST)


def _softly(mask: NDArray[np.uint8], radius: float, view: View) -> NDArray[np.float32]:
    return cv2.GaussianBlur(mask.astype(np.float32), (0, 0), radius / view.pixel)


def _features(view: View) -> NDArray[np.uint8]:
    """Brows, and what lies between eyes, nose and mouth."""
    shape, points = view.pixels.shape[:2], view.points
    brows = [_hull(points[list(c)]) for c in (contours.RIGHT_BROW, contours.LEFT_BROW)]
    middle = _hull(points[list(contours.RIGHT_EYE + contours.LEFT_EYE + contours.OUTER_LIPS)])
    return np.maximum(grow(fill(shape, *brows), 0.004 / view.pixel), grow(fill(shape, middle), 0.003 / view.pixel))


def _below(polygon: NDArray, points: NDArray, level: NDArray) -> NDArray:
    """The polygon cut off above a point, along the face's own vertical."""
    up = _up(points)
    lowered = np.minimum(polygon @ up, level @ up) - polygon @ up
    return polygon + lowered[:, None] * up


def _brow_level(view: View) -> NDArray:
    """A point a little above the higher brow."""
    brows, up = view.points[list(contours.RIGHT_BROW + contours.LEFT_BROW)], _up(view.points)
    return brows[(brows @ up).argmax()] + up * ABOVE_BROWS / view.pixel


def _up(points: NDArray) -> NDArray:
    up = points[10] - points[152]
    return up / np.linalg.norm(up)


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
