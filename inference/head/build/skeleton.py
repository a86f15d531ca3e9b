# SPDX-License-Identifier: GPL-3.0-or-later
"""Five joints with smooth weights: neck (the root), head, jaw and both eyes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .crop import Bust
from .makehuman import MakeHuman

NAMES = ("neck", "head", "jaw", "left_eye", "right_eye")
PARENTS = (-1, 0, 1, 1, 1)
# Joint positions about the midpoint of the eyes; those of MakeHuman's rig on the average adult.
NECK = np.array([0.0, 0.105, -0.140])
HEAD = np.array([0.0, 0.078, -0.042])
JAW = np.array([0.0, 0.066, -0.026])
# How much of a bone of MakeHuman's rig turns with the head.
TRUNK_BONES = ("spine01", "spine02", "clavicle.L", "clavicle.R", "shoulder01.L", "shoulder01.R", "breast.L", "breast.R")
TRUNK_BONES += ("upperarm01.L", "upperarm01.R", "upperarm02.L", "upperarm02.R")
NECK_BONES = {"neck01": 0.2, "neck02": 0.5, "neck03": 0.8}


def head_weights(makehuman: MakeHuman, bust: Bust) -> NDArray:
    """(V,) share of each bust vertex that turns with the head; it grows smoothly along the neck."""
    trunk = sum(makehuman.bone_weights(bone) for bone in TRUNK_BONES)
    neck = sum((1 - share) * makehuman.bone_weights(bone) for bone, share in NECK_BONES.items())
    return np.clip(1 - bust.sources @ (trunk + neck), 0, 1)


def jaw_weights(vertices: NDArray, jaw_open: NDArray) -> NDArray:
    """(V,) how much each vertex follows a turn of the jaw, read off the ``jawOpen`` displacement (V, 3)."""
    arm = vertices - JAW
    turn = np.cross([1.0, 0.0, 0.0], arm)
    follow = (turn * jaw_open).sum(1) / np.maximum((turn * turn).sum(1), 1e-6)
    return np.clip(follow / np.percentile(follow[follow > 0], 97), 0, 1)


def regressor_row(vertices: NDArray, ring: NDArray, position: NDArray) -> NDArray:
    """(V,) weights of least norm on the ``ring`` vertices that sum to 1 and reproduce ``position``."""
    conditions = np.concatenate([vertices[ring].T, np.ones((1, len(ring)))])
    row = np.zeros(len(vertices))
    row[ring] = np.linalg.pinv(conditions) @ np.r_[position, 1.0]
    return row


def band(vertices: NDArray, head_weight: NDArray, position: NDArray, half_height: float) -> NDArray:
    """Skin vertices at the height of a joint, near enough to say where it is."""
    near = np.abs(vertices[:, 2] - position[2]) < half_height
    close = np.linalg.norm(vertices[:, :2] - position[:2], axis=1) < 0.085
    return np.flatnonzero(near & close & (head_weight >= 0))
