# SPDX-License-Identifier: GPL-3.0-or-later
"""The faces that one photo gives: at rest, as detected, and as the emotion network makes it of the photo's sliders.

"Detected" is the bundle's "as in photo": expression units, and what the landmarks ask for beyond them. The units alone are a row
of their own, because what lies beyond them is seen in the picture's plane only.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...assemble import photo_delta
from ...emotion.emotion_keys import Person, emotion_keys
from ...emotion.network import EmotionNetwork
from ...emotion.photo_emotion import photo_emotions
from ...face.types import FaceFit
from ...head.model import HeadModel

NEUTRAL, DETECTED, UNITS, NETWORK = CONDITIONS = ("neutral", "detected", "detected, units alone", "emotion network")


def faces(model: HeadModel, network: EmotionNetwork, fit: FaceFit) -> tuple[dict[str, NDArray], dict[str, float]]:
    """Condition -> (V, 3) metres, and the slider values (emotion -> in [0, 1]) that the photo's expression was projected onto."""
    neutral = model.shaped(fit.shape, None, fit.offsets).astype(np.float64)
    seen = model.forward(fit.shape, fit.expression, fit.pose, fit.offsets + fit.photo_offsets).astype(np.float64)
    units = model.forward(fit.shape, fit.expression, fit.pose, fit.offsets).astype(np.float64)
    person = Person(model, fit.shape, fit.offsets)
    values = photo_emotions(model, emotion_keys(network, person), photo_delta(model, fit))
    sliders = np.array([[values.get(emotion, 0.0) for emotion in network.emotions]], np.float32)
    moved = person.displacements(network, person.coefficients(network, sliders))[0]
    return {NEUTRAL: neutral, DETECTED: seen, UNITS: units, NETWORK: neutral + moved}, values
