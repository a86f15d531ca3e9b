# SPDX-License-Identifier: GPL-3.0-or-later
"""One texture chart for skin and mouth bag that cannot overlap.

The surface is opened along the back of the head and laid into a rounded square by a Tutte embedding: every inner vertex is a convex
combination of its neighbours and the outline is convex, hence no triangle flips. The weights are then changed, staying positive, until each
region has the share of the map it deserves.
"""

from __future__ import annotations

import numpy as np
import scipy.sparse as sparse
from numpy.typing import NDArray
from scipy.sparse.linalg import spsolve

from .topology import boundary_loop, edges_of, split_along, triangulate

SEAM_SHARE_AT_SIDES = 0.72  # the rest of the seam lies on the upper side of the map
ROUNDNESS = 14.0  # exponent of the superellipse that bounds the chart
STEPS = 40
MARGIN = 0.004


def skin_chart(vertices: NDArray, faces: NDArray, mirror: NDArray, density: NDArray) -> tuple[NDArray, NDArray]:
    """(uv (T, 2), uv_faces (F, 4)) of the open bust surface.

    vertices (V, 3) of the average head; faces (F, 4) with -1 for triangles; density (V,): wanted map area per surface area.
    """
    seam = _back_seam(vertices, faces, mirror)
    uv_faces, copies = split_along(faces, seam[:-1], vertices[:, 0])
    count = len(vertices) + len(copies)
    origin = np.r_[np.arange(len(vertices)), seam[:-1]]
    opened, wanted = vertices[origin], density[origin]
    outline, places = _outline(opened, uv_faces, seam, copies)
    triangles = triangulate(uv_faces)
    area = _areas(opened[triangles]) * wanted[triangles].mean(1)

    edges = edges_of(uv_faces)
    start, end = np.r_[edges[:, 0], edges[:, 1]], np.r_[edges[:, 1], edges[:, 0]]
    weight = 1 / np.linalg.norm(opened[start] - opened[end], axis=1)
    for _ in range(STEPS):
        uv = _embed(count, start, end, weight, outline, places)
        stretch = np.sqrt(_vertex_sum(triangles, area, count) / _vertex_sum(triangles, _areas(uv[triangles]), count))
        weight = weight / (stretch / stretch.mean())[end] ** 0.4
    uv = (uv + _reflected(uv, mirror, seam, copies)) / 2
    return MARGIN + (1 - 2 * MARGIN) * uv, uv_faces


def _back_seam(vertices: NDArray, faces: NDArray, mirror: NDArray) -> NDArray:
    """Midline vertices from the lower border at the back up to the crown."""
    middle = mirror == np.arange(len(vertices))
    edges = edges_of(faces)
    edges = edges[middle[edges].all(1)]
    border = boundary_loop(faces)
    current = max((v for v in border if middle[v]), key=lambda v: vertices[v, 1])
    path = [current]
    while True:
        touching = edges[(edges == current).any(1)].ravel()
        following = [v for v in touching if v not in path]
        if not following or (vertices[current, 2] > 0.05 and vertices[current, 1] < 0.075):
            return np.array(path)
        current = max(following, key=lambda v: vertices[v, 1] if len(path) < 3 else -abs(vertices[v, 0]))
        path.append(current)


def _outline(vertices: NDArray, faces: NDArray, seam: NDArray, copies: NDArray) -> tuple[NDArray, NDArray]:
    """(boundary vertices, their places in the unit square), counter-clockwise from the lower left corner."""
    loop = boundary_loop(faces)
    right_corner = copies[0]  # the copy on the subject's right, which is the picture's left
    loop = np.roll(loop, -int(np.flatnonzero(loop == right_corner)[0]))
    if seam[0] not in loop[: len(loop) - len(seam)]:
        loop = np.roll(loop[::-1], 1)
    corner = int(np.flatnonzero(loop == seam[0])[0])
    tip = int(np.flatnonzero(loop == seam[-1])[0])
    lower = _run(vertices, loop[: corner + 1])
    rising = _run(vertices, loop[corner : tip + 1])
    falling = 1 - _run(vertices, np.r_[loop[tip:], loop[0]])[:-1]
    places = np.concatenate(
        [
            np.stack([lower, np.zeros_like(lower)], 1),
            _side(rising)[1:],
            (_side(falling) * [-1, 1] + [1, 0])[1:],
        ]
    )
    centred = 2 * places - 1
    radius = (np.abs(centred) ** ROUNDNESS).sum(1) ** (-1 / ROUNDNESS)
    return loop, (centred * radius[:, None] + 1) / 2


def _side(share: NDArray) -> NDArray:
    """Places along the right side, then the upper side to its middle, for shares 0..1 of the seam."""
    up = np.minimum(share / SEAM_SHARE_AT_SIDES, 1)
    inward = np.maximum(share - SEAM_SHARE_AT_SIDES, 0) / (1 - SEAM_SHARE_AT_SIDES)
    return np.stack([1 - inward / 2, up], 1)


def _run(vertices: NDArray, path: NDArray) -> NDArray:
    """Arc length along a path, 0..1."""
    length = np.r_[0, np.cumsum(np.linalg.norm(np.diff(vertices[path], axis=0), axis=1))]
    return length / length[-1]


def _embed(count: int, start: NDArray, end: NDArray, weight: NDArray, outline: NDArray, places: NDArray) -> NDArray:
    inner = np.setdiff1d(np.arange(count), outline)
    rows = sparse.coo_matrix((weight, (start, end)), (count, count)).tocsr()
    rows = sparse.diags(1 / np.asarray(rows.sum(1)).ravel()) @ rows
    uv = np.zeros((count, 2))
    uv[outline] = places
    system = (sparse.eye(len(inner)) - rows[inner][:, inner]).tocsc()
    uv[inner] = spsolve(system, rows[inner][:, outline] @ places)
    return uv


def _areas(corners: NDArray) -> NDArray:
    """Areas of (M, 3, 2 or 3) triangles."""
    a, b = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    square = (a * a).sum(1) * (b * b).sum(1) - (a * b).sum(1) ** 2
    return np.sqrt(np.maximum(square, 1e-24)) / 2


def _vertex_sum(triangles: NDArray, values: NDArray, count: int) -> NDArray:
    return sum(np.bincount(triangles[:, k], values, count) for k in range(3))


def _reflected(uv: NDArray, mirror: NDArray, seam: NDArray, copies: NDArray) -> NDArray:
    opposite = np.r_[mirror, seam[:-1]]
    opposite[seam[:-1]] = copies
    return uv[opposite] * [-1, 1] + [1, 0]
