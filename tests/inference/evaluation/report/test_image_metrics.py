# SPDX-License-Identifier: GPL-3.0-or-later
"""PSNR and SSIM against scikit-image."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from inference.evaluation.report.image_metrics import HIGHEST_PSNR, psnr, ssim, ssim_map

# scikit-image 0.26.0: peak_signal_noise_ratio(a, b) and structural_similarity(a / 255, b / 255, gaussian_weights=True, sigma=1.5,
# use_sample_covariance=False, data_range=1, channel_axis=2), with b = cv2.GaussianBlur(a, (0, 0), 2).
OFFICIAL_PSNR, OFFICIAL_SSIM = 25.009000129018645, 0.810937199294599


@pytest.fixture(scope="module")
def pair(astronaut: Path) -> tuple[np.ndarray, np.ndarray]:
    picture = np.asarray(Image.open(astronaut).convert("RGB"))
    return picture, cv2.GaussianBlur(picture, (0, 0), 2)


def test_whole_pictures_agree_with_scikit_image(pair: tuple[np.ndarray, np.ndarray]) -> None:
    everything = np.ones(pair[0].shape[:2], bool)
    assert psnr(*pair, everything) == pytest.approx(OFFICIAL_PSNR, abs=1e-9)
    assert ssim(*pair, everything) == pytest.approx(OFFICIAL_SSIM, abs=1e-9)


def test_only_the_mask_counts(pair: tuple[np.ndarray, np.ndarray]) -> None:
    a, b = pair[0], pair[0].copy()
    b[:200] = 0
    lower = np.zeros(a.shape[:2], bool)
    lower[210:] = True  # a window's half below the change
    assert psnr(a, b, lower) == HIGHEST_PSNR
    assert ssim(a, b, lower) == pytest.approx(1)
    assert psnr(a, b, ~lower) < 12
    assert ssim(a, b, ~lower) < 0.2


def test_ssim_of_one_window_by_its_definition() -> None:
    random = np.random.default_rng(3)
    a, b = (random.integers(0, 256, (11, 11, 3), dtype=np.uint8) for _ in range(2))
    offset = np.arange(-5, 6)
    weight = np.exp(-(offset[:, None] ** 2 + offset**2) / (2 * 1.5**2))[..., None]
    weight = weight / weight.sum()
    x, y = a / 255, b / 255
    mx, my = (weight * x).sum((0, 1)), (weight * y).sum((0, 1))
    vx, vy, c = (
        (weight * (x - mx) ** 2).sum((0, 1)),
        (weight * (y - my) ** 2).sum((0, 1)),
        (weight * (x - mx) * (y - my)).sum((0, 1)),
    )
    index = (2 * mx * my + 1e-4) * (2 * c + 9e-4) / ((mx**2 + my**2 + 1e-4) * (vx + vy + 9e-4))
    assert ssim_map(a, b)[5, 5] == pytest.approx(index.mean(), abs=1e-9)
