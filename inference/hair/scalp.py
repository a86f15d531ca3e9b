# SPDX-License-Identifier: GPL-3.0-or-later
"""Hair roots: where strands may stand on a head's scalp, and the natural hairline."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator
from scipy.spatial import cKDTree

from ..head.model import HeadModel, vertex_normals
from .anatomy import Anatomy

CHART_PIXELS = 1024
PACKING = 0.62  # squared distance times density of points thrown greedily, measured

# The natural hairline of an adult: azimuth -> elevation in degrees, the front relative to the anatomy's own hairline.
FRONT_AZIMUTHS = (0.0, 14.0, 28.0, 40.0, 50.0)
FRONT_OFFSETS = (0.0, 0.5, 0.5, -3.0, -9.0)
SIDE_AZIMUTHS = (58.0, 64.0, 69.0, 74.0, 80.0, 90.0, 98.0, 106.0, 118.0, 135.0, 160.0, 180.0)
SIDE_ELEVATIONS = (0.0, -13.0, -26.0, -27.0, -20.0, -19.0, -24.0, -36.0, -46.0, -50.0, -52.0, -51.0)


@dataclass(frozen=True)
class Roots:
    """Roots on a head model's scalp, the same for every head of that model.

    vertices: (N, 3) int32, the triangle of each root; barycentric: (N, 3) float32; uv: (N, 2) float32 on the scalp chart.
    """

    vertices: NDArray
    barycentric: NDArray
    uv: NDArray

    def points(self, values: NDArray) -> NDArray:
        """(V, C) values at the vertices -> (N, C) at the roots."""
        return np.einsum("nkc,nk->nc", values[self.vertices], self.barycentric)

    def __getitem__(self, index: NDArray) -> Roots:
        return Roots(self.vertices[index], self.barycentric[index], self.uv[index])

    def __len__(self) -> int:
        return len(self.uv)


def grid_roots(model: HeadModel, size: int = 32) -> tuple[Roots, NDArray]:
    """Roots at the cell centres of a (size, size) grid over the scalp chart.

    Returns the roots and the (N,) flat cell index (row * size + column; row follows v) of each; cells off the scalp have none.
    """
    centers = (np.arange(size) + 0.5) / size
    u, v = np.meshgrid(centers, centers)
    uv = np.stack([u.ravel(), v.ravel()], 1)
    return _roots_at(model, uv)


def scattered_roots(model: HeadModel, count: int, seed: int = 0) -> Roots:
    """About ``count`` roots spread evenly (blue noise) over the template's scalp area; the same for the same seed."""
    triangles = scalp_triangles(model)
    a, b, c = (model.template[triangles[:, k]].astype(np.float64) for k in range(3))
    area = np.linalg.norm(np.cross(b - a, c - a), axis=1) / 2
    random = np.random.default_rng(seed)
    owner = np.sort(random.choice(len(triangles), count * 8, p=area / area.sum()))
    u, v = random.random((2, len(owner)))
    u, v = np.where(u + v > 1, 1 - u, u), np.where(u + v > 1, 1 - v, v)
    barycentric = np.stack([1 - u - v, u, v], 1)
    points = np.einsum("nkc,nk->nc", model.template[triangles[owner]], barycentric)
    radius = np.sqrt(PACKING * area.sum() / count)
    kept = _thin_out(points, radius, random.permutation(len(points)))
    chart = np.einsum("nkc,nk->nc", model.scalp_uv[triangles[owner]], barycentric)
    return Roots(triangles[owner][kept], barycentric[kept].astype(np.float32), chart[kept].astype(np.float32))


def scalp_triangles(model: HeadModel) -> NDArray:
    """(M, 3) triangles whose corners all lie on the scalp chart."""
    triangles = model.surface.triangles()
    return triangles[np.isfinite(model.scalp_uv[triangles]).all((1, 2))]


