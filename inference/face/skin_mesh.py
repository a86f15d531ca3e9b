# SPDX-License-Identifier: GPL-3.0-or-later
"""The deformable skin of a head model, and what rides on it (eyeballs, teeth, tongue, lashes)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.spatial import cKDTree

from ..head.model import HeadModel

SKIN_PARTS = ("skin", "mouth")
RIGID_PARTS = (("eyes", "cornea"), ("teeth", "gums", "tongue"))
LID_REACH = 0.006  # metres from the eyeball within which skin counts as its lids


@dataclass(frozen=True)
class SkinMesh:
    """vertices: (N,) indices of the skin. laplacian: (N, N), rows sum to 0. mirror: (N,) the mirrored skin vertex.

    riders: (M,) indices of all other vertices; carry: (M, N), rows sum to 1: rider displacement = carry @ skin displacement.
    """

    vertices: NDArray
    laplacian: sparse.csr_matrix
    mirror: NDArray
    riders: NDArray
    carry: sparse.csr_matrix

    def spread(self, displacement: NDArray, vertex_count: int) -> NDArray:
        """(N, 3) displacement of the skin -> (V, 3) displacement of the whole head."""
        whole = np.zeros((vertex_count, 3))
        whole[self.vertices] = displacement
        whole[self.riders] = self.carry @ displacement
        return whole


@lru_cache(maxsize=4)
def skin_mesh(model: HeadModel) -> SkinMesh:
    """Made once per model."""
    parts = [part for part in SKIN_PARTS if part in model.surface.part_names]
    vertices = model.surface.part_vertices(*parts)
    skin = model.template[vertices].astype(np.float64)
    position = np.full(len(model.template), -1)
    position[vertices] = np.arange(len(vertices))
    triangles = position[model.surface.triangles(*parts)]
    tree = cKDTree(skin)
    mirror = tree.query(skin * [-1, 1, 1])[1]
    riders, carry = _riders(model, vertices, skin, tree)
    return SkinMesh(vertices, _laplacian(triangles, len(vertices)), mirror, riders, carry)


def _laplacian(triangles: NDArray, count: int) -> sparse.csr_matrix:
    """Umbrella operator: mean of the neighbours minus the vertex."""
    i = np.concatenate([triangles[:, k] for k in (0, 1, 2, 1, 2, 0)])
    j = np.concatenate([triangles[:, k] for k in (1, 2, 0, 0, 1, 2)])
    adjacency = sparse.csr_matrix((np.ones(len(i)), (i, j)), (count, count))
    adjacency.data[:] = 1
    degree = np.asarray(adjacency.sum(1)).ravel()
    return (sparse.diags(1 / np.maximum(degree, 1)) @ adjacency - sparse.identity(count)).tocsr()


def _riders(model: HeadModel, vertices: NDArray, skin: NDArray, tree: cKDTree) -> tuple[NDArray, sparse.csr_matrix]:
    riders, rows, columns, weights = [], [], [], []

    def carried(group: NDArray, by: NDArray, share: NDArray) -> None:
        first = sum(map(len, riders))
        riders.append(group)
        rows.append(np.repeat(first + np.arange(len(group)), by.shape[-1]))
        columns.append(np.broadcast_to(by, (len(group), by.shape[-1])).ravel())
        weights.append(np.broadcast_to(share, (len(group), by.shape[-1])).ravel())

    taken = np.zeros(len(model.template), bool)
    taken[vertices] = True
    eyes, mouth = (_vertices_of(model, parts) for parts in RIGID_PARTS)
    for side in (1, -1):
        ball = eyes[model.template[eyes, 0] * side > 0]
        if len(ball):
            lids = np.flatnonzero(cKDTree(model.template[ball]).query(skin)[0] < LID_REACH)
            carried(ball, lids, np.full(len(lids), 1 / len(lids)))
    if len(mouth):
        lips = model.masks["lips"][vertices]
        near = np.flatnonzero(lips > 0.5)
        carried(mouth, near, np.full(len(near), 1 / len(near)))
    taken[eyes] = taken[mouth] = True
    loose = np.flatnonzero(~taken)
    if len(loose):
        distance, near = tree.query(model.template[loose], k=3)
        share = 1 / (distance + 1e-4)
        carried(loose, near, share / share.sum(1, keepdims=True))
    if not riders:
        return np.array([], int), sparse.csr_matrix((0, len(vertices)))
    matrix = sparse.csr_matrix(
        (np.concatenate(weights), (np.concatenate(rows), np.concatenate(columns))),
        (sum(map(len, riders)), len(vertices)),
    )
    return np.concatenate(riders), matrix


def _vertices_of(model: HeadModel, parts: tuple[str, ...]) -> NDArray:
    present = [part for part in parts if part in model.surface.part_names]
    return model.surface.part_vertices(*present) if present else np.array([], int)
