# SPDX-License-Identifier: GPL-3.0-or-later
"""Brings the open head onto another head's surface: similarity and shape coefficients first, then free form.

The eyeballs, which both heads have as pieces of their own, give the start; after that each open-head point looks for the nearest place that
faces the same way (non-rigid iterative closest points).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import splu

from ...face.skin_mesh import skin_mesh
from ..model import HeadModel, rotation_matrices, vertex_normals
from .closest import Surface3D

LINEAR_STEPS, FREE_STEPS = 12, 4
NOISE = 0.0015  # metres, of a match in the linear steps
REACH = 0.03, 0.008  # metres beyond which a match is not believed, first and last
FACING = 0.5  # least cosine between matched normals
EAR_WEIGHT = 0.15
STIFFNESS = 300.0, 3.0  # of the free form's bending, first and last, against squared metres
STAYING = 0.02
SLIDING = 0.1  # weight of a match along the surface, beside 1 across it


@dataclass(frozen=True, eq=False)
class Target:
    """The other head in the product's frame: its skin as a surface, its open rims (R,) vertex indices, eye centres (2, 3): left, right."""

    skin: Surface3D
    rim: NDArray
    eyes: NDArray


@dataclass(frozen=True, eq=False)
class Registration:
    """positions (V, 3): every vertex of the open head on the target. turn (3, 3): scale times rotation, for displacements."""

    positions: NDArray
    turn: NDArray


def register(model: HeadModel, target: Target) -> Registration:
    """Fit the open head ``model`` to the target."""
    mesh = skin_mesh(model)
    outside = np.isin(mesh.vertices, model.surface.part_vertices("skin"))
    scale, shift = _first_placing(model, target)
    rotation, shape = np.eye(3), model.shape_mean.astype(np.float64)
    positions = scale * model.shaped(shape).astype(np.float64) @ rotation.T + shift
    for step in range(LINEAR_STEPS):
        reach = np.interp(step, [0, LINEAR_STEPS - 1], REACH)
        place, normal, weight = _matches(model, mesh.vertices, positions, target, reach)
        weight *= outside
        rotation, scale, shift, shape = _linear_step(
            model, mesh.vertices, (rotation, scale, shift, shape), (place, normal, weight), target
        )
        positions = scale * model.shaped(shape).astype(np.float64) @ rotation.T + shift
    for step in range(FREE_STEPS):
        place, normal, weight = _matches(model, mesh.vertices, positions, target, REACH[1])
        stiffness = np.exp(np.interp(step, [0, FREE_STEPS - 1], np.log(STIFFNESS)))
        displacement = _free_step(
            mesh.laplacian, positions[mesh.vertices], (place, normal, weight * outside), stiffness
        )
        positions = positions + mesh.spread(displacement, len(positions))
    return Registration(positions, scale * rotation)


def _first_placing(model: HeadModel, target: Target) -> tuple[float, NDArray]:
    eyes = (model.joints.regressor @ model.shaped(model.shape_mean))[
        [model.joints.names.index(name) for name in ("left_eye", "right_eye")]
    ]
    scale = np.linalg.norm(target.eyes[0] - target.eyes[1]) / np.linalg.norm(eyes[0] - eyes[1])
    return float(scale), target.eyes.mean(0) - scale * eyes.mean(0)


def _matches(
    model: HeadModel, vertices: NDArray, positions: NDArray, target: Target, reach: float
) -> tuple[NDArray, NDArray, NDArray]:
    """For N skin vertices: places (N, 3) on the target, their normals (N, 3), weights (N,), 0 where there is no fair match."""
    normals = vertex_normals(positions, model.surface.triangles("skin", "mouth"))[vertices]
    found = target.skin.closest(positions[vertices], normals)
    place = found.of(target.skin.positions)
    normal = found.of(target.skin.vertex_normals)
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-9)
    distance = np.linalg.norm(place - positions[vertices], axis=1)
    at_rim = (np.isin(found.vertices, target.rim) & (found.barycentric > 0.02)).any(1)
    good = (distance < reach) & ((normal * normals).sum(1) > FACING) & ~at_rim
    weight = 1 - (1 - EAR_WEIGHT) * model.masks["ears"][vertices]
    return place, normal, weight * good


