# SPDX-License-Identifier: GPL-3.0-or-later
"""Which action units make an emotion: the published prototypes and the variants that people were seen to show.

Prototypes: EMFACS (Ekman, Friesen, Hager). Variants and their frequencies: Du, Tao, Martinez, "Compound facial expressions of emotion",
PNAS 111 (2014), table 1. Strengths are ours, set by looking at renders.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from .action_units import UNITS


@dataclass(frozen=True)
class Variant:
    """One way to show an emotion.

    frequency: among the emotion's variants. units: action unit -> strength at full intensity; "R14" is the right half alone.
    optional: unit -> share of the faces that show it (others: all).
    """

    frequency: float
    units: dict[str, float]
    optional: dict[str, float] = field(default_factory=dict)

    def strengths(self) -> np.ndarray:
        """(U, 2) strength of the left and the right half of each of UNITS."""
        strengths = np.zeros((len(UNITS), 2), np.float32)
        for name, strength in self.units.items():
            sides = [1] if name.startswith("R") else [0, 1]
            strengths[UNITS.index(name.removeprefix("R")), sides] = strength
        return strengths

    def presence(self) -> np.ndarray:
        """(U,) share of the faces that show each unit of this variant."""
        return np.array([self.optional.get(unit, 1.0) for unit in UNITS], np.float32)


PROTOTYPES: dict[str, tuple[Variant, ...]] = {
    "happiness": (
        Variant(0.75, {"6": 0.85, "12": 0.9, "14": 0.15, "25": 0.9, "10": 0.15}),
        Variant(0.25, {"6": 0.5, "12": 0.75, "14": 0.15}),
    ),
    "anger": (
        Variant(0.7, {"4": 1.0, "5": 0.35, "7": 0.65, "9": 0.3, "24": 0.8, "15": 0.5}),
        Variant(0.2, {"4": 1.0, "7": 0.6, "24": 0.8, "17": 0.4}, {"17": 0.52}),
        Variant(0.1, {"4": 1.0, "5": 0.4, "7": 0.6, "23": 0.8}),
    ),
    "sadness": (
        Variant(0.85, {"1": 0.8, "4": 0.25, "15": 0.7, "17": 0.5, "43": 0.16, "7": 0.15}, {"17": 0.67}),
        Variant(0.15, {"1": 0.8, "4": 0.4, "15": 0.7, "6": 0.2}, {"1": 0.6}),
    ),
    "fear": (
        Variant(
            0.75, {"1": 0.9, "2": 0.5, "4": 0.35, "5": 0.95, "7": 0.15, "20": 0.65, "25": 0.6, "26": 0.12}, {"5": 0.63}
        ),
        Variant(0.25, {"1": 0.85, "4": 0.4, "5": 0.9, "20": 0.8, "25": 0.5}),
    ),
    "contempt": (
        Variant(0.7, {"R12": 0.35, "R14": 0.95, "R24": 0.35, "7": 0.2}),
        Variant(0.3, {"R12": 0.2, "R14": 0.9}),
    ),
    "surprise": (
        Variant(0.7, {"1": 0.7, "2": 0.75, "5": 0.75, "26": 0.69, "25": 0.15}),
        Variant(0.3, {"1": 0.7, "2": 0.75, "5": 0.75, "26": 0.75}),
    ),
    "disgust": (
        Variant(0.7, {"9": 1.0, "10": 0.5, "17": 0.4, "15": 0.3, "4": 0.5, "7": 0.4, "6": 0.2}),
        Variant(0.3, {"9": 0.9, "15": 0.4, "16": 0.25, "4": 0.4}),
    ),
}
EMOTIONS = tuple(PROTOTYPES)
# The thesis' six; disgust is the optional seventh.
BASIC_EMOTIONS = tuple(name for name in EMOTIONS if name != "disgust")
ONE_SIDED = ("contempt",)
# The intensity at which a unit sets in (others: 0): a faint smile keeps the cheeks at rest.
ONSET = {"6": 0.1, "25": 0.05, "26": 0.1, "17": 0.1, "9": 0.1}


def unit_onsets() -> np.ndarray:
    """(U,) intensity at which each of UNITS sets in."""
    return np.array([ONSET.get(unit, 0.0) for unit in UNITS], np.float32)
