# SPDX-License-Identifier: GPL-3.0-or-later
"""Which emotions a photo's expression shows, as slider values."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls

from ..head.model import HeadModel
from .emotion_keys import EmotionKeys, slider_displacement

# Metres of landmark displacement (root of the sum of squares) that one unit of all sliders must explain; keeps noise from being named.
RELUCTANCE = 0.045
SMALLEST = 0.05
ROUNDS = 4


def photo_emotions(model: HeadModel, keys: EmotionKeys, photo_delta: NDArray) -> dict[str, float]:
    """Emotion -> slider in [0, 1] whose face is nearest to the photo's: non-negative least squares on the landmarks.

    photo_delta (V, 3): metres from the neutral face to the photo's. The sliders' displacement is not linear, so the fit is
    repeated with each emotion's direction as it is at the last answer. Emotions below SMALLEST are left out.
    """
    embedding = next(iter(model.landmarks.values()))
    wanted = np.r_[embedding.points(photo_delta).ravel(), 0.0]
    count = len(keys.names)
    sliders = np.full(count, 0.5)
    for _ in range(ROUNDS):
        singles = [embedding.points(slider_displacement(keys, one)) for one in np.diag(np.maximum(sliders, 0.1))]
        columns = np.stack([single.ravel() for single in singles], 1) / np.maximum(sliders, 0.1)
        sliders = np.clip(nnls(np.vstack([columns, np.full(count, RELUCTANCE)]), wanted)[0], 0, 1)
    return {name: round(float(value), 3) for name, value in zip(keys.names, sliders, strict=True) if value >= SMALLEST}
