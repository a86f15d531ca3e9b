# SPDX-License-Identifier: GPL-3.0-or-later
"""The nearest point of a triangle mesh that faces the same way."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from ..model import vertex_normals

CANDIDATES = 24
DISAGREEMENT = 0.006  # metres by which a triangle that faces the other way seems farther away


@dataclass(frozen=True, eq=False)
class SurfacePoints:
    """Points on a mesh: vertices (N, 3) the triangle's corners, barycentric (N, 3), triangle (N,) its index."""

    vertices: NDArray
    barycentric: NDArray
    triangle: NDArray

    def of(self, values: NDArray) -> NDArray:
        """(V, C) values at the mesh's vertices -> (N, C) at the points."""
        return np.einsum("nkc,nk->nc", values[self.vertices], self.barycentric)


class Surface3D:
    """A mesh prepared for closest-point queries. positions (V, 3), triangles (T, 3)."""

    def __init__(self, positions: NDArray, triangles: NDArray) -> None:
        self.positions, self.triangles = positions, triangles
        corners = positions[triangles]
        normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        self.normals = normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
        self.vertex_normals = vertex_normals(positions, triangles)
        self._tree = cKDTree(corners.mean(1))

    def closest(self, points: NDArray, normals: NDArray) -> SurfacePoints:
        """The nearest points to (N, 3) points whose surface looks along (N, 3) unit normals."""
        count = min(CANDIDATES, len(self.triangles))
        candidate = self._tree.query(points, count)[1].reshape(len(points), count)
        corners = self.positions[self.triangles[candidate]]
        weights = closest_barycentric(points[:, None], corners)
        distance = np.linalg.norm(np.einsum("nmkc,nmk->nmc", corners, weights) - points[:, None], axis=-1)
        turned = 1 - np.einsum("nmc,nc->nm", self.normals[candidate], normals)
        best = (distance + DISAGREEMENT * turned).argmin(1)
        row = np.arange(len(points))
        triangle = candidate[row, best]
        return SurfacePoints(self.triangles[triangle], weights[row, best], triangle)


def closest_barycentric(points: NDArray, corners: NDArray) -> NDArray:
    """Barycentric weights (..., 3) of the point of each triangle (..., 3, 3) nearest to (..., 3) points (Ericson 2005, 5.1.5)."""
    a, b, c = corners[..., 0, :], corners[..., 1, :], corners[..., 2, :]
    ab, ac, bc = b - a, c - a, c - b

    def dot(x: NDArray, y: NDArray) -> NDArray:
        return np.einsum("...c,...c->...", x, y)

    def along(edge: NDArray, start: NDArray) -> NDArray:
        return np.clip(dot(edge, points - start) / np.maximum(dot(edge, edge), 1e-18), 0, 1)

    d00, d01, d11 = dot(ab, ab), dot(ab, ac), dot(ac, ac)
    d20, d21 = dot(points - a, ab), dot(points - a, ac)
    area = np.maximum(d00 * d11 - d01 * d01, 1e-24)
    v, w = (d11 * d20 - d01 * d21) / area, (d00 * d21 - d01 * d20) / area
    inside = np.stack([1 - v - w, v, w], -1)
    t, zero = along(ab, a), np.zeros_like(v)
    options = [np.stack([1 - t, t, zero], -1)]
    t = along(ac, a)
    options.append(np.stack([1 - t, zero, t], -1))
    t = along(bc, b)
    options.append(np.stack([zero, 1 - t, t], -1))
    stacked = np.stack(options, -2)
    gap = np.einsum("...ok,...kc->...oc", stacked, corners) - points[..., None, :]
    on_edge = np.take_along_axis(stacked, (gap**2).sum(-1).argmin(-1)[..., None, None], -2)[..., 0, :]
    return np.where((inside >= 0).all(-1)[..., None], inside, on_edge)
