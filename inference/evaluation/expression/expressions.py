# SPDX-License-Identifier: GPL-3.0-or-later
"""FaceScape's twenty expressions, by the names of its folders, and what they are in ARKit's units."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

# Unit (both sides of it, where it has sides) -> range of its level. Ours, after the names and the pictures of the data set's paper.
UNITS: dict[str, dict[str, tuple[float, float]]] = {
    "neutral": {},
    "smile": {"mouthSmile": (0.6, 1.0), "cheekSquint": (0.2, 0.7), "mouthDimple": (0.0, 0.2)},
    "mouth_stretch": {"jawOpen": (0.6, 0.95), "mouthStretch": (0.0, 0.3), "mouthLowerDown": (0.0, 0.3)},
    "anger": {
        "browDown": (0.6, 1.0),
        "noseSneer": (0.1, 0.5),
        "eyeSquint": (0.2, 0.6),
        "mouthPress": (0.2, 0.7),
        "mouthFrown": (0.1, 0.4),
    },
    "jaw_left": {"jawLeft": (0.5, 1.0)},
    "jaw_right": {"jawRight": (0.5, 1.0)},
    "jaw_forward": {"jawForward": (0.5, 1.0)},
    "mouth_left": {"mouthLeft": (0.5, 1.0)},
    "mouth_right": {"mouthRight": (0.5, 1.0)},
    "dimpler": {"mouthDimple": (0.5, 1.0), "mouthPress": (0.1, 0.4)},
    "chin_raiser": {"mouthShrugLower": (0.6, 1.0), "mouthShrugUpper": (0.2, 0.6)},
    "lip_puckerer": {"mouthPucker": (0.6, 1.0)},
    "lip_funneler": {"mouthFunnel": (0.6, 1.0), "jawOpen": (0.05, 0.2)},
    "sadness": {"browInnerUp": (0.5, 1.0), "mouthFrown": (0.4, 0.9), "mouthShrugLower": (0.0, 0.4)},
    "lip_roll": {"mouthRollLower": (0.5, 1.0), "mouthRollUpper": (0.5, 1.0)},
    "grin": {
        "mouthSmile": (0.4, 0.9),
        "mouthUpperUp": (0.3, 0.8),
        "mouthLowerDown": (0.3, 0.8),
        "mouthStretch": (0.0, 0.4),
        "jawOpen": (0.0, 0.1),
    },
    "cheek_blowing": {"cheekPuff": (0.6, 1.0), "mouthPress": (0.2, 0.5)},
    "eye_closed": {"eyeBlink": (0.9, 1.0)},
    "brow_raiser": {"browInnerUp": (0.6, 1.0), "browOuterUp": (0.6, 1.0)},
    "brow_lower": {"browDown": (0.6, 1.0)},
}
EXPRESSIONS = tuple(UNITS)
FOLDERS = tuple(f"{number}_{name}" for number, name in enumerate(EXPRESSIONS, 1))
UNEVEN = (0.85, 1.15)  # between the sides of a face


def levels(expression: str, names: tuple[str, ...], random: np.random.Generator) -> NDArray:
    """(E,) coefficients of someone's version of an expression; ``names``: of the head model's E directions."""
    drawn = {unit: random.uniform(*between) for unit, between in UNITS[expression].items()}
    uneven = random.uniform(*UNEVEN, len(names))
    level = [drawn.get(name, drawn.get(name.removesuffix("Left").removesuffix("Right"), 0.0)) for name in names]
    return np.clip(np.array(level) * uneven, 0, 1)
