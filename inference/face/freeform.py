# SPDX-License-Identifier: GPL-3.0-or-later
"""Free-form identity: what the shape basis cannot say.

The smallest, smoothest and most symmetric displacement of the skin that brings the landmarks onto the photo. Along the
line of sight nothing pulls but symmetry, which acts like a second view when the face is turned.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import splu
from scipy.spatial import cKDTree

from ..bundle import Camera
from ..head.model import HeadModel, LandmarkEmbedding, vertex_normals
from .camera import project, yaw_degrees
from .skin_mesh import SkinMesh, skin_mesh
from .visibility import visibility

# Weights per square metre against squared landmark distances in standard deviations.
BENDING = 1e4  # of the umbrella Laplacian
STAYING = 1e2  # of the displacement itself, next to landmarks
STAYING_FAR = 1e4  # and at FAR or more from all of them
FAR, BEYOND = 0.03, 0.045  # metres; skin BEYOND all landmarks does not move
SYMMETRY = 3e3  # of the difference to the mirrored displacement
DETECTOR_NOISE = 0.0003  # metres
LEAST_VISIBLE = 0.2


def displacement_to_landmarks(
    model: HeadModel, vertices: NDArray, camera: Camera, picture: NDArray, embedding: LandmarkEmbedding
) -> NDArray:
    """(V, 3) metres that bring the posed head ``vertices`` (V, 3) onto (L, 2) landmark pixels.

    Only landmarks on the skin pull; those that face away from the camera pull little.
    """
    mesh = skin_mesh(model)
    rows = _rows_on_skin(mesh, embedding, len(vertices))
    on_skin = np.asarray(rows.sum(1)).ravel() > 0.99
    rows, picture = rows[on_skin], picture[on_skin]
    weight = np.repeat(_weights(model, vertices, camera, embedding)[on_skin], 2)
    near = _near_landmarks(model)
    rows = rows[:, near]
    seen = project(camera, rows @ vertices[mesh.vertices[near]])
    miss = (picture - seen[:, :2]) * [1, -1] * seen[:, 2:] / camera.focal_px  # metres at the landmark's depth
    planar = _planar_rows(rows, camera)
    pull = planar.T @ sparse.diags(weight)
    system = (_regularizer(model) + pull @ planar).tocsc()
    solver = splu(system, "MMD_AT_PLUS_A", diag_pivot_thresh=0, options={"SymmetricMode": True})
    everywhere = np.zeros((len(mesh.vertices), 3))
    everywhere[near] = solver.solve(pull @ miss.ravel()).reshape(-1, 3)
    return mesh.spread(everywhere, len(vertices))


def prepare_free_form(model: HeadModel) -> None:
    """Do ahead of time what depends on the model alone."""
    _regularizer(model)


@lru_cache(maxsize=4)
def _landmark_distance(model: HeadModel) -> NDArray:
    """(N,) metres from each skin vertex to the nearest landmark, the larger of both sides."""
    mesh = skin_mesh(model)
    landmarks = model.landmarks["mediapipe_478"].points(model.template)
    distance = cKDTree(landmarks).query(model.template[mesh.vertices])[0]
    return np.maximum(distance, distance[mesh.mirror])


@lru_cache(maxsize=4)
def _near_landmarks(model: HeadModel) -> NDArray:
    """Skin vertices (positions in the skin mesh) that may move."""
    return np.flatnonzero(_landmark_distance(model) < BEYOND)


@lru_cache(maxsize=4)
def _regularizer(model: HeadModel) -> sparse.csr_matrix:
    """(3M, 3M) energy of a displacement of the M skin vertices near landmarks, without landmarks."""
    mesh, near, distance = skin_mesh(model), _near_landmarks(model), _landmark_distance(model)
    count = len(mesh.vertices)
    staying = STAYING + (STAYING_FAR - STAYING) * np.clip(distance / FAR, 0, 1) ** 2
    each = BENDING * (mesh.laplacian.T @ mesh.laplacian) + sparse.diags(staying)
    mirror = sparse.csr_matrix((np.ones(count), (np.arange(count), mesh.mirror)), (count, count))
    unequal = sparse.identity(3 * count) - sparse.kron(mirror, sparse.diags([-1.0, 1.0, 1.0]))
    energy = (sparse.kron(each, sparse.identity(3)) + SYMMETRY * (unequal.T @ unequal)).tocsr()
    axes = (3 * near[:, None] + np.arange(3)).ravel()
    return energy[axes][:, axes]


def _rows_on_skin(mesh: SkinMesh, embedding: LandmarkEmbedding, vertex_count: int) -> sparse.csr_matrix:
    """(L, N) barycentric rows; zero rows for landmarks that sit on other parts (irises)."""
    position = np.full(vertex_count, -1)
    position[mesh.vertices] = np.arange(len(mesh.vertices))
    column = position[embedding.vertices]
    row = np.broadcast_to(np.arange(len(column))[:, None], column.shape)
    valid = (column >= 0).all(1)
    return sparse.csr_matrix(
        (embedding.barycentric[valid].ravel().astype(float), (row[valid].ravel(), column[valid].ravel())),
        (len(column), len(mesh.vertices)),
    )


def _planar_rows(rows: sparse.csr_matrix, camera: Camera) -> sparse.csr_matrix:
    """(2L, 3N): the picture-plane part (right, up) of the landmarks' displacement."""
    axes = camera.matrix_world[:3, :2].T
    return sparse.kron(rows, axes).tocsr()


def _weights(model: HeadModel, vertices: NDArray, camera: Camera, embedding: LandmarkEmbedding) -> NDArray:
    normals = embedding.points(vertex_normals(vertices, model.surface.triangles()))
    toward = camera.matrix_world[:3, 3] - embedding.points(vertices)
    facing = (normals * toward).sum(1) / np.linalg.norm(toward, axis=1)
    return visibility(facing, yaw_degrees(camera), LEAST_VISIBLE) / (
        embedding.sigma.astype(np.float64) ** 2 + DETECTOR_NOISE**2
    )
