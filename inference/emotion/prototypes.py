# SPDX-License-Identifier: GPL-3.0-or-later
"""Which action units make an emotion: the published prototypes and the variants that people were seen to show.

Prototypes: EMFACS (Ekman, Friesen, Hager). Variants and their frequencies: Du, Tao, Martinez, "Compound facial expressions of emotion",
PNAS 111 (2014), table 1. The commonest variant of each emotion is its prototype with the units that most people were seen to add.
Strengths are ours, set by looking at renders: in anger and fear the widened eye (5) and the tightened lid (7) must both be seen, and one of
more than 1 is all that a face has whoever shows it. Drooping lids (43) of sadness and contempt are ours too: without them few heads look
sad or down on anybody.
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
        Variant(0.75, {"6": 0.85, "12": 1.0, "25": 0.9}),
        Variant(0.25, {"6": 0.5, "12": 0.9}),
    ),
    "anger": (
        Variant(0.8, {"4": 0.95, "5": 1.15, "7": 0.75, "24": 0.9, "17": 0.4}, {"17": 0.52}),
        Variant(0.1, {"4": 1.0, "7": 0.75, "24": 0.8, "17": 0.4}, {"17": 0.52}),
        Variant(0.1, {"4": 0.95, "5": 1.15, "7": 0.75, "23": 0.9}),
    ),
    "sadness": (
        Variant(0.85, {"1": 0.95, "4": 0.6, "15": 0.85, "17": 0.65, "43": 0.2}, {"17": 0.67}),
        Variant(0.15, {"1": 0.85, "4": 0.6, "15": 0.8, "6": 0.2}, {"1": 0.6}),
    ),
    "fear": (
        Variant(0.75, {"1": 1.0, "2": 0.7, "4": 0.6, "5": 1.15, "7": 0.6, "20": 1.0, "25": 0.6, "26": 0.1}),
        Variant(0.25, {"1": 1.0, "4": 0.6, "5": 1.15, "20": 1.0, "25": 0.6}, {"5": 0.63}),
    ),
    "contempt": (
        Variant(0.7, {"R12": 0.7, "R14": 1.0, "43": 0.15}),
        Variant(0.3, {"R12": 0.7, "R14": 0.9, "43": 0.15}),
    ),
    "surprise": (
        Variant(0.7, {"1": 0.75, "2": 0.8, "5": 0.9, "26": 0.69, "25": 0.15}),
        Variant(0.3, {"1": 0.7, "2": 0.75, "5": 0.75, "26": 0.75}),
    ),
    "disgust": (
        Variant(0.7, {"9": 1.0, "10": 0.85, "17": 0.45, "4": 0.4, "7": 0.5}),
        Variant(0.3, {"9": 1.0, "15": 0.4, "16": 0.25}),
    ),
}
EMOTIONS = tuple(PROTOTYPES)
# The thesis' six; disgust is the optional seventh.
BASIC_EMOTIONS = tuple(name for name in EMOTIONS if name != "disgust")
ONE_SIDED = ("contempt",)
# The intensity at which a unit sets in (others: 0): a faint smile keeps the cheeks at rest.
ONSET = {"6": 0.06, "26": 0.04, "17": 0.05}

# By how much of itself a unit is ahead of a faint emotion: at 0.33 it shows 0.37, so that a third is to be seen, and at 0.5 about half.
EAGERNESS = 0.2


def unit_onsets() -> np.ndarray:
    """(U,) intensity at which each of UNITS sets in."""
    return np.array([ONSET.get(unit, 0.0) for unit in UNITS], np.float32)
