# SPDX-License-Identifier: GPL-3.0-or-later
"""Many heads at once: the same as HeadModel.forward, with matrix products over all of them."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from .model import HeadModel, joint_motions, rotation_matrices, skinned


def forward_batch(model: HeadModel, shape: NDArray, expression: NDArray, pose: NDArray) -> NDArray[np.float32]:
    """(N, V, 3) vertices of (N, <= S) shape and (N, <= E) expression coefficients and (N, J, 3) axis-angle poses."""
    pose = np.asarray(pose, np.float64)
    rotations = rotation_matrices(pose)
    template, of_shape, of_expression = _rest_joints(model)
    parts = [
        (np.asarray(shape, np.float32), model.shape_basis),
        (np.asarray(expression, np.float32), model.expression_basis),
    ]
    positions = template + parts[0][0] @ of_shape[: parts[0][0].shape[1]]
    positions += parts[1][0] @ of_expression[: parts[1][0].shape[1]]
    if len(model.pose_basis):
        features = (rotations[:, 1:] - np.eye(3)).astype(np.float32)
        bending = np.flatnonzero(features.any((0, 2, 3)))  # joints at rest correct nothing
        if len(bending):
            first, last = bending[0], bending[-1] + 1
            parts.append((features[:, first:last].reshape(len(pose), -1), model.pose_basis[9 * first : 9 * last]))
    vertices = _blended(model.template, parts)
    motions = joint_motions(model.joints.parents, rotations, positions.reshape(len(pose), -1, 3))
    return skinned(vertices, model.joints, pose, motions)


def _blended(template: NDArray, parts: list[tuple[NDArray, NDArray]]) -> NDArray[np.float32]:
    """(N, V, 3) of the template (V, 3) and pairs of coefficients (N, k) and a basis (>= k, V, 3)."""
    flat = np.tile(template.reshape(-1), (len(parts[0][0]), 1))
    product = np.empty_like(flat)  # once: fresh memory for each would cost as much as the smaller products
    for coefficients, basis in parts:
        flat += np.matmul(coefficients, basis[: coefficients.shape[1]].reshape(-1, flat.shape[1]), out=product)
    return flat.reshape(len(flat), -1, 3)


@lru_cache(maxsize=2)
def _rest_joints(model: HeadModel) -> tuple[NDArray, NDArray, NDArray]:
    """The joints (3 J,) of the template, and how each shape (S, 3 J) and expression (E, 3 J) moves them."""
    sources = (model.template[None], model.shape_basis, model.expression_basis)
    template, *moves = (np.matmul(model.joints.regressor, values).reshape(len(values), -1) for values in sources)
    return template[0], *moves