def _linear_step(
    model: HeadModel,
    vertices: NDArray,
    state: tuple[NDArray, float, NDArray, NDArray],
    matches: tuple[NDArray, NDArray, NDArray],
    target: Target,
) -> tuple[NDArray, float, NDArray, NDArray]:
    """One Gauss-Newton step over rotation (3), log scale, shift (3) and shape coefficients, point to plane."""
    rotation, scale, shift, shape = state
    place, normal, weight = matches
    turned = scale * model.shaped(shape)[vertices].astype(np.float64) @ rotation.T
    residual = ((place - turned - shift) * normal).sum(1)
    directions = scale * np.einsum("snc,nc->ns", model.shape_basis[:, vertices], normal @ rotation)
    columns = np.c_[np.cross(turned, normal), (turned * normal).sum(1), normal, directions]
    eyes = np.stack([model.joints.regressor[model.joints.names.index(n)] for n in ("left_eye", "right_eye")])
    eye = scale * (eyes @ model.shaped(shape)).astype(np.float64) @ rotation.T
    eye_columns = _point_columns(
        eye, scale * np.tensordot(model.shape_basis @ rotation.T.astype(np.float32), eyes, ([1], [1]))
    )
    strong = len(vertices) / 20
    rows = np.concatenate([columns * np.sqrt(weight)[:, None], eye_columns * np.sqrt(strong)])
    goal = np.concatenate([residual * np.sqrt(weight), (target.eyes - eye - shift).ravel() * np.sqrt(strong)])
    normal_matrix = rows.T @ rows / NOISE**2
    # Neighbouring vertices say nearly the same, so all together count as some hundreds of independent matches.
    share = min(1.0, 400 / max(weight.sum(), 1))
    gradient = share * (rows.T @ goal) / NOISE**2
    normal_matrix = share * normal_matrix
    prior = model.shape_deviation.astype(np.float64) ** -2
    index = 7 + np.arange(len(prior))
    normal_matrix[index, index] += prior
    gradient[index] -= prior * (shape - model.shape_mean)
    normal_matrix[np.arange(7), np.arange(7)] += 1e-6
    change = np.linalg.solve(normal_matrix, gradient)
    return (
        rotation_matrices(change[:3]) @ rotation,
        scale * np.exp(np.clip(change[3], -0.2, 0.2)),
        shift + change[4:7],
        shape + change[7:],
    )


def _point_columns(points: NDArray, directions: NDArray) -> NDArray:
    """Full (not projected) rows for (2, 3) points; directions (S, 3, 2)."""
    rows = [
        np.r_[np.cross(point, axis), point @ axis, axis, np.tensordot(directions[:, :, number], axis, 1)]
        for number, point in enumerate(points)
        for axis in np.eye(3)
    ]
    return np.array(rows)


def _free_step(
    laplacian: sparse.csr_matrix, positions: NDArray, matches: tuple[NDArray, NDArray, NDArray], stiffness: float
) -> NDArray:
    """(N, 3) displacement towards the matches, smooth; across the surface fully, along it a little."""
    place, normal, weight = matches
    count = len(positions)
    energy = stiffness * (laplacian.T @ laplacian) + STAYING * sparse.identity(count)
    blocks = weight[:, None, None] * ((1 - SLIDING) * normal[:, :, None] * normal[:, None, :] + SLIDING * np.eye(3))
    pull = sparse.bsr_matrix((blocks, np.arange(count), np.arange(count + 1)), shape=(3 * count, 3 * count))
    system = (sparse.kron(energy, sparse.identity(3)) + pull).tocsc()
    goal = np.einsum("nij,nj->ni", blocks, place - positions)
    return (
        splu(system, "MMD_AT_PLUS_A", diag_pivot_thresh=0, options={"SymmetricMode": True})
        .solve(goal.ravel())
        .reshape(-1, 3)
    )
