# SPDX-License-Identifier: GPL-3.0-or-later
"""ARKit's expression names: which mirror each other, and how strongly faces use them in photos."""

from __future__ import annotations

import numpy as np

from .model import ExpressionPrior

DEVIATION = 0.3
ASYMMETRY = 0.1  # standard deviation of half the difference between a left and a right coefficient
# Rare in portraits, hard to tell from identity (narrow eyes, low brows), or seen only by landmarks that are too coarse.
RARE = {
    "browDown": 0.1,
    "eyeBlink": 0.1,
    "eyeSquint": 0.12,
    "eyeWide": 0.15,
    "noseSneer": 0.12,
    "cheekPuff": 0.08,
    "cheekSquint": 0.2,
    "jawForward": 0.1,
    "jawOpen": 0.12,
    "jawLeft": 0.08,
    "jawRight": 0.08,
    "mouthLeft": 0.1,
    "mouthRight": 0.1,
    "mouthRollLower": 0.15,
    "mouthRollUpper": 0.15,
    "mouthShrugUpper": 0.12,
    "mouthPress": 0.2,
    "mouthClose": 0.1,
    "mouthDimple": 0.2,
}
# The gaze is found from the irises as a rotation of the eyes, and a tongue is not in the landmarks.
NEVER = ("eyeLook", "tongueOut")


def mirrored_name(name: str) -> str:
    """The name of the mirrored expression; the same name when it is symmetric."""
    if name.endswith("Left"):
        return name.removesuffix("Left") + "Right"
    if name.endswith("Right"):
        return name.removesuffix("Right") + "Left"
    return name


def expression_prior(names: tuple[str, ...]) -> ExpressionPrior:
    """Prior over coefficients of ARKit-named directions: left and right tend to move together."""
    precision = np.diag([_deviation(name) ** -2 for name in names])
    for i, name in enumerate(names):
        other = mirrored_name(name)
        if name in ("jawLeft", "jawRight", "mouthLeft", "mouthRight") or other == name or other not in names:
            continue
        j = names.index(other)
        precision[i, i] += 0.5 * ASYMMETRY**-2 / 2
        precision[i, j] -= 0.5 * ASYMMETRY**-2 / 2
    high = np.array([0.0 if name.startswith(NEVER) else 1.0 for name in names])
    return ExpressionPrior(precision, np.zeros(len(names)), high)


def _deviation(name: str) -> float:
    return RARE.get(name, RARE.get(name.removesuffix("Left").removesuffix("Right"), DEVIATION))
