# SPDX-License-Identifier: GPL-3.0-or-later
"""Many heads at once: the same as HeadModel.forward, with one matrix product over all of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .model import HeadModel, rotation_matrices


def forward_batch(model: HeadModel, shape: NDArray, expression: NDArray, pose: NDArray) -> NDArray[np.float32]:
    """(N, V, 3) vertices of (N, <= S) shape and (N, <= E) expression coefficients and (N, J, 3) axis-angle poses."""
    count, size = len(shape), model.template.size
    rotations = rotation_matrices(np.asarray(pose, np.float64))
    parts = [
        (np.asarray(shape, np.float32), model.shape_basis),
        (np.asarray(expression, np.float32), model.expression_basis),
    ]
    flat = np.tile(model.template.reshape(1, size), (count, 1))
    for coefficients, basis in parts:
        flat += coefficients @ basis[: coefficients.shape[1]].reshape(-1, size)
    positions = np.matmul(model.joints.regressor, flat.reshape(count, -1, 3))
    if len(model.pose_basis):
        feature = (rotations[:, 1:] - np.eye(3)).reshape(count, -1).astype(np.float32)
        flat += feature @ model.pose_basis.reshape(-1, size)
    # Each joint's motion as a (4, 3) matrix on (x, y, z, 1).
    motions = np.zeros((count, len(model.joints.parents), 4, 3))
    for joint, parent in enumerate(model.joints.parents):
        linear, world = rotations[:, joint], positions[:, joint].astype(np.float64)
        if parent >= 0:
            above = motions[:, parent]
            linear = np.matmul(np.swapaxes(above[:, :3], 1, 2), linear)
            world = np.einsum("nij,ni->nj", above[:, :3], world) + above[:, 3]
        motions[:, joint, :3] = np.swapaxes(linear, 1, 2)
        motions[:, joint, 3] = world - np.einsum("nij,nj->ni", linear, positions[:, joint])
    vertices = flat.reshape(count, -1, 3)
    weights = np.ascontiguousarray(model.joints.weights.T)
    # Axis by axis: whole rows of numbers multiply faster than triples.
    by_axis = np.ascontiguousarray(np.moveaxis(motions, 1, -1), np.float32).reshape(count, 12, -1)
    rows = np.empty((12, len(model.template)), np.float32)
    for number in range(count):
        place = vertices[number].T.copy()
        turned = np.matmul(by_axis[number], weights, out=rows).reshape(4, 3, -1)
        vertices[number] = (np.einsum("kav,kv->av", turned[:3], place) + turned[3]).T
    return vertices
