# SPDX-License-Identifier: GPL-3.0-or-later
"""PSNR and SSIM of two pictures inside a mask. Values are sRGB as stored, in [0, 1]; every channel counts alike."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

WINDOW, SIGMA = 11, 1.5
K1, K2 = 0.01, 0.03
BORDER = WINDOW // 2
HIGHEST_PSNR = 100.0  # for pictures that do not differ: the ratio would be infinite


def psnr(a: NDArray, b: NDArray, mask: NDArray) -> float:
    """Peak signal-to-noise ratio in dB of (H, W, 3) uint8 pictures: 10 log10(1 / MSE) over the pixels and channels of a mask (H, W)."""
    error = ((a[mask].astype(np.float64) - b[mask]) / 255) ** 2
    mse = error.mean() if error.size else 0.0
    return min(HIGHEST_PSNR, -10 * float(np.log10(max(mse, 1e-12))))


def ssim(a: NDArray, b: NDArray, mask: NDArray) -> float:
    """Structural similarity of (H, W, 3) uint8 pictures: the mean of the map in a mask (H, W), without a border of half a window.

    With a mask that holds everything this is scikit-image's structural_similarity(gaussian_weights=True, sigma=1.5,
    use_sample_covariance=False, channel_axis=2).
    """
    inner = np.zeros_like(mask)
    inner[BORDER:-BORDER, BORDER:-BORDER] = mask[BORDER:-BORDER, BORDER:-BORDER]
    return float(ssim_map(a, b)[inner].mean()) if inner.any() else 1.0


def ssim_map(a: NDArray, b: NDArray) -> NDArray[np.float64]:
    """(H, W) mean over the channels of Wang et al.'s index (2004): Gaussian window 11 x 11 of deviation 1.5, population covariance."""
    x, y = a / 255.0, b / 255.0
    mean_x, mean_y = _window(x), _window(y)
    variance_x, variance_y = _window(x * x) - mean_x**2, _window(y * y) - mean_y**2
    covariance = _window(x * y) - mean_x * mean_y
    means = (2 * mean_x * mean_y + K1**2) / (mean_x**2 + mean_y**2 + K1**2)
    return (means * (2 * covariance + K2**2) / (variance_x + variance_y + K2**2)).mean(-1)


def _window(values: NDArray) -> NDArray:
    return cv2.GaussianBlur(values, (WINDOW, WINDOW), SIGMA)
