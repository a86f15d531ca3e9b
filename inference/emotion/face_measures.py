# SPDX-License-Identifier: GPL-3.0-or-later
"""A few proportions of a face, by which an expression is made to fit the person.

A high brow has farther to rise before it looks raised; full lips have farther to part before teeth show.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..head.model import HeadModel

EMBEDDING = "ibug_68"
# Measure -> pairs of landmarks whose distances are averaged.
PAIRS: dict[str, tuple[tuple[int, int], ...]] = {
    "brow_height": ((19, 37), (24, 44), (21, 39), (22, 42)),
    "eye_opening": ((37, 41), (38, 40), (43, 47), (44, 46)),
    "mouth_width": ((48, 54),),
    "upper_lip": ((51, 62),),
    "lower_lip": ((57, 66),),
    "eye_span": ((36, 45),),
}
# Action unit -> the measure it is scaled by.
FITTED_TO = {
    **dict.fromkeys(("1", "2"), "brow_height"),
    **dict.fromkeys(("5", "7", "43"), "eye_opening"),
    **dict.fromkeys(("12", "14", "20"), "mouth_width"),
    **dict.fromkeys(("10", "25"), "upper_lip"),
    "16": "lower_lip",
    "26": "eye_span",
}
LOW, HIGH = 0.75, 1.35


def unit_gains(model: HeadModel, shapes: NDArray, units: tuple[str, ...]) -> NDArray:
    """(n, U): by how much each action unit must be stronger on faces of (n, S) shape coefficients than on the mean face."""
    measured, mean = _measure(model, np.asarray(shapes)), _measure(model, model.shape_mean[None])
    ratio = {name: np.clip(measured[name] / mean[name], LOW, HIGH) for name in PAIRS}
    return np.stack([ratio[FITTED_TO[unit]] if unit in FITTED_TO else np.ones(len(shapes)) for unit in units], 1)


def _measure(model: HeadModel, shapes: NDArray) -> dict[str, NDArray]:
    """Distances (n,) in metres; the landmarks are linear in the shape."""
    embedding = model.landmarks[EMBEDDING]
    points = embedding.points(model.template) + np.tensordot(
        shapes, embedding.points(model.shape_basis[: shapes.shape[1]]), 1
    )
    return {
        name: np.mean([np.linalg.norm(points[:, a] - points[:, b], axis=1) for a, b in pairs], 0)
        for name, pairs in PAIRS.items()
    }
