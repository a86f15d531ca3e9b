# SPDX-License-Identifier: GPL-3.0-or-later
"""The surface point of each landmark: the one that projects nearest to it over many pictures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...face.camera import project
from ..model import HeadModel, LandmarkEmbedding, vertex_normals
from .painted_head import PaintedHead

CAP = 0.006  # metres beyond which a miss counts no more
SUBDIVISION = 6
IRIS_LANDMARKS = range(468, 478)


@dataclass(frozen=True)
class Sighting:
    """One detection: landmarks (L, 2) in pixels on a painted head."""

    landmarks: NDArray
    head: PaintedHead


def measure(model: HeadModel, sightings: list[Sighting]) -> LandmarkEmbedding:
    """Embedding of all landmarks on the skin (irises on the eyeballs), with the median miss as sigma (metres)."""
    skin, eyes = model.surface.part_vertices("skin"), model.surface.part_vertices("eyes")
    corners, weights, sigmas = [], [], []
    count = len(sightings[0].landmarks)
    nearest = _nearest_vertices(model, sightings, skin, eyes)
    neighbours = _triangles_of_vertices(model)
    for landmark in range(count):
        triangles = neighbours[nearest[landmark]]
        vertices, barycentric = _candidates(triangles)
        miss = np.stack([_miss(s, vertices, barycentric, landmark) for s in sightings])
        seen = np.isfinite(miss).sum(0) >= max(3, len(sightings) // 10)
        score = np.where(seen, np.nanmean(np.minimum(miss, CAP), axis=0), np.inf)
        best = int(score.argmin())
        corners.append(vertices[best])
        weights.append(barycentric[best])
        sigmas.append(np.nanmedian(miss[:, best]))
    return LandmarkEmbedding(np.array(corners, np.int32), np.array(weights, np.float32), np.array(sigmas, np.float32))


def _nearest_vertices(model: HeadModel, sightings: list[Sighting], skin: NDArray, eyes: NDArray) -> NDArray:
    count = len(sightings[0].landmarks)
    triangles = model.surface.triangles("skin")
    total = np.zeros((count, len(skin)))
    seen = np.zeros(len(skin))
    total_eyes = np.zeros((count, len(eyes)))
    for s in sightings:
        pixels = project(s.head.camera, s.head.vertices)
        scale = pixels[:, 2].mean() / s.head.camera.focal_px
        normals = vertex_normals(s.head.vertices, triangles)[skin]
        facing = (normals * (s.head.camera.matrix_world[:3, 3] - s.head.vertices[skin])).sum(1) > 0
        total[:, facing] += np.minimum(_distances(s.landmarks, pixels[skin[facing], :2]) * scale, 3 * CAP)
        seen += facing
        total_eyes += np.minimum(_distances(s.landmarks, pixels[eyes, :2]) * scale, CAP)
    often = seen >= len(sightings) / 10
    mean = np.where(often, total / np.maximum(seen, 1), np.inf)
    nearest = skin[mean.argmin(1)]
    front = model.template[eyes, 1] < np.median(model.template[eyes, 1])
    nearest_eye = eyes[np.where(front, total_eyes, np.inf).argmin(1)]
    on_eye = [i for i in IRIS_LANDMARKS if i < count]
    nearest[on_eye] = nearest_eye[on_eye]
    return nearest


def _distances(a: NDArray, b: NDArray) -> NDArray:
    return np.sqrt(np.maximum((a**2).sum(1)[:, None] + (b**2).sum(1) - 2 * a @ b.T, 0))


def _triangles_of_vertices(model: HeadModel) -> list[NDArray]:
    triangles = model.surface.triangles("skin", "eyes")
    owner = np.repeat(np.arange(len(triangles)), 3)
    order = np.argsort(triangles.ravel(), kind="stable")
    bounds = np.searchsorted(triangles.ravel()[order], np.arange(len(model.template) + 1))
    return [triangles[owner[order[bounds[v] : bounds[v + 1]]]] for v in range(len(model.template))]


def _candidates(triangles: NDArray) -> tuple[NDArray, NDArray]:
    """A grid of barycentric points on each triangle: (N, 3) vertices, (N, 3) barycentric."""
    grid = np.array(list(_grid()), np.float64)
    return np.repeat(triangles, len(grid), 0), np.tile(grid, (len(triangles), 1))


def _grid() -> Iterator[tuple[float, float, float]]:
    n = SUBDIVISION
    for i in range(n + 1):
        for j in range(n + 1 - i):
            yield i / n, j / n, (n - i - j) / n


def _miss(sighting: Sighting, vertices: NDArray, barycentric: NDArray, landmark: int) -> NDArray:
    """Metres between the landmark and each candidate in one picture; NaN where the candidate faces away."""
    head = sighting.head
    corners = head.vertices[vertices]
    points = np.einsum("nkc,nk->nc", corners, barycentric)
    pixels = project(head.camera, points)
    miss = (
        np.linalg.norm(pixels[:, :2] - sighting.landmarks[landmark, :2], axis=1) * pixels[:, 2] / head.camera.focal_px
    )
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    facing = (normals * (head.camera.matrix_world[:3, 3] - points)).sum(1) > 0
    return np.where(facing, miss, np.nan)
