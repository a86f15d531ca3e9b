# SPDX-License-Identifier: GPL-3.0-or-later
"""Action units, each spelled in the ARKit directions that move the same muscles.

Numbers are those of the Facial Action Coding System (Ekman and Friesen). A unit has a left and a right strength in [0, 1]; 1 is what
a face shows at most. Weights are ours, set by looking at renders.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

# Unit -> direction -> weight at full strength. A name without side stands for Left and Right.
ACTION_UNITS: dict[str, dict[str, float]] = {
    "1": {"browInnerUp": 1.0},
    "2": {"browOuterUp": 1.0},
    "4": {"browDown": 1.0, "noseSneer": 0.25},
    "5": {"eyeWide": 1.0},
    "6": {"cheekSquint": 0.8, "eyeSquint": 0.45},
    "7": {"eyeSquint": 1.0},
    "9": {"noseSneer": 1.0},
    "10": {"mouthUpperUp": 1.0},
    "12": {"mouthSmile": 1.0, "mouthDimple": 0.2},
    "14": {"mouthDimple": 1.0},
    "15": {"mouthFrown": 1.0},
    "16": {"mouthLowerDown": 1.0},
    "17": {"mouthShrugLower": 1.0},
    "20": {"mouthStretch": 1.0},
    "23": {"mouthPress": 0.3, "mouthRollUpper": 0.5, "mouthRollLower": 0.5, "mouthPucker": 0.2, "mouthFrown": 0.25},
    "24": {
        "mouthPress": 0.4,
        "mouthRollUpper": 0.5,
        "mouthRollLower": 0.5,
        "mouthShrugLower": 0.3,
        "mouthPucker": 0.2,
        "mouthFrown": 0.3,
    },
    "25": {"mouthUpperUp": 0.5, "mouthLowerDown": 0.25, "jawOpen": 0.1},
    "26": {"jawOpen": 1.0, "mouthFunnel": 0.4},
    "43": {"eyeBlink": 1.0},
}
UNITS = tuple(ACTION_UNITS)
SIDES = ("Left", "Right")
# Units that pull the same skin in opposite ways: when two emotions meet, each leaves the other this much less room.
CONFLICTS = (
    ("12", "15"),
    ("12", "20"),
    ("24", "25"),
    ("24", "26"),
    ("23", "25"),
    ("23", "26"),
    ("17", "26"),
    ("5", "43"),
)
CONFLICT = 0.5
MEETING = 0.78


def unit_directions(directions: Sequence[str]) -> np.ndarray:
    """(U, 2, K) float32: weight of each named direction for the left and the right half of each of UNITS.

    A direction without sides follows the mean of both. Raises KeyError when the head lacks one that a unit needs.
    """
    weights = np.zeros((len(UNITS), 2, len(directions)), np.float32)
    index = {name: number for number, name in enumerate(directions)}
    for unit, parts in enumerate(ACTION_UNITS.values()):
        for name, weight in parts.items():
            if name in index:
                weights[unit, :, index[name]] += weight / 2
            else:
                for side, suffix in enumerate(SIDES):
                    weights[unit, side, index[f"{name}{suffix}"]] += weight
    return weights


def together(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """(..., U, 2) strengths of two full emotions at once.

    A unit of one of them shows at MEETING of its strength, a unit of both hardly stronger than in either.
    """
    first, second = _make_room(first, second), _make_room(second, first)
    return np.minimum(MEETING * np.hypot(first, second), 1.0)


def _make_room(own: np.ndarray, other: np.ndarray) -> np.ndarray:
    room = np.ones_like(own)
    for one, opposite in CONFLICTS:
        for unit, against in ((one, opposite), (opposite, one)):
            room[..., UNITS.index(unit), :] *= 1 - CONFLICT * other[..., UNITS.index(against), :]
    return own * np.clip(room, 0, 1)
