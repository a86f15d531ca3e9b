# SPDX-License-Identifier: GPL-3.0-or-later
"""What the photo itself says about a first answer: which colours the sure hair has, and which everything else."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ..mixture import fit_mixture
from .color_classes import LIGHTNESS_WEIGHT, liveliness

SURE, SAMPLES, COMPONENTS, FIT_ROUNDS = 0.7, (1200, 1800), (4, 8), 5
LEAST = 60.0  # pixels of sure hair
LIMIT = 3.0  # of the log ratio of densities: colours alone decide nothing
# Chosen on synthetic photos and the five real ones for tuning.
OWN_WEIGHT, CLASS_WEIGHT, BIAS = 0.3, 0.2, 0.3


def with_own_colors(picture: NDArray, hair: NDArray, hair_class: NDArray, known: NDArray) -> NDArray:
    """(h, w) float32 the probability ``hair`` corrected by colour; 0 where not ``known``.

    picture: (h, w, 3) uint8 sRGB; hair_class: (h, w) the colour classes' probability of hair; known: (h, w) bool, in the photo.
    """
    evidence = _logit(hair) + CLASS_WEIGHT * _logit(hair_class) + BIAS + OWN_WEIGHT * _color_ratio(picture, hair, known)
    return (known / (1 + np.exp(-evidence))).astype(np.float32)


def _logit(share: NDArray) -> NDArray:
    share = np.clip(share, 1e-3, 1 - 1e-3)
    return np.log(share / (1 - share))


def _color_ratio(picture: NDArray, hair: NDArray, known: NDArray) -> NDArray:
    """(h, w) log of how much likelier each colour is among the sure hair than elsewhere; 0 when there is next to no sure hair."""
    features = _features(picture)
    flat = features.reshape(-1, features.shape[-1]).astype(np.float64)
    share, inside = hair.ravel().astype(np.float64), known.ravel()
    sure = np.where((share > SURE) & inside, share, 0)
    other = np.where((share < 1 - SURE) & inside, 1 - share, 0)
    if min(sure.sum(), other.sum()) < LEAST:
        return np.zeros(hair.shape)
    random = np.random.default_rng(0)
    densities = []
    for weight, samples, count in zip((sure, other), SAMPLES, COMPONENTS, strict=True):
        chosen = flat[random.choice(len(flat), samples, p=weight / weight.sum())]
        mixture = fit_mixture(chosen, np.ones(samples), count, random, rounds=FIT_ROUNDS)
        densities.append(np.log(mixture.density(flat)))
    return np.clip(densities[0] - densities[1], -LIMIT, LIMIT).reshape(hair.shape)


def _features(picture: NDArray) -> NDArray:
    """(h, w, 4): lightness, a, b and the liveliness of the lightness nearby."""
    lab = cv2.cvtColor(picture.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    light = lab[..., 0]
    return np.dstack([light * LIGHTNESS_WEIGHT, lab[..., 1:], 6 * liveliness(light, 1.5)])
