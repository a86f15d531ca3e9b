# SPDX-License-Identifier: GPL-3.0-or-later
"""Which emotions a photo's expression shows, as slider values."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls

from ..head.model import HeadModel
from .emotion_keys import EmotionKeys, slider_displacement

# An emotion is named if it explains this share of what the landmarks' squared ways add up to, and this root of them in metres: so that
# neither noise nor the leftovers of a stronger emotion are.
NOTICED, FAINTEST = 0.08, 0.02
# Metres of landmark displacement that one unit of all sliders must explain beyond that: little, against emotions that look alike.
RELUCTANCE = 0.01
SMALLEST = 0.05
ROUNDS = 4


def photo_emotions(model: HeadModel, keys: EmotionKeys, photo_delta: NDArray) -> dict[str, float]:
    """Emotion -> slider in [0, 1] whose face is nearest to the photo's: non-negative least squares on the landmarks.

    photo_delta (V, 3): metres from the neutral face to the photo's. Emotions are named one after the other, each time the one that
    explains most of what is left. Emotions below SMALLEST are left out.
    """
    embedding = next(iter(model.landmarks.values()))
    wanted = embedding.points(photo_delta).ravel().astype(float)
    moved = {name: embedding.points(getattr(keys, name)) for name in ("deltas", "mirrored_deltas", "pair_deltas")}
    keys = replace(keys, **moved)
    least = max(NOTICED * (wanted @ wanted), FAINTEST**2)
    named, sliders, left = [], np.zeros(len(keys.names)), wanted @ wanted
    while len(named) < len(keys.names):
        choices = []
        for emotion in sorted(set(range(len(keys.names))) - set(named)):
            found = _sliders(keys, [*named, emotion], wanted)
            missed = wanted - slider_displacement(keys, found).ravel()
            choices.append((missed @ missed, emotion, found))
        remaining, emotion, found = min(choices, key=lambda choice: choice[0])
        if left - remaining < least:
            break
        named, sliders, left = [*named, emotion], found, remaining
    return {name: round(float(x), 3) for name, x in zip(keys.names, sliders, strict=True) if x >= SMALLEST}


def _sliders(keys: EmotionKeys, named: list[int], wanted: NDArray) -> NDArray:
    """(M,) sliders of the named emotions that come nearest to (3 L,) wanted displacements, those of keys.

    The sliders' displacement is not linear, so the fit is repeated with each emotion's direction as it is at the last answer.
    """
    sliders = np.full(len(named), 0.5)
    for _ in range(ROUNDS):
        at = np.maximum(sliders, 0.1)
        singles = [
            slider_displacement(keys, x * np.eye(len(keys.names))[emotion]).ravel()
            for x, emotion in zip(at, named, strict=True)
        ]
        columns = np.vstack([np.stack(singles, 1) / at, np.full(len(at), RELUCTANCE)])
        sliders = np.clip(nnls(columns, np.append(wanted, 0.0))[0], 0, 1)
    answer = np.zeros(len(keys.names))
    answer[named] = sliders
    return answer
