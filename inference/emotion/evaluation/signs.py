# SPDX-License-Identifier: GPL-3.0-or-later
"""What each action unit does to MediaPipe's landmarks of a face seen from the front.

Measures are in outer-eye distances of the neutral picture and grow when the unit is at work. The person's right is on the picture's left.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ..action_units import UNITS
from ..synthetic import nominal_strengths

Points = NDArray
OUTER_EYES = (33, 263)
INNER_BROWS, OUTER_BROWS = (55, 285, 107, 336), (46, 276, 53, 283)
EYE_CORNERS = (33, 133, 362, 263)
LIDS = ((159, 145), (158, 153), (386, 374), (385, 380))
CHEEKS, NOSE_WINGS = (117, 346, 118, 347), (129, 358, 64, 294)
RIGHT_CORNER, LEFT_CORNER = 61, 291
UPPER_LIP, LOWER_LIP, INNER_LIPS = (0, 37, 267), (17, 84, 314), (13, 14)
CHIN = 152
# A unit weaker than this in an emotion is not looked for, nor one whose stronger opposite is in the same face.
WEAKEST = 0.32
OPPOSITES = (("5", "7"), ("5", "43"), ("1", "4"), ("24", "17"), ("17", "26"), ("10", "17"), ("9", "1"), ("6", "25"))


def _up(points: Points, chosen: tuple[int, ...]) -> float:
    """Height above the corners of the eyes."""
    return float(points[list(EYE_CORNERS), 1].mean() - points[list(chosen), 1].mean())


def _gap(points: Points, a: int, b: int) -> float:
    return float(np.linalg.norm(points[a] - points[b]))


def _opening(points: Points) -> float:
    return float(np.mean([_gap(points, *pair) for pair in LIDS]))


def _corners_up(points: Points) -> float:
    lips = points[[*UPPER_LIP, *LOWER_LIP], 1].mean()
    return float(lips - points[[RIGHT_CORNER, LEFT_CORNER], 1].mean())


def _thickness(points: Points) -> float:
    return _gap(points, 0, 13) + _gap(points, 14, 17)


MEASURES: dict[str, Callable[[Points], float]] = {
    "1": lambda p: _up(p, INNER_BROWS),
    "2": lambda p: _up(p, OUTER_BROWS),
    "4": lambda p: -_up(p, INNER_BROWS) - _gap(p, 55, 285),
    "5": _opening,
    "6": lambda p: _up(p, CHEEKS),
    "7": lambda p: -_opening(p),
    "9": lambda p: _up(p, NOSE_WINGS),
    "10": lambda p: _up(p, UPPER_LIP),
    "12": lambda p: _corners_up(p) + _gap(p, RIGHT_CORNER, LEFT_CORNER),
    "R12": lambda p: _up(p, (RIGHT_CORNER,)) - _up(p, (LEFT_CORNER,)),
    "R14": lambda p: float(p[0, 0] - p[RIGHT_CORNER, 0]),
    "15": lambda p: -_corners_up(p),
    "16": lambda p: -_up(p, LOWER_LIP),
    "17": lambda p: _up(p, LOWER_LIP),
    "20": lambda p: _gap(p, RIGHT_CORNER, LEFT_CORNER),
    "24": lambda p: -_thickness(p),
    "25": lambda p: _gap(p, *INNER_LIPS),
    "26": lambda p: -_up(p, (CHIN,)),
    "43": lambda p: -_opening(p),
}


def units_to_check(emotion: str) -> tuple[str, ...]:
    """The units that an emotion's face must show; "R" marks those of the right half alone."""
    strengths = dict(zip(UNITS, nominal_strengths((emotion,))[0], strict=True))
    shown = {unit: both.max() for unit, both in strengths.items() if both.max() > WEAKEST}
    for a, b in OPPOSITES:
        if a in shown and b in shown:
            del shown[min((a, b), key=lambda unit: shown[unit])]
    names = [unit if strengths[unit][0] else f"R{unit}" for unit in shown]
    return tuple(name for name in names if name in MEASURES)


def changes(neutral: Points, shown: Points, units: tuple[str, ...]) -> NDArray:
    """(U,) by how much each unit's measure has grown, in outer-eye distances."""
    unit = _gap(neutral, *OUTER_EYES)
    return np.array([(MEASURES[name](shown) - MEASURES[name](neutral)) / unit for name in units])
