# SPDX-License-Identifier: GPL-3.0-or-later
"""DECA's displacement map, and the tangent-space normal map that shows the same in Blender.

Maps are square over FLAME's texture chart, row 0 at v = 1; texel (row, column) lies at u = (column + 0.5) / N, v = 1 - (row + 0.5) / N.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..head.model import vertex_normals
from ..raster import rasterize

SIDE = 256
# The part of the texel grid that DECA takes normals of: (first, last + 1) rows and columns of its cells.
GRID_ROWS, GRID_COLUMNS = (5, 250), (2, 253)


@dataclass(frozen=True, eq=False)
class TexelTable:
    """Which surface point each texel shows: triangle corners (N, N, 3) into vertices, barycentric (N, N, 3), covered (N, N) bool."""

    vertices: NDArray
    barycentric: NDArray
    covered: NDArray

    def spread(self, values: NDArray) -> NDArray:
        """(V, C) per vertex -> (N, N, C), 0 outside the chart."""
        picture = np.einsum("hwkc,hwk->hwc", values[self.vertices], self.barycentric)
        picture[~self.covered] = 0
        return picture


def texel_table(uv: NDArray, uv_triangles: NDArray, triangles: NDArray, size: int = SIDE) -> TexelTable:
    """The table of a chart: uv (T, 2), uv_triangles and triangles (M, 3)."""
    flat = np.c_[uv * [size, -size] + [0, size], np.ones(len(uv))]
    fragments = rasterize(flat, uv_triangles, size, size, perspective=False)
    corners = triangles[np.maximum(fragments.triangle, 0)]
    weights = fragments.barycentric.astype(np.float64)
    weights /= np.maximum(weights.sum(-1, keepdims=True), 1e-9)
    return TexelTable(corners, weights, fragments.covered)


def dense_points(table: TexelTable, vertices: NDArray, normals: NDArray, displacement: NDArray) -> NDArray:
    """(N, N, 3) surface points moved along the interpolated vertex normals by the displacement (N, N) in metres."""
    return table.spread(vertices) + displacement[..., None] * table.spread(normals)


def grid_normals(points: NDArray) -> NDArray:
    """(N, N, 3) unit normals of the texel grid of dense points, 0 where DECA takes none; area weighted."""
    size = len(points)
    index = np.arange(size * size).reshape(size, size)
    rows, columns = slice(*GRID_ROWS), slice(*GRID_COLUMNS)
    below, right = slice(GRID_ROWS[0] + 1, GRID_ROWS[1] + 1), slice(GRID_COLUMNS[0] + 1, GRID_COLUMNS[1] + 1)
    a, b = index[rows, columns].ravel(), index[rows, right].ravel()
    c, e = index[below, columns].ravel(), index[below, right].ravel()
    triangles = np.concatenate([np.stack([a, c, b], 1), np.stack([b, c, e], 1)])
    return vertex_normals(points.reshape(-1, 3), triangles).reshape(points.shape)


def detail_normals(
    table: TexelTable, vertices: NDArray, triangles: NDArray, displacement: NDArray, fixed: NDArray, mask: NDArray
) -> NDArray:
    """DECA's normal map (N, N, 3) in the vertices' own frame: of the displaced grid inside the mask (N, N), smooth outside.

    displacement: the decoder's; fixed: the template's own displacement; metres.
    """
    smooth = vertex_normals(vertices, triangles)
    points = dense_points(table, vertices, smooth, displacement * mask + fixed)
    return grid_normals(points) * mask[..., None] + table.spread(smooth) * (1 - mask[..., None])


def tangent_normals(table: TexelTable, frames: NDArray, normals: NDArray) -> NDArray:
    """(N, N, 3) of normals in the surface's tangent space: x along u, y along v, z outward; (0, 0, 1) outside the chart.

    frames: (V, 3, 3) from :func:`tangent_frames`.
    """
    local = table.spread(frames.reshape(len(frames), 9)).reshape(*normals.shape[:2], 3, 3)
    tangent, outward = local[..., 0, :], _unit(local[..., 2, :])
    tangent = _unit(tangent - (tangent * outward).sum(-1, keepdims=True) * outward)
    sign = np.sign((np.cross(outward, tangent) * local[..., 1, :]).sum(-1, keepdims=True))
    side = sign * np.cross(outward, tangent)
    answer = np.stack([(normals * axis).sum(-1) for axis in (tangent, side, outward)], -1)
    known = table.covered & (np.linalg.norm(answer, axis=-1) > 0.1)
    answer[~known] = [0, 0, 1]
    return _unit(answer)


def tangent_frames(vertices: NDArray, triangles: NDArray, uv: NDArray, uv_triangles: NDArray) -> NDArray:
    """(V, 3, 3): rows are the mean directions of u and v on the surface, and the vertex normal."""
    corners, flat = vertices[triangles], uv[uv_triangles].astype(np.float64)
    edges, spans = corners[:, 1:] - corners[:, :1], flat[:, 1:] - flat[:, :1]
    area = spans[:, 0, 0] * spans[:, 1, 1] - spans[:, 0, 1] * spans[:, 1, 0]
    area = np.where(np.abs(area) < 1e-12, 1e-12, area)[:, None]
    along_u = (edges[:, 0] * spans[:, 1, 1:] - edges[:, 1] * spans[:, 0, 1:]) / area
    along_v = (edges[:, 1] * spans[:, 0, :1] - edges[:, 0] * spans[:, 1, :1]) / area
    frames = np.zeros((len(vertices), 3, 3))
    for row, direction in enumerate((along_u, along_v)):
        for corner in range(3):
            np.add.at(frames[:, row], triangles[:, corner], _unit(direction))
    frames[:, 2] = vertex_normals(vertices, triangles)
    return frames


def normal_picture(normals: NDArray) -> NDArray[np.uint8]:
    """(N, N, 3) tangent-space normals -> RGB, 128 is 0."""
    return np.round((normals + 1) / 2 * 255).astype(np.uint8)


def displacement_picture(displacement: NDArray, span: float) -> NDArray[np.uint16]:
    """(N, N) metres -> 16 bit grey: the middle is 0, the whole range is ``span`` metres."""
    return np.round(np.clip(displacement / span + 0.5, 0, 1) * 65535).astype(np.uint16)


def _unit(vectors: NDArray) -> NDArray:
    return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9)
