# SPDX-License-Identifier: GPL-3.0-or-later
"""One texture chart for skin and mouth bag that cannot overlap.

The surface is opened along the back of the head and laid into a rounded square by a Tutte embedding: every inner vertex is a convex
combination of its neighbours and the outline is convex, hence no triangle flips. The weights are then changed, staying positive, until each
region has the share of the map it deserves.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..chart import areas, embed, rounded_square_side, run_of, superellipse, vertex_sum
from .topology import boundary_loop, edges_of, split_along, triangulate

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
    area = areas(opened[triangles]) * wanted[triangles].mean(1)

    edges = edges_of(uv_faces)
    start, end = np.r_[edges[:, 0], edges[:, 1]], np.r_[edges[:, 1], edges[:, 0]]
    weight = 1 / np.linalg.norm(opened[start] - opened[end], axis=1)
    for _ in range(STEPS):
        uv = embed(count, start, end, weight, outline, places)
        stretch = np.sqrt(vertex_sum(triangles, area, count) / vertex_sum(triangles, areas(uv[triangles]), count))
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
    lower = run_of(vertices, loop[: corner + 1])
    rising = run_of(vertices, loop[corner : tip + 1])
    falling = 1 - run_of(vertices, np.r_[loop[tip:], loop[0]])[:-1]
    places = np.concatenate(
        [
            np.stack([lower, np.zeros_like(lower)], 1),
            rounded_square_side(rising)[1:],
            (rounded_square_side(falling) * [-1, 1] + [1, 0])[1:],
        ]
    )
    return loop, superellipse(places)


def _reflected(uv: NDArray, mirror: NDArray, seam: NDArray, copies: NDArray) -> NDArray:
    opposite = np.r_[mirror, seam[:-1]]
    opposite[seam[:-1]] = copies
    return uv[opposite] * [-1, 1] + [1, 0]
