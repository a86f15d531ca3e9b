# SPDX-License-Identifier: GPL-3.0-or-later
"""Exact closest points on a triangle mesh, for many points at once.

The triangle with the nearest centre bounds each point's distance. Points are then taken together in small cells: a k-d tree per size
class of triangles names, for each cell, those whose bounding spheres come within its points' bounds, and what a point's own bound does
not rule out is measured. Points that moved a little are searched anew only where the move may have brought another triangle nearer.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

AT_ONCE = 15_000
CELL = 0.6  # side of a cell in median triangle radii
SLACK = 0.1  # what is looked at beyond a point's bound, in median triangle radii, so that it may move so far without a new search
KEPT = 3  # triangles that are remembered of each point


@dataclass(frozen=True)
class Closest:
    """Of N points: distance (N,), closest point ``place`` (N, 3), its triangle (N,).

    For the next answer: points (N, 3); near (N, KEPT): the nearest triangles; beyond (N,): no other triangle is nearer than this;
    order (N,): neighbours in space together.
    """

    distance: NDArray
    place: NDArray
    triangle: NDArray
    points: NDArray
    near: NDArray
    beyond: NDArray
    order: NDArray


class TriangleSurface:
    """A triangle mesh, prepared for closest-point queries. Triangles without area and unused vertices do no harm."""

    def __init__(self, vertices: NDArray, triangles: NDArray) -> None:
        """vertices (V, 3), any unit; triangles (T, 3). Raises ValueError when there is no triangle or a number is not finite."""
        if len(triangles) == 0:
            raise ValueError("The mesh has no triangles.")
        corners = np.asarray(vertices, np.float64)[np.asarray(triangles)]
        if not np.isfinite(corners).all():
            raise ValueError("The mesh has vertices that are not finite.")
        self._origin = np.ascontiguousarray(corners[:, 0])
        self._ab, self._ac = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
        self._center = corners.mean(1)
        self._radius = np.linalg.norm(corners - self._center[:, None], axis=2).max(1) * (1 + 1e-12)
        self._center_tree = cKDTree(self._center)
        self._classes = _size_classes(self._center, self._radius)
        typical = max(float(np.median(self._radius)), 1e-300)
        self._cell, self._slack = CELL * typical, SLACK * typical

    def closest(self, points: NDArray, before: Closest | None = None) -> Closest:
        """The closest points of (N, 3) points; ``before``, the answer for the same points before they moved a little, saves time."""
        points = np.ascontiguousarray(points, np.float64)
        count = len(points)
        order = np.lexsort(np.floor(points / self._cell).T) if before is None else before.order
        place, near, beyond = np.empty((count, 3)), np.empty((count, KEPT), int), np.empty(count)

        def measure(part: NDArray) -> None:
            here = points[part]
            if before is None:
                place[part], near[part], beyond[part] = self._search(here, self._center_tree.query(here)[1])
            else:
                moved = np.linalg.norm(here - before.points[part], axis=1) * (1 + 1e-12)
                place[part], near[part], beyond[part] = self._follow(
                    here, before.near[part], before.beyond[part] - moved
                )

        parts = [order[first : first + AT_ONCE] for first in range(0, count, AT_ONCE)]
        if len(parts) == 1:
            measure(parts[0])
        else:
            with ThreadPoolExecutor() as pool:  # numpy and scipy work outside Python's lock
                list(pool.map(measure, parts))
        return Closest(np.linalg.norm(points - place, axis=1), place, near[:, 0], points, near, beyond, order)

    def _follow(self, points: NDArray, near: NDArray, beyond: NDArray) -> tuple[NDArray, NDArray, NDArray]:
        """As :meth:`_search`, of points whose triangles besides ``near`` (N, KEPT) are at least ``beyond`` (N,) away."""
        offset = self._offset(np.repeat(points, KEPT, axis=0), near.ravel())
        square = _dot(offset, offset).reshape(near.shape)
        rows, best = np.arange(len(points)), square.argmin(1)
        place = points + offset.reshape(*near.shape, 3)[rows, best]
        near, beyond = near.copy(), beyond.copy()
        near[rows, best], near[:, 0] = near[:, 0], near[rows, best]
        lost = np.flatnonzero(np.sqrt(square[rows, best]) * (1 + 1e-12) > beyond)
        if len(lost):
            place[lost], near[lost], beyond[lost] = self._search(points[lost], near[lost, 0])
        return place, near, beyond

    def _search(self, points: NDArray, guess: NDArray) -> tuple[NDArray, NDArray, NDArray]:
        """Closest points (N, 3), the nearest triangles (N, KEPT) and how far any other is at least (N,), given a triangle of each point."""
        offset = self._offset(points, guess)
        bound = np.sqrt(_dot(offset, offset)) * (1 + 1e-12) + self._slack
        row, other = self._candidates(points, bound)
        away = points[row] - self._center[other]
        chosen = _dot(away, away) <= (self._radius[other] + bound[row]) ** 2
        row, other = row[chosen], other[chosen]
        offset = self._offset(points[row], other)
        square = _dot(offset, offset)
        starts = np.searchsorted(row, np.arange(len(points)))
        near = np.empty((len(points), KEPT), int)
        for rank in range(KEPT):
            first = _first_least(square, row, starts)
            near[:, rank] = other[first]
            if rank == 0:
                place = points + offset[first]
            square[first] = np.inf
        return place, near, np.minimum(np.sqrt(np.minimum.reduceat(square, starts)), bound)

    def _candidates(self, points: NDArray, bound: NDArray) -> tuple[NDArray, NDArray]:
        """Pairs (point, triangle), sorted by point, that hold every point's closest triangle."""
        _, cell = np.unique(np.floor(points / self._cell), axis=0, return_inverse=True)
        cell = cell.ravel()
        count = np.bincount(cell)
        middle = np.stack([np.bincount(cell, points[:, axis]) / count for axis in range(3)], 1)
        reach = np.zeros(len(count))
        np.maximum.at(reach, cell, np.linalg.norm(points - middle[cell], axis=1) + bound)
        lists = []
        for members, largest, tree in self._classes:
            found = tree.query_ball_point(middle, reach + largest, return_sorted=False)
            sizes = np.fromiter(map(len, found), int, len(found))
            lists.append((np.repeat(np.arange(len(found)), sizes), members[np.concatenate(found).astype(int)]))
        owner, triangle = (np.concatenate(column) for column in zip(*lists, strict=True))
        order = np.argsort(owner, kind="stable")
        triangle = triangle[order]
        sizes = np.bincount(owner, minlength=len(count))
        starts = np.cumsum(sizes) - sizes
        each = sizes[cell]
        row = np.repeat(np.arange(len(points)), each)
        within = np.arange(len(row)) - np.repeat(np.cumsum(each) - each, each)
        return row, triangle[starts[cell][row] + within]

    def _offset(self, points: NDArray, triangle: NDArray) -> NDArray:
        """(N, 3) from each point to the closest point of one triangle: on its face, or the nearest of its edges."""
        ab, ac = self._ab[triangle], self._ac[triangle]
        ap = points - self._origin[triangle]
        d1, d2 = _dot(ab, ap), _dot(ac, ap)
        aa, bb, cc = _dot(ab, ab), _dot(ab, ac), _dot(ac, ac)
        area = aa * cc - bb * bb
        v, w = cc * d1 - bb * d2, aa * d2 - bb * d1
        inside = (v >= 0) & (w >= 0) & (v + w <= area) & (area > 0)
        scale = np.where(inside, area, 1.0)
        v, w = v / scale, w / scale
        out = np.flatnonzero(~inside)
        if len(out):
            v[out], w[out] = _on_edges(d1[out], d2[out], aa[out], bb[out], cc[out])
        return v[:, None] * ab + w[:, None] * ac - ap


