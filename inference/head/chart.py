# SPDX-License-Identifier: GPL-3.0-or-later
"""What charts are made of: a rounded square for the outline, and an embedding into it that cannot overlap (Tutte 1963, Floater 1997)."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sparse
from numpy.typing import NDArray
from scipy.sparse.linalg import spsolve

SEAM_SHARE_AT_SIDES = 0.72  # the rest of the seam lies on the upper side of the map
ROUNDNESS = 14.0  # exponent of the superellipse that bounds the chart


def superellipse(places: NDArray) -> NDArray:
    """Places on the unit square's outline (N, 2) -> on the convex rounded square."""
    centred = 2 * places - 1
    radius = (np.abs(centred) ** ROUNDNESS).sum(1) ** (-1 / ROUNDNESS)
    return (centred * radius[:, None] + 1) / 2


def rounded_square_side(share: NDArray) -> NDArray:
    """Places along the right side, then the upper side to its middle, for shares 0..1 of the seam."""
    up = np.minimum(share / SEAM_SHARE_AT_SIDES, 1)
    inward = np.maximum(share - SEAM_SHARE_AT_SIDES, 0) / (1 - SEAM_SHARE_AT_SIDES)
    return np.stack([1 - inward / 2, up], 1)


def run_of(vertices: NDArray, path: NDArray) -> NDArray:
    """(N,) arc length along a path of vertices, 0..1."""
    length = np.r_[0, np.cumsum(np.linalg.norm(np.diff(vertices[path], axis=0), axis=1))]
    return length / length[-1]


def embed(count: int, start: NDArray, end: NDArray, weight: NDArray, outline: NDArray, places: NDArray) -> NDArray:
    """(count, 2) Tutte embedding: each vertex off the outline is the mean of its neighbours with positive weights (start -> end)."""
    inner = np.setdiff1d(np.arange(count), outline)
    rows = sparse.coo_matrix((weight, (start, end)), (count, count)).tocsr()
    rows = sparse.diags(1 / np.asarray(rows.sum(1)).ravel()) @ rows
    uv = np.zeros((count, 2))
    uv[outline] = places
    system = (sparse.eye(len(inner)) - rows[inner][:, inner]).tocsc()
    uv[inner] = spsolve(system, rows[inner][:, outline] @ places)
    return uv


def areas(corners: NDArray) -> NDArray:
    """Areas of (M, 3, 2 or 3) triangles."""
    a, b = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    square = (a * a).sum(1) * (b * b).sum(1) - (a * b).sum(1) ** 2
    return np.sqrt(np.maximum(square, 1e-24)) / 2


def vertex_sum(triangles: NDArray, values: NDArray, count: int) -> NDArray:
    """(count,) sum of the triangles' values around each vertex."""
    return sum(np.bincount(triangles[:, k], values, count) for k in range(3))
