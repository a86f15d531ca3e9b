# SPDX-License-Identifier: GPL-3.0-or-later
"""What each action unit does to MediaPipe's landmarks of a face seen from the front.

Measures are in outer-eye distances of the neutral picture and grow when the unit is at work. Skull and camera stand still between the two
pictures, so heights are the picture's own: whatever of the face they were taken from, lids and brows would move that too (a widened eye
lifts its outer corner as far as its lid). Units that pull the same skin against each other are told apart by where they differ: 5 by the
upper lid and 7 by the lower one; 1 by the brows' height and 4, where both are in a face, by their gap. The person's right is on the
picture's left.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ...head.landmark_sets import OUTER_EYES
from ..action_units import UNITS
from ..synthetic import nominal_strengths

Points = NDArray
INNER_BROWS, OUTER_BROWS = (55, 285, 107, 336), (46, 276, 53, 283)
UPPER_LIDS, LOWER_LIDS = (159, 158, 386, 385), (145, 374)
NOSE_WINGS = (129, 358, 64, 294)
RIGHT_CORNER, LEFT_CORNER = 61, 291
UPPER_LIP, LOWER_LIP, INNER_LIPS = (0, 37, 267), (17, 84, 314), (13, 14)
CHIN = 152


def _up(points: Points, chosen: tuple[int, ...]) -> float:
    """Height in the picture."""
    return -float(points[list(chosen), 1].mean())


def _gap(points: Points, a: int, b: int) -> float:
    return float(np.linalg.norm(points[a] - points[b]))


def _corners_up(points: Points) -> float:
    lips = points[[*UPPER_LIP, *LOWER_LIP], 1].mean()
    return float(lips - points[[RIGHT_CORNER, LEFT_CORNER], 1].mean())


def _thickness(points: Points) -> float:
    return _gap(points, 0, 13) + _gap(points, 14, 17)


MEASURES: dict[str, Callable[[Points], float]] = {
    "1": lambda p: _up(p, INNER_BROWS),
    "2": lambda p: _up(p, OUTER_BROWS),
    "4": lambda p: -_up(p, INNER_BROWS) - _gap(p, 55, 285),
    "1+4": lambda p: -(_gap(p, 55, 285) + _gap(p, 107, 336)) / 2,
    "5": lambda p: _up(p, UPPER_LIDS),
    "6": lambda p: _up(p, LOWER_LIDS),
    "7": lambda p: _up(p, LOWER_LIDS),
    "9": lambda p: _up(p, NOSE_WINGS),
    "10": lambda p: _up(p, UPPER_LIP),
    "12": lambda p: _corners_up(p) + _gap(p, RIGHT_CORNER, LEFT_CORNER),
    "R12": lambda p: _up(p, (RIGHT_CORNER,)) - _up(p, (LEFT_CORNER,)),
    "R14": lambda p: -float(p[RIGHT_CORNER, 0]),
    "15": lambda p: -_corners_up(p),
    "16": lambda p: -_up(p, LOWER_LIP),
    "17": lambda p: _up(p, LOWER_LIP),
    "20": lambda p: _gap(p, RIGHT_CORNER, LEFT_CORNER),
    "23": lambda p: -_thickness(p),
    "24": lambda p: -_thickness(p),
    "25": lambda p: _gap(p, *INNER_LIPS),
    "26": lambda p: -_up(p, (CHIN,)),
    "43": lambda p: -_up(p, UPPER_LIDS),
}


def units_to_check(emotion: str) -> dict[str, str]:
    """Every unit of an emotion's commonest variant -> the measure that it must raise; "R" marks those of the right half alone."""
    strengths = dict(zip(UNITS, nominal_strengths((emotion,))[0], strict=True))
    shown = [unit if both.all() else f"R{unit}" for unit, both in strengths.items() if both.any()]
    return {unit: "1+4" if unit == "4" and "1" in shown else unit for unit in shown}


def changes(neutral: Points, shown: Points, measures: tuple[str, ...]) -> NDArray:
    """(U,) by how much each measure has grown, in outer-eye distances."""
    unit = _gap(neutral, *OUTER_EYES)
    return np.array([(MEASURES[name](shown) - MEASURES[name](neutral)) / unit for name in measures])
