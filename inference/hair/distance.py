# SPDX-License-Identifier: GPL-3.0-or-later
"""Signed distance to a head's skin on a voxel grid, made once per head and looked up by every strand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial import cKDTree

SPACING = 0.005
MARGIN = 0.035
BAND = 2.5
FARTHEST_NODE = 1.3  # spacings by which the distance differs from the nearest node's, at most, but between the lips


@dataclass(frozen=True)
class DistanceField:
    """Distance in metres (positive outside) and its gradient at the nodes of a regular grid.

    origin: (3,) position of node (0, 0, 0); spacing: metres; nodes: (X, Y, Z, 4) float32 = distance, gradient x, y, z.
    Beyond the grid the nearest border value counts: below the bust's rim the body goes on straight down.
    """

    origin: NDArray
    spacing: float
    nodes: NDArray

    def sample(self, points: NDArray) -> tuple[NDArray, NDArray]:
        """(..., 3) points -> float32 distance (...) and unit gradient (..., 3), trilinear."""
        place = self._place(points)
        low = place.astype(np.int32)
        part = place - low
        corner = self._index(low)[..., None] + self._corners
        share = np.stack([1 - part, part], -1)  # (..., axis, low or high)
        weight = (share[..., 0, :, None, None] * share[..., 1, None, :, None]) * share[..., 2, None, None, :]
        weight = weight.reshape(corner.shape)
        value = np.einsum("...k,...kc->...c", weight, self.nodes.reshape(-1, 4)[corner])
        gradient = value[..., 1:]
        length = np.sqrt(np.einsum("...c,...c->...", gradient, gradient))[..., None]
        return value[..., 0], gradient / np.maximum(length, 1e-6)

    def may_be_within(self, points: NDArray, reach: NDArray) -> NDArray:
        """(...) bool: False for points (..., 3) that are farther than ``reach`` (...) from the skin; quicker than :meth:`sample`."""
        nearest = self.nodes.reshape(-1, 4)[:, 0][self._index((self._place(points) + 0.5).astype(np.int32))]
        return nearest < reach + FARTHEST_NODE * self.spacing

    def _place(self, points: NDArray) -> NDArray:
        """Points in units of the grid, kept inside it, float32."""
        place = ((points - self.origin) / self.spacing).astype(np.float32)
        return np.minimum(np.maximum(place, 0), np.array(self.nodes.shape[:3], np.float32) - 1.001)

    def _index(self, node: NDArray) -> NDArray:
        _, rows, columns, _ = self.nodes.shape
        return (node[..., 0] * rows + node[..., 1]) * columns + node[..., 2]

    @property
    def _corners(self) -> NDArray:
        """(8,) what to add to a node's index for the corners of the cell that begins there."""
        return self._index(np.array([(x, y, z) for x in (0, 1) for y in (0, 1) for z in (0, 1)]))


def distance_field(
    vertices: NDArray, triangles: NDArray, spacing: float = SPACING, floor: float | None = None
) -> DistanceField:
    """The field of a skin surface (V, 3), (M, 3); the surface may be open at the bottom (the bust's rim).

    floor: the height below which the body goes on straight down, by default a little above the lowest vertex.
    """
    samples, normals = surface_samples(vertices, triangles, spacing / 2)
    used = vertices[np.unique(triangles)]
    low, high = used.min(0) - MARGIN, used.max(0) + MARGIN
    # Above the rim, so that clamping continues the body downwards.
    low[2] = used[:, 2].min() + 2 * spacing if floor is None else floor
    shape = np.ceil((high - low) / spacing).astype(int) + 1
    occupied = np.zeros(shape, bool)
    cells = np.round((samples - low) / spacing).astype(int)
    inside_grid = np.all((cells >= 0) & (cells < shape), axis=1)
    occupied[tuple(cells[inside_grid].T)] = True
    steps = ndimage.distance_transform_edt(~occupied)
    band = steps <= BAND
    nodes = np.argwhere(band)
    distance = np.empty(shape, np.float32)
    distance[band] = _signed_distance(low + nodes * spacing, samples, normals)
    nearest = ndimage.distance_transform_edt(~band, return_distances=False, return_indices=True)
    sign = np.sign(distance[tuple(nearest)])
    distance = np.where(band, distance, sign * steps * spacing).astype(np.float32)
    distance = _kept_full(ndimage.gaussian_filter(distance, 0.6), (samples[inside_grid] - low) / spacing)
    gradient = np.stack(np.gradient(distance, spacing), -1)
    return DistanceField(low, spacing, np.concatenate([distance[..., None], gradient], -1).astype(np.float32))


def _kept_full(distance: NDArray, surface: NDArray) -> NDArray:
    """Distances lowered where parts thinner than the grid (the rims of the ears) would be lost; surface (K, 3) in grid units."""
    lost = np.clip(ndimage.map_coordinates(distance, surface.T, order=1), 0, None)
    lowered = np.zeros_like(distance)
    corner = surface.astype(int)
    for offset in np.ndindex(2, 2, 2):
        node = np.minimum(corner + offset, np.array(distance.shape) - 1)
        np.maximum.at(lowered, tuple(node.T), lost)
    return distance - lowered


def surface_samples(vertices: NDArray, triangles: NDArray, step: float) -> tuple[NDArray, NDArray]:
    """Points about ``step`` apart on the triangles and their unit normals, each (K, 3)."""
    a, b, c = (vertices[triangles[:, k]].astype(np.float64) for k in range(3))
    cross = np.cross(b - a, c - a)
    area = np.linalg.norm(cross, axis=1) / 2
    normal = cross / np.maximum(2 * area, 1e-14)[:, None]
    count = np.maximum(1, np.round(area / step**2)).astype(int)
    owner = np.repeat(np.arange(len(triangles)), count)
    order = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)
    # A low-discrepancy sequence folded into the triangle covers it evenly without random numbers.
    u = (0.5 + order * 0.7548776662466927) % 1
    v = (0.5 + order * 0.5698402909980532) % 1
    folded = u + v > 1
    u, v = np.where(folded, 1 - u, u), np.where(folded, 1 - v, v)
    points = a[owner] + u[:, None] * (b - a)[owner] + v[:, None] * (c - a)[owner]
    return points, normal[owner]


def _signed_distance(points: NDArray, samples: NDArray, normals: NDArray) -> NDArray:
    """Distance to the nearest samples' tangent planes, averaged over three to smooth out creases."""
    distance, index = cKDTree(samples).query(points, k=3)
    height = np.einsum("nkc,nkc->nk", points[:, None] - samples[index], normals[index])
    weight = 1 / (distance + 1e-4)
    plane = (height * weight).sum(1) / weight.sum(1)
    return np.where(np.abs(plane) > 0.5 * distance[:, 0], plane, np.sign(plane) * distance[:, 0])
