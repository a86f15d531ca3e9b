# SPDX-License-Identifier: GPL-3.0-or-later
"""The texture chart of a head model as arrays over texels; made once per model and size.

Texel (row, column) lies at u = (column + 0.5) / size, v = 1 - (row + 0.5) / size. Texels outside the chart repeat the nearest one inside,
so every picture made from the atlas is padded.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage, sparse
from scipy.spatial import cKDTree

from ..head.model import HeadModel
from ..raster import rasterize

SKIN_PARTS = ("skin", "mouth")


@dataclass(frozen=True, eq=False)
class Atlas:
    """size: texels per side. to_texels: (size * size, V) sparse float32, barycentric; to_vertices: its transpose, (V, size * size).

    covered: (size, size) bool, texels inside the chart. area: (V,) float32, texels a vertex stands for.
    mirror_x, mirror_y: (size, size) float32, pixel coordinates of the texel on the other side of the head, for cv2.remap.
    """

    size: int
    to_texels: sparse.csr_matrix
    to_vertices: sparse.csr_matrix
    covered: NDArray[np.bool_]
    area: NDArray[np.float32]
    mirror_x: NDArray[np.float32]
    mirror_y: NDArray[np.float32]

    def spread(self, values: NDArray) -> NDArray[np.float32]:
        """Per-vertex values (V,) or (V, C) -> picture (size, size) or (size, size, C)."""
        picture = self.to_texels @ np.asarray(values, np.float32)
        return picture.reshape(self.size, self.size, *values.shape[1:])

    def gather(self, picture: NDArray) -> NDArray[np.float32]:
        """Sums of a picture (size, size) or (size, size, C) over the texels of each vertex, (V,) or (V, C)."""
        return self.to_vertices @ picture.reshape(self.size**2, *picture.shape[2:])


@lru_cache(maxsize=3)
def texture_atlas(model: HeadModel, size: int) -> Atlas:
    """The atlas of the skin and the mouth bag of ``model``."""
    parts = tuple(p for p in SKIN_PARTS if p in model.surface.part_names)
    triangles, uv_triangles = model.surface.triangles(*parts), model.surface.uv_triangles(*parts)
    flat = np.c_[model.surface.uv * [size, -size] + [0, size], np.ones(len(model.surface.uv))]
    fragments = rasterize(flat, uv_triangles, size, size, perspective=False)
    covered = fragments.covered
    inside = ndimage.distance_transform_edt(~covered, return_distances=False, return_indices=True)
    triangle = fragments.triangle[tuple(inside)].ravel()
    barycentric = fragments.barycentric[tuple(inside)].reshape(-1, 3)

    count = size * size
    start = np.arange(0, 3 * count + 1, 3, dtype=np.int32)
    to_texels = sparse.csr_matrix(
        (barycentric.ravel(), triangles[triangle].ravel().astype(np.int32), start), (count, len(model.template))
    )
    to_vertices = sparse.csr_matrix(to_texels.multiply(covered.reshape(-1, 1).astype(np.float32)).T)
    area = np.asarray(to_vertices.sum(1), np.float32).ravel()
    mirrored = np.einsum("nkc,nk->nc", _mirrored_corners(model, parts)[triangle], barycentric).astype(np.float32)
    column, row = mirrored[:, 0] * size - 0.5, (1 - mirrored[:, 1]) * size - 0.5
    return Atlas(size, to_texels, to_vertices, covered, area, column.reshape(size, size), row.reshape(size, size))


def mirror_vertices(model: HeadModel) -> NDArray:
    """(V,) the vertex on the other side of the head: the nearest to the reflection of the template."""
    return cKDTree(model.template).query(model.template * [-1, 1, 1])[1]


def _mirrored_corners(model: HeadModel, parts: tuple[str, ...]) -> NDArray:
    """(M, 3, 2) uv of the mirrored place of each triangle corner, taken within the mirrored polygon so that seams stay apart."""
    surface = model.surface
    chosen = np.isin(surface.face_parts, [surface.part_names.index(p) for p in parts])
    faces, uv_faces = surface.faces[chosen], surface.uv_faces[chosen]
    quad = faces[:, 3] >= 0
    corners = model.template[faces].astype(np.float64)
    centers = np.where(quad[:, None], corners.mean(1), corners[:, :3].mean(1))
    other = cKDTree(centers).query(centers * [-1, 1, 1])[1]
    distance = np.linalg.norm(corners[:, :, None] * [-1, 1, 1] - corners[other][:, None], axis=-1)
    distance[:, :, 3][~quad[other]] = np.inf
    nearest = distance.argmin(2)
    uv = surface.uv[np.take_along_axis(uv_faces[other], nearest, 1)]
    return np.concatenate([uv[:, :3], uv[quad][:, [0, 2, 3]]])
