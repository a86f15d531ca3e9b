# SPDX-License-Identifier: GPL-3.0-or-later
"""What expressions do to the features, so that a regression can be kept from reading them as identity.

Real faces combine units, and exceed them, in ways that random ones do not: along these directions a photo is less to be believed.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...head.model import HeadModel, rotation_matrices
from ..camera import FACING
from .features import EMBEDDING, features

STEP = 0.2  # of a unit, for the finite difference
PIXELS_PER_METRE = 1000.0  # any will do: features have no scale


def expression_directions(model: HeadModel, yaw: float) -> NDArray:
    """(E, 2L) change of the features, metres, by each whole expression unit on a mean head turned by ``yaw`` radians and seen from afar."""
    embedding = model.landmarks[EMBEDDING]
    mean = embedding.points(model.shaped(model.shape_mean).astype(np.float64))
    turned = FACING @ rotation_matrices(np.array([0.0, 0.0, yaw]))

    def seen(points: NDArray) -> NDArray:
        return features(model, (points @ turned.T)[:, :2] * [1, -1] * PIXELS_PER_METRE).displacement

    resting = seen(mean)
    units = (embedding.points(unit.astype(np.float64)) for unit in model.expression_basis)
    return np.stack([(seen(mean + STEP * unit) - resting) / STEP for unit in units])