def _on_edges(d1: NDArray, d2: NDArray, aa: NDArray, bb: NDArray, cc: NDArray) -> tuple[NDArray, NDArray]:
    """Coordinates (v, w) along ab and ac of the nearest point on the triangle's edges."""

    def along(numerator: NDArray, denominator: NDArray) -> NDArray:
        return np.clip(numerator / np.where(denominator > 0, denominator, 1.0), 0, 1)

    s = along(d1, aa)
    t = along(d2, cc)
    u = along(d2 - d1 + aa - bb, aa - 2 * bb + cc)  # from b to c
    v, w = np.stack([s, 0 * t, 1 - u]), np.stack([0 * s, t, u])
    square = v * v * aa + w * w * cc + 2 * v * w * bb - 2 * (v * d1 + w * d2)
    best = square.argmin(0)
    rows = np.arange(len(best))
    return v[best, rows], w[best, rows]


def _first_least(values: NDArray, row: NDArray, starts: NDArray) -> NDArray:
    """(N,) where each row's least value stands; the rows begin at ``starts`` (N,)."""
    least = np.flatnonzero(values == np.minimum.reduceat(values, starts)[row])
    return least[np.searchsorted(least, starts)]


def _size_classes(centers: NDArray, radius: NDArray) -> list[tuple[NDArray, float, cKDTree]]:
    """Triangles of similar size: their indices, largest radius, and a tree of their centres."""
    exponent = np.floor(np.log2(np.maximum(radius / max(float(np.median(radius)), 1e-300), 2.0**-3))).astype(int)
    classes = []
    for value in np.unique(exponent):
        members = np.flatnonzero(exponent == value)
        classes.append((members, float(radius[members].max()), cKDTree(centers[members])))
    return classes


def _dot(a: NDArray, b: NDArray) -> NDArray:
    return np.einsum("nc,nc->n", a, b)