def root_frames(model: HeadModel, vertices: NDArray, roots: Roots) -> NDArray:
    """(N, 3, 3) orthonormal frames: columns are the tangent along the chart's u, the bitangent and the outward normal."""
    normal = roots.points(scalp_normals(model, vertices))
    normal /= np.linalg.norm(normal, axis=1, keepdims=True)
    corners = vertices[roots.vertices].astype(np.float64)
    chart = model.scalp_uv[roots.vertices].astype(np.float64)
    edges, spans = corners[:, 1:] - corners[:, :1], chart[:, 1:] - chart[:, :1]
    along_u = np.linalg.solve(spans, edges)[:, 0]
    tangent = along_u - normal * (along_u * normal).sum(1, keepdims=True)
    tangent /= np.linalg.norm(tangent, axis=1, keepdims=True)
    return np.stack([tangent, np.cross(normal, tangent), normal], -1)


def scalp_normals(model: HeadModel, vertices: NDArray) -> NDArray:
    """(V, 3) smooth outward normals of the scalp's vertices, zero elsewhere."""
    return vertex_normals(vertices.astype(np.float64), scalp_triangles(model))


def hairline(
    anatomy: Anatomy, azimuth: NDArray, height: float = 0.0, recession: float = 0.0, nape: float = 0.0
) -> NDArray:
    """Elevation in degrees of the hairline at azimuths in degrees.

    height: raises the front, degrees; recession: 0 natural .. 1 deep corners over the temples; nape: raises the nape, degrees.
    """
    front = np.degrees(np.arctan2(anatomy.hairline - anatomy.center[2], 0.091 * anatomy.scale)) + height
    azimuths = np.array(FRONT_AZIMUTHS + SIDE_AZIMUTHS)
    elevations = np.array([front + offset for offset in FRONT_OFFSETS] + list(SIDE_ELEVATIONS))
    elevations += recession * 30 * np.exp(-(((azimuths - 40) / 13) ** 2))
    elevations += nape * (azimuths > 112)
    return PchipInterpolator(azimuths, elevations)(np.abs(azimuth))


def _roots_at(model: HeadModel, uv: NDArray) -> tuple[Roots, NDArray]:
    """Roots at chart positions (K, 2), and which of the positions lie on the scalp."""
    triangles = scalp_triangles(model)
    owner_map = np.full((CHART_PIXELS, CHART_PIXELS), -1, np.int32)
    corners = np.round(model.scalp_uv[triangles] * CHART_PIXELS).astype(np.int32)
    for index, corner in enumerate(corners):
        cv2.fillConvexPoly(owner_map, corner, index)
    column, row = np.clip((uv * CHART_PIXELS).astype(int), 0, CHART_PIXELS - 1).T
    owner = owner_map[row, column]
    cell = np.flatnonzero(owner >= 0)
    triangle = triangles[owner[cell]]
    chart = model.scalp_uv[triangle].astype(np.float64)
    spans = np.stack([chart[:, 1] - chart[:, 0], chart[:, 2] - chart[:, 0]], -1)
    weights = np.linalg.solve(spans, (uv[cell] - chart[:, 0])[..., None])[..., 0]
    # A cell centre may lie a fraction of a pixel outside the triangle that was painted there.
    barycentric = np.clip(np.stack([1 - weights.sum(1), weights[:, 0], weights[:, 1]], 1), 0, 1)
    barycentric /= barycentric.sum(1, keepdims=True)
    return Roots(triangle, barycentric.astype(np.float32), uv[cell].astype(np.float32)), cell


def _thin_out(points: NDArray, radius: float, order: NDArray) -> NDArray:
    """Indices of points that keep at least ``radius`` from each other, taken greedily in ``order``."""
    neighbours = cKDTree(points).query_ball_point(points, radius)
    free = np.ones(len(points), bool)
    kept = []
    for index in order:
        if free[index]:
            kept.append(index)
            free[neighbours[index]] = False
    return np.sort(np.array(kept))
