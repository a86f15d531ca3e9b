# SPDX-License-Identifier: GPL-3.0-or-later
"""Skin-like detail for places the photo does not show, made from a clean patch of this skin."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import fft

TILE = 512
PATCH_SHARE = 1 / 16  # of the texture's side
STRONGEST = 0.06  # standard deviation of log colour that skin detail may have
SEED = 20240613


def synthesize_detail(detail: NDArray, clean: NDArray, size: int) -> NDArray[np.float32]:
    """(size, size, 3) log-colour detail with the spectrum of the cleanest patch, without its pattern.

    detail: (size, size, 3) log colour beyond the smooth skin colour; clean: (size, size) in [0, 1], 1 where it is trusted plain skin.
    Random-phase synthesis: white noise convolved with the patch; periodic, hence repeated to fill the texture.
    """
    patch = _cleanest_patch(detail, clean)
    side = len(patch)
    noise = np.random.default_rng(SEED).standard_normal((TILE, TILE)).astype(np.float32)
    kernel = np.zeros((TILE, TILE, 3), np.float32)
    kernel[:side, :side] = patch / side
    spectrum = fft.rfft2(kernel, axes=(0, 1)) * fft.rfft2(noise)[..., None]
    tile = fft.irfft2(spectrum, (TILE, TILE), axes=(0, 1)).astype(np.float32)
    repeats = -(-size // TILE)
    return np.tile(tile, (repeats, repeats, 1))[:size, :size]


def _cleanest_patch(detail: NDArray, clean: NDArray) -> NDArray:
    """The windowed patch of trusted skin with the least structure; its mean is 0."""
    size = len(clean)
    side = max(8, round(size * PATCH_SHARE))
    step = side // 2
    patches = []
    for row in range(0, size - side + 1, step):
        for column in range(0, size - side + 1, step):
            where = slice(row, row + side), slice(column, column + side)
            if clean[where].min() > 0.9:
                patches.append(detail[where] - detail[where].mean((0, 1)))
    if not patches:
        return np.zeros((side, side, 3), np.float32)
    strength = np.array([patch.mean(2).std() for patch in patches])
    patch = patches[int(np.argsort(strength)[len(strength) // 3])]
    patch = patch - cv2.GaussianBlur(patch, (0, 0), side / 6)
    window = np.hanning(side + 2)[1:-1, None] * np.hanning(side + 2)[1:-1]
    window = (window / np.sqrt((window**2).mean())).astype(np.float32)
    limit = min(1.0, STRONGEST / max(float(patch.std()), 1e-6))
    return patch * window[..., None] * limit
