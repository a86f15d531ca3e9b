# SPDX-License-Identifier: GPL-3.0-or-later
"""The learned answer: who is in the photo, as the mean of what is possible given its landmarks.

Between a set of yaw angles the relation of landmarks and shape is taken as jointly normal (a conditional mean, linear in the
landmarks); where the landmarks say little, the answer is the average head.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from ...head.model import HeadModel
from .features import Features, features
from .soft_warp import influence

DATA = Path(__file__).parents[1] / "data"
LARGEST_SHIFT = 1e-5  # metres by which a control may miss the template it was taken from
NODE_WIDTH = 10.0  # degrees over which neighbouring nodes blend


@dataclass(frozen=True)
class Identity:
    """shape (S,); offsets (V, 3): metres beyond the shape basis; distance: metres from the camera to the head's origin."""

    shape: NDArray
    offsets: NDArray
    distance: float


@dataclass(frozen=True, eq=False)  # hashed by identity, for caching
class LearnedIdentity:
    """K shape modes, N yaw nodes, P pose terms, L landmarks, C warp controls.

    nodes (N,): radians. by_pose (N, P, 2L): the features a mean head of that pose has. offset (N, K + 1), gain (N, 2L, K + 1): modes
    and log distance from features. coefficients (K, S), warp (K, C, 3): each mode's shape coefficients and control displacements in
    metres; base_shape (S,), base_warp (C, 3): of no mode. controls (C, 3).
    """

    nodes: NDArray
    by_pose: NDArray
    offset: NDArray
    gain: NDArray
    coefficients: NDArray
    warp: NDArray
    base_shape: NDArray
    base_warp: NDArray
    controls: NDArray

    def modes(self, seen: Features) -> tuple[NDArray, float]:
        """(K,) expected modes, and the expected log distance."""
        weight = node_weights(self.nodes, seen.yaw)
        total = np.zeros(self.offset.shape[1])
        for node in np.flatnonzero(weight > 1e-3):
            average = pose_terms(seen.yaw - self.nodes[node], seen.pitch) @ self.by_pose[node]
            total += weight[node] * (self.offset[node] + (seen.displacement - average) @ self.gain[node])
        return total[:-1], float(total[-1])

    def identity(self, model: HeadModel, points: NDArray) -> Identity:
        """From (L, 2) landmark pixels relative to the principal point, y down."""
        modes, log_distance = self.modes(features(model, points))
        shape = self.base_shape + modes @ self.coefficients
        warp = self.base_warp + np.tensordot(modes, self.warp, 1)
        return Identity(shape, _everywhere(model, self) @ warp, float(np.exp(log_distance)))


def node_weights(nodes: NDArray, yaw: float) -> NDArray:
    """(N,) share of each node; beyond the outermost ones, theirs alone."""
    yaw = float(np.clip(yaw, nodes[0], nodes[-1]))
    weight = np.exp(-(((yaw - nodes) / np.radians(NODE_WIDTH)) ** 2) / 2)
    return weight / weight.sum()


def pose_terms(yaw_beside_node: NDArray | float, pitch: NDArray | float) -> NDArray:
    """(..., P) what the features of a mean head are linear in."""
    yaw, pitch = np.asarray(yaw_beside_node, np.float64), np.asarray(pitch, np.float64)
    return np.stack([np.ones_like(yaw), yaw, pitch, pitch**2], -1)


@lru_cache(maxsize=4)
def learned_identity(model: HeadModel) -> LearnedIdentity | None:
    """What was learned for this very head; None when nothing was, or for another shape of its name."""
    path = identity_file(model.name)
    if not path.exists():
        return None
    with np.load(path, allow_pickle=False) as archive:
        learned = LearnedIdentity(**{name: archive[name].astype(np.float64) for name in archive.files})
    same_basis = learned.coefficients.shape[1] == len(model.shape_mean)
    return learned if same_basis and _lies_on(learned.controls, model.template) else None


def _lies_on(controls: NDArray, template: NDArray) -> bool:
    """Whether the control points are vertices of the template."""
    return bool(cKDTree(template).query(controls)[0].max() < LARGEST_SHIFT)


def identity_file(model_name: str) -> Path:
    return DATA / f"{model_name}_identity.npz"


@lru_cache(maxsize=4)
def _everywhere(model: HeadModel, learned: LearnedIdentity) -> NDArray:
    return influence(model.template.astype(np.float64), learned.controls)
