# SPDX-License-Identifier: GPL-3.0-or-later
"""A texture chart for a FLAME head without one (the Open version ships none), which cannot overlap.

As for the open head (inference/head/build/texture_uv.py): the skin, closed by the mouth bag, is cut along the back and laid into a rounded
square by a Tutte embedding whose positive weights are balanced until each region has the share it deserves.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ..chart import areas, embed, rounded_square_side, run_of, superellipse, vertex_sum
from .mesh import edges_of, open_rims, shortest_path

STEPS = 40
MARGIN = 0.004


def unwrap(positions: NDArray, triangles: NDArray, density: NDArray) -> tuple[NDArray, NDArray]:
    """(uv (T, 2), uv triangles (M, 3)) of a surface with one open rim, the neck's.

    positions (V, 3), Z up, face to -Y; density (V,): wanted map area per surface area.
    """
    (neck,) = open_rims(triangles)
    start = neck[positions[neck, 1].argmax()]
    skull = np.unique(triangles)
    crown = int(skull[positions[skull, 2].argmax()])
    seam = shortest_path(positions, triangles, int(start), crown)
    first = max(k for k, v in enumerate(seam) if v in set(neck.tolist()))  # leave the rim only once
    seam = seam[first:]
    opened, origin, copies = _cut(triangles, seam, len(positions))
    outline, places = _outline(positions[origin], opened, seam, copies)
    used = np.unique(opened)
    number = np.full(len(origin), -1)
    number[used] = np.arange(len(used))
    flat = number[opened]
    places3, wanted = positions[origin[used]], density[origin[used]]
    area = areas(places3[flat]) * wanted[flat].mean(1)
    edges = edges_of(flat)
    begin, end = np.r_[edges[:, 0], edges[:, 1]], np.r_[edges[:, 1], edges[:, 0]]
    weight = 1 / np.maximum(np.linalg.norm(places3[begin] - places3[end], axis=1), 1e-6)
    count = len(used)
    for _ in range(STEPS):
        uv = embed(count, begin, end, weight, number[outline], places)
        stretch = np.sqrt(vertex_sum(flat, area, count) / vertex_sum(flat, areas(uv[flat]), count))
        weight = weight / (stretch / stretch.mean())[end] ** 0.4
    return MARGIN + (1 - 2 * MARGIN) * uv, flat


def _cut(triangles: NDArray, seam: list[int], count: int) -> tuple[NDArray, NDArray, dict[int, int]]:
    """Triangles with copies of the seam's vertices (but its end) on the seam's right side; the original of each vertex; seam -> copy."""
    around: dict[int, list[int]] = defaultdict(list)
    for t, corners in enumerate(triangles.tolist()):
        for v in corners:
            around[v].append(t)
    on_seam = {frozenset(step) for step in pairwise(seam)}
    opened = triangles.copy()
    origin = list(range(count))
    copies = {}
    for position, v in enumerate(seam[:-1]):
        copies[v] = len(origin)
        origin.append(v)
        for t in _right_fan(triangles, around[v], v, seam[position + 1], on_seam):
            opened[t][triangles[t] == v] = copies[v]
    return opened, np.array(origin), copies


def _right_fan(triangles: NDArray, fan: list[int], v: int, following: int, on_seam: set[frozenset[int]]) -> list[int]:
    """The triangles around ``v`` that are reached from the right side of the seam's next edge without crossing the seam."""
    sides = {t: [int(w) for w in triangles[t] if w != v] for t in fan}
    # The triangle with the directed side following -> v lies on the right.
    start = next(t for t in fan if _has_side(triangles[t], following, v))
    reached, stack = {start}, [start]
    while stack:
        t = stack.pop()
        for w in sides[t]:
            if frozenset((v, w)) in on_seam:
                continue
            for other in fan:
                if other not in reached and w in sides[other]:
                    reached.add(other)
                    stack.append(other)
    return list(reached)


def _has_side(triangle: NDArray, a: int, b: int) -> bool:
    corners = triangle.tolist()
    return any(corners[k] == a and corners[(k + 1) % 3] == b for k in range(3))


def _outline(
    positions: NDArray, triangles: NDArray, seam: list[int], copies: dict[int, int]
) -> tuple[NDArray, NDArray]:
    """(boundary vertices counter-clockwise, their places in the unit square): neck below, seam up both sides and along the top."""
    (loop,) = open_rims(triangles)
    loop = loop.tolist()
    ends = [seam[0], copies[seam[0]]]
    # Counter-clockwise from the corner at which the neck begins.
    for begin in ends:
        turned = loop[loop.index(begin) :] + loop[: loop.index(begin)]
        other = next(v for v in ends if v != begin)
        if turned.index(other) < turned.index(seam[-1]):
            break
    corner, tip = turned.index(other), turned.index(seam[-1])
    lower = run_of(positions, turned[: corner + 1])
    rising = run_of(positions, turned[corner : tip + 1])
    falling = 1 - run_of(positions, [*turned[tip:], turned[0]])[:-1]
    places = np.concatenate(
        [
            np.stack([lower, np.zeros_like(lower)], 1),
            rounded_square_side(rising)[1:],
            (rounded_square_side(falling) * [-1, 1] + [1, 0])[1:],
        ]
    )
    return np.array(turned), superellipse(places)
