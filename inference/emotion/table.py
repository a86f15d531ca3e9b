# SPDX-License-Identifier: GPL-3.0-or-later
"""Seven emotions as weights over the ARKit expression directions.

The action units (AU) are the prototypes of EMFACS as published by Ekman, Friesen and Hager; each is spelled in the ARKit directions that
move the same muscles. Strengths are ours, set by looking at the renders.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

# Emotion -> direction -> weight at the slider's end. A name without side stands for Left and Right.
EMOTIONS: dict[str, dict[str, float]] = {
    # AU 6 + 12 + 25
    "happiness": {
        "cheekSquint": 0.7,
        "eyeSquint": 0.45,
        "mouthSmile": 0.85,
        "mouthDimple": 0.15,
        "mouthUpperUp": 0.5,
        "mouthLowerDown": 0.35,
        "jawOpen": 0.08,
    },
    # AU 4 + 5 + 7 + 23 + 24
    "anger": {
        "browDown": 0.85,
        "eyeWide": 0.35,
        "eyeSquint": 0.6,
        "noseSneer": 0.3,
        "mouthPress": 0.4,
        "mouthRollUpper": 0.3,
        "mouthRollLower": 0.3,
        "mouthFrown": 0.35,
    },
    # AU 1 + 4 + 15 + 17
    "sadness": {
        "browInnerUp": 0.8,
        "browDown": 0.2,
        "eyeBlink": 0.12,
        "mouthFrown": 0.75,
        "mouthShrugLower": 0.35,
    },
    # AU 1 + 2 + 4 + 5 + 7 + 20 + 26
    "fear": {
        "browInnerUp": 0.75,
        "browOuterUp": 0.45,
        "browDown": 0.3,
        "eyeWide": 0.9,
        "eyeSquint": 0.2,
        "mouthStretch": 0.65,
        "mouthLowerDown": 0.25,
        "jawOpen": 0.25,
    },
    # AU 12 + 14 of the right side
    "contempt": {
        "mouthSmileRight": 0.35,
        "mouthDimpleRight": 0.9,
        "mouthPressRight": 0.4,
        "eyeSquint": 0.2,
    },
    # AU 1 + 2 + 5 + 26
    "surprise": {
        "browInnerUp": 0.75,
        "browOuterUp": 0.75,
        "eyeWide": 0.8,
        "jawOpen": 0.7,
    },
    # AU 9 + 10 + 15 + 16
    "disgust": {
        "noseSneer": 0.8,
        "browDown": 0.4,
        "eyeSquint": 0.3,
        "mouthUpperUp": 0.5,
        "mouthFrown": 0.4,
        "mouthLowerDown": 0.2,
        "mouthShrugLower": 0.2,
    },
}
EMOTION_NAMES = tuple(EMOTIONS)
# One level: the displacement is proportional to the slider.
LEVELS = np.array([1.0], np.float32)


def emotion_weights(emotion: str, directions: Sequence[str]) -> np.ndarray:
    """(K,) float32 weight of each named direction at the slider's end.

    Raises KeyError when the head lacks a direction that the emotion needs.
    """
    weights = np.zeros(len(directions), np.float32)
    index = {name: number for number, name in enumerate(directions)}
    for name, weight in EMOTIONS[emotion].items():
        for full_name in (name,) if name in index else (f"{name}Left", f"{name}Right"):
            weights[index[full_name]] += weight
    return weights


def emotion_deltas(directions: Sequence[str], deltas: np.ndarray) -> np.ndarray:
    """(M, 1, V, 3) float32 displacement in metres of each of EMOTION_NAMES, from the head's (K, V, 3) directions."""
    weights = np.stack([emotion_weights(emotion, directions) for emotion in EMOTION_NAMES])
    return np.tensordot(weights, deltas, 1).astype(np.float32)[:, None]
