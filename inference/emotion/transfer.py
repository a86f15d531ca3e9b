# SPDX-License-Identifier: GPL-3.0-or-later
"""ARKit coefficients in a head's learned expression basis: displacement transfer by least squares on the head's own surface."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ..head.model import HeadModel
from .dataset import POSE_SIZE, Dataset
from .emotion_keys import jaw_joint
from .photo_set import learned_expressions

# Standard deviation of a learned coefficient, and metres of a vertex that need not be explained.
COEFFICIENT_DEVIATION, TOLERANCE = 1.0, 0.001
STEP = 1e-3  # radians


def learned_transfer(model: HeadModel) -> NDArray:
    """(A, E + 6): what each of the head's A ARKit directions is in its E learned ones and the jaw's turn (linear for small turns)."""
    names = learned_expressions(model)
    weight = np.sqrt(np.maximum(model.masks["face"], model.masks["lips"]))[:, None]
    chosen = weight[:, 0] > 0
    columns = [(weight * model.expression_basis[model.expression_names.index(name)])[chosen].ravel() for name in names]
    columns += [(weight * move)[chosen].ravel() for move in _jaw_turns(model, names)]
    a = np.stack(columns, 1).astype(np.float64)
    wanted = (weight * model.expression_basis[model.sliders])[:, chosen].reshape(model.sliders.stop, -1)
    # A radian of the jaw is as rare as a learned coefficient of five standard deviations.
    prior = np.r_[np.full(len(names), COEFFICIENT_DEVIATION), np.full(3, COEFFICIENT_DEVIATION / 5)]
    solved = np.linalg.solve(a.T @ a / TOLERANCE**2 + np.diag(prior**-2), a.T @ wanted.T / TOLERANCE**2).T
    return np.concatenate([solved[:, : len(names)], np.zeros((len(solved), 3)), solved[:, len(names) :]], 1)


def transferred_dataset(model: HeadModel, dataset: Dataset) -> Dataset:
    """A set in ARKit coefficients, in the head's learned ones; the pose's noise stays."""
    moved = dataset.expression @ learned_transfer(model)
    return replace(
        dataset,
        expressions=learned_expressions(model),
        expression=moved[:, :-POSE_SIZE].astype(np.float32),
        pose=(dataset.pose + moved[:, -POSE_SIZE:]).astype(np.float32),
    )


def _jaw_turns(model: HeadModel, names: tuple[str, ...]) -> list[NDArray]:
    """Three (V, 3): displacement per radian of the jaw about each axis."""
    jaw = jaw_joint(model, names)
    if jaw is None:
        return [np.zeros_like(model.template)] * 3
    rest = model.skin(model.template, np.zeros((len(model.joints.names), 3)))
    turns = []
    for axis in range(3):
        pose = np.zeros((len(model.joints.names), 3))
        pose[jaw, axis] = STEP
        turns.append((model.skin(model.template, pose) - rest) / STEP)
    return turns
