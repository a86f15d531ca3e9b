# SPDX-License-Identifier: GPL-3.0-or-later
"""Smooth displacements of the whole head from a few numbers: Gaussians about control points on the face."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from ...head.model import HeadModel

RADIUS = 0.018  # metres
CONTROLS = 72


def control_points(model: HeadModel) -> NDArray:
    """(CONTROLS, 3) evenly over the template's face, one by one the farthest from those before."""
    face = model.template[model.masks["face"] > 0.5].astype(np.float64)
    chosen = [int(np.argmin(face[:, 1]))]
    distance = np.full(len(face), np.inf)
    for _ in range(CONTROLS - 1):
        distance = np.minimum(distance, np.linalg.norm(face - face[chosen[-1]], axis=1))
        chosen.append(int(distance.argmax()))
    return face[chosen]


def influence(points: NDArray, controls: NDArray) -> NDArray:
    """(N, C) weight of each control at (N, 3) template points."""
    square = ((points[:, None, :] - controls) ** 2).sum(-1)
    return np.exp(-square / (2 * RADIUS**2))


def mirror_permutation(points: NDArray) -> NDArray:
    """(N,) index of the point nearest to each one's mirror image."""
    return cKDTree(points).query(points * [-1, 1, 1])[1]
