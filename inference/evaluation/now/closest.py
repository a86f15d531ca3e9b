# SPDX-License-Identifier: GPL-3.0-or-later
"""Exact closest points on a triangle mesh, for many points at once.

The triangle with the nearest centre (or the caller's guess) bounds each point's distance. Points are then taken together in small
cells: a k-d tree per size class of triangles names, for each cell, those whose bounding spheres come within its points' bounds,
and what a point's own bound does not rule out is measured.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

AT_ONCE = 15_000
CELL = 0.6  # side of a cell in median triangle radii


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
        self._cell = CELL * max(float(np.median(self._radius)), 1e-300)

    def closest(self, points: NDArray, guess: NDArray | None = None) -> tuple[NDArray, NDArray, NDArray]:
        """(N,) distances, (N, 3) closest points, (N,) triangles for (N, 3) points; a good ``guess`` (N,) of the triangles saves time."""
        points = np.asarray(points, np.float64)
        distance, place = np.empty(len(points)), np.empty((len(points), 3))
        triangle = np.empty(len(points), int)
        order = np.lexsort(np.floor(points / self._cell).T)

        def measure(part: NDArray) -> None:
            start = self._center_tree.query(points[part])[1] if guess is None else guess[part]
            distance[part], place[part], triangle[part] = self._closest(points[part], start)

        parts = [order[first : first + AT_ONCE] for first in range(0, len(points), AT_ONCE)]
        if len(parts) == 1:
            measure(parts[0])
        else:
            with ThreadPoolExecutor() as pool:  # numpy and scipy work outside Python's lock
                list(pool.map(measure, parts))
        return distance, place, triangle

    def _closest(self, points: NDArray, triangle: NDArray) -> tuple[NDArray, NDArray, NDArray]:
        triangle = triangle.copy()
        offset = self._offset(points, triangle)
        square = _dot(offset, offset)
        bound = np.sqrt(square) * (1 + 1e-12)
        row, other = self._candidates(points, bound)
        away = points[row] - self._center[other]
        near = (_dot(away, away) <= (self._radius[other] + bound[row]) ** 2) & (other != triangle[row])
        row, other = row[near], other[near]
        if len(row):
            further = self._offset(points[row], other)
            length = _dot(further, further)
            owners, starts = np.unique(row, return_index=True)
            best = np.flatnonzero(length == np.minimum.reduceat(length, starts)[np.searchsorted(owners, row)])
            best = best[length[best] < square[row[best]]]
            offset[row[best]], square[row[best]], triangle[row[best]] = further[best], length[best], other[best]
        return np.sqrt(square), points + offset, triangle

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
