# SPDX-License-Identifier: GPL-3.0-or-later
"""Triangles -> the nearest surface at every pixel.

Pixel (row, column) has its centre at (x, y) = (column + 0.5, row + 0.5); row 0 is on top.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

CANDIDATES_AT_ONCE = 4_000_000


@dataclass(frozen=True)
class Fragments:
    """The visible surface: triangle (H, W) int32 (-1: none), barycentric (H, W, 3) float32, depth (H, W) float32 (inf: none)."""

    triangle: NDArray[np.int32]
    barycentric: NDArray[np.float32]
    depth: NDArray[np.float32]

    @property
    def covered(self) -> NDArray[np.bool_]:
        return self.triangle >= 0


def rasterize(points: NDArray, triangles: NDArray, height: int, width: int, perspective: bool = True) -> Fragments:
    """Nearest triangle at each pixel.

    points:    (V, 3) x and y in pixels, depth along the view axis (smaller is nearer; > 0 when ``perspective``).
    triangles: (T, 3) vertex indices, either orientation.
    perspective: interpolate barycentrics perspective-correctly (1 / depth linear on the picture).
    """
    corners = np.asarray(points, np.float64)[triangles]
    winners: list[tuple[NDArray, NDArray, NDArray, NDArray]] = []
    for chosen, columns, rows in _candidates(corners[:, :, :2], height, width):
        fragment = _inside(corners[chosen], columns + 0.5, rows + 0.5, perspective)
        keep, weights, depth = fragment
        winners.append((chosen[keep], (rows * width + columns)[keep], weights, depth))

    triangle = np.full(height * width, -1, np.int32)
    barycentric = np.zeros((height * width, 3), np.float32)
    nearest = np.full(height * width, np.inf, np.float32)
    if winners:
        owner, pixel, weights, depth = (np.concatenate(parts) for parts in zip(*winners, strict=True))
        order = np.argsort(-depth, kind="stable")  # written far to near, so the nearest is written last
        triangle[pixel[order]] = owner[order]
        barycentric[pixel[order]] = weights[order]
        nearest[pixel[order]] = depth[order]
    return Fragments(
        triangle.reshape(height, width), barycentric.reshape(height, width, 3), nearest.reshape(height, width)
    )


def interpolate(fragments: Fragments, triangles: NDArray, attribute: NDArray) -> NDArray:
    """Per-vertex attribute (V, C) -> (H, W, C); zero where nothing is covered."""
    corners = attribute[triangles[np.maximum(fragments.triangle, 0)]]
    picture = np.einsum("hwkc,hwk->hwc", corners, fragments.barycentric)
    picture[~fragments.covered] = 0
    return picture


def _candidates(corners: NDArray, height: int, width: int) -> Iterator[tuple[NDArray, NDArray, NDArray]]:
    """Yields (triangle, column, row) triples that cover every triangle's bounding box, grouped by the box's size."""
    low = np.ceil(corners.min(1) - 0.5)
    high = np.floor(corners.max(1) - 0.5)
    low, high = np.maximum(low, 0), np.minimum(high, [width - 1, height - 1])
    size = np.where(np.isfinite(high - low), high - low + 1, 0)
    visible = np.flatnonzero((size > 0).all(1))
    exponent = np.ceil(np.log2(size[visible])).astype(int)
    for group in np.unique(exponent, axis=0):
        members = visible[(exponent == group).all(1)]
        across, down = 2 ** group[0], 2 ** group[1]
        for part in np.array_split(members, max(1, len(members) * across * down // CANDIDATES_AT_ONCE)):
            columns = low[part, 0].astype(int)[:, None, None] + np.arange(across)[None, None, :]
            rows = low[part, 1].astype(int)[:, None, None] + np.arange(down)[None, :, None]
            within = (columns <= high[part, 0][:, None, None]) & (rows <= high[part, 1][:, None, None])
            owner = np.broadcast_to(part[:, None, None], within.shape)
            columns, rows = np.broadcast_to(columns, within.shape), np.broadcast_to(rows, within.shape)
            yield owner[within], columns[within], rows[within]


def _inside(corners: NDArray, x: NDArray, y: NDArray, perspective: bool) -> tuple[NDArray, NDArray, NDArray]:
    """(mask over candidates, barycentric of the kept ones, depth of the kept ones)."""
    (ax, ay), (bx, by), (cx, cy) = (corners[:, k, :2].T for k in range(3))
    area = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay)
    with np.errstate(divide="ignore", invalid="ignore"):
        wa = ((bx - x) * (cy - y) - (cx - x) * (by - y)) / area
        wb = ((cx - x) * (ay - y) - (ax - x) * (cy - y)) / area
    wc = 1 - wa - wb
    keep = (wa >= 0) & (wb >= 0) & (wc >= 0) & (area != 0)
    weights = np.stack([wa, wb, wc], 1)[keep]
    z = corners[keep][:, :, 2]
    if perspective:
        weights = weights / z
        depth = 1 / weights.sum(1)
        weights = weights * depth[:, None]
    else:
        depth = (weights * z).sum(1)
    return keep, weights.astype(np.float32), depth.astype(np.float32)
