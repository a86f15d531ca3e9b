# SPDX-License-Identifier: GPL-3.0-or-later
"""What colour something has in a photo: a robust Gaussian over opponent colour."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

LEAST_SPREAD = np.array([0.22, 0.06, 0.06], np.float32)


@dataclass(frozen=True)
class ColorModel:
    """mean (3,) and inverse root covariance (3, 3)."""

    mean: NDArray
    whitening: NDArray

    def distance(self, colors: NDArray, brighter: float = 1.0) -> NDArray[np.float32]:
        """(h, w, 3) opponent colour -> (h, w) standard deviations. ``brighter`` weighs differences towards the bright side."""
        offset = colors - self.mean
        offset[..., 0] *= np.where(offset[..., 0] > 0, brighter, 1.0)
        return np.sqrt(sum(channel * channel for channel in cv2.split(cv2.transform(offset, self.whitening))))

    @property
    def log_peak(self) -> float:
        """Log density at the mean, less a constant."""
        return float(np.linalg.slogdet(self.whitening)[1])


def opponent(log: NDArray) -> NDArray[np.float32]:
    """Log colour -> (brightness, red against green, green against blue)."""
    return np.stack([log.mean(-1), log[..., 0] - log[..., 1], log[..., 1] - log[..., 2]], -1)


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
