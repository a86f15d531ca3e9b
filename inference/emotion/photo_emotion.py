# SPDX-License-Identifier: GPL-3.0-or-later
"""Which emotions a photo's expression shows, as slider values."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls

from ..head.model import HeadModel
from .emotion_keys import EmotionKeys, slider_displacement

# Metres of landmark displacement (root of the sum of squares) that one unit of all sliders must explain: much, to name an emotion at
# all, so that noise is not named; little, to say how strong those are that were named.
RELUCTANCE = {"naming": 0.045, "measuring": 0.01}
SMALLEST = 0.05
ROUNDS = 4


def photo_emotions(model: HeadModel, keys: EmotionKeys, photo_delta: NDArray) -> dict[str, float]:
    """Emotion -> slider in [0, 1] whose face is nearest to the photo's: non-negative least squares on the landmarks.

    photo_delta (V, 3): metres from the neutral face to the photo's. The sliders' displacement is not linear, so the fit is repeated with
    each emotion's direction as it is at the last answer. Emotions below SMALLEST are left out.
    """
    embedding = next(iter(model.landmarks.values()))
    wanted = np.append(embedding.points(photo_delta).ravel(), 0.0)
    allowed = np.ones(len(keys.names), bool)
    for reluctance in RELUCTANCE.values():
        sliders = np.full(len(keys.names), 0.5)
        for _ in range(ROUNDS):
            at = np.maximum(sliders, 0.1)
            singles = [embedding.points(slider_displacement(keys, one)).ravel() for one in np.diag(at)]
            columns = np.vstack([np.stack(singles, 1) / at, np.full(len(at), reluctance)])
            sliders = np.clip(nnls(columns * allowed, wanted)[0], 0, 1) * allowed
        allowed = sliders >= SMALLEST
    return {name: round(float(sliders[index]), 3) for index, name in enumerate(keys.names) if allowed[index]}
