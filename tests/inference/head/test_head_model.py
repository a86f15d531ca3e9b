# SPDX-License-Identifier: GPL-3.0-or-later
"""Blend shapes and skinning against a slow, obvious computation in double precision."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from inference.head.model import HeadModel, rotation_matrices
from inference.head.open_head import load_open_head


@pytest.fixture(scope="module")
def head() -> HeadModel:
    return load_open_head()


def test_nothing_is_the_template(head: HeadModel) -> None:
    assert np.array_equal(head.forward(), head.template)
    zeros = np.zeros(len(head.shape_names)), np.zeros(len(head.expression_names)), np.zeros((5, 3))
    assert np.abs(head.forward(*zeros) - head.template).max() < 1e-6


def test_shape_and_expression_add_up(head: HeadModel) -> None:
    random = np.random.default_rng(0)
    shape, expression = random.normal(size=len(head.shape_names)), random.random(len(head.expression_names))
    expected = head.template.astype(np.float64)
    for coefficient, direction in zip(shape, head.shape_basis, strict=True):
        expected = expected + coefficient * direction
    for coefficient, direction in zip(expression, head.expression_basis, strict=True):
        expected = expected + coefficient * direction
    assert np.abs(head.forward(shape, expression) - expected).max() < 2e-6


def test_skinning_matches_the_naive_sum(head: HeadModel) -> None:
    random = np.random.default_rng(1)
    pose = random.normal(scale=0.3, size=(5, 3))
    shape = random.normal(size=len(head.shape_names)) * head.shape_deviation
    got = head.forward(shape=shape, pose=pose)
    assert np.abs(got - _naive_skinning(head, head.shaped(shape).astype(np.float64), pose)).max() < 2e-6


def test_rotations_are_those_of_scipy() -> None:
    vectors = np.random.default_rng(2).normal(size=(20, 3))
    assert np.allclose(rotation_matrices(vectors), Rotation.from_rotvec(vectors).as_matrix(), atol=1e-12)


def _naive_skinning(head: HeadModel, shaped: NDArray, pose: NDArray) -> NDArray:
    """Each joint turns its subtree about its own rest position, children first."""
    joints = head.joints
    rest = joints.regressor.astype(np.float64) @ shaped
    skinned = np.zeros_like(shaped)
    for joint in range(len(joints.names)):
        moved = shaped.copy()
        turning = joint
        while turning >= 0:
            moved = (moved - rest[turning]) @ Rotation.from_rotvec(pose[turning]).as_matrix().T + rest[turning]
            turning = joints.parents[turning]
        skinned += joints.weights[:, joint, None].astype(np.float64) * moved
    return skinned
