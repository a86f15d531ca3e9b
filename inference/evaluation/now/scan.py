# SPDX-License-Identifier: GPL-3.0-or-later
"""A scan with its landmarks, made fit for the measure: millimetres, finite; what had to be done to it is said."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...errors import AvatarError
from .seven_points import unit_of

MOST_BROKEN = 0.5  # share of vertices that may be no numbers


@dataclass(frozen=True)
class Scan:
    """vertices (N, 3) and marks (7, 3) in millimetres; notes: sentences for a person."""

    vertices: NDArray
    marks: NDArray
    notes: tuple[str, ...] = ()


def checked_scan(vertices: NDArray, marks: NDArray, name: str) -> Scan:
    """Raises AvatarError ``scan_invalid`` when too much is missing, or the size is that of no face in mm, cm or m."""
    finite = np.isfinite(vertices).all(1)
    broken = int((~finite).sum())
    if broken > MOST_BROKEN * len(vertices):
        raise AvatarError(
            "scan_invalid",
            f"{name}: {broken} of {len(vertices)} scan vertices are not numbers: export the scan again.",
        )
    notes = [f"{broken} scan vertices are not numbers and were left out"] if broken else []
    unit = unit_of(marks)
    if unit is None:
        across = np.linalg.norm(marks[0] - marks[3])
        raise AvatarError(
            "scan_invalid",
            f"{name}: the outer eye corners lie {across:.4g} units apart, which is a face neither in millimetres nor in "
            "centimetres nor in metres: check the landmarks, or scale the scan.",
        )
    if unit.millimetres != 1:
        notes.append(f"the scan is in {unit.name}, not in millimetres, and was converted")
    return Scan(vertices[finite] * unit.millimetres, marks * unit.millimetres, tuple(notes))
