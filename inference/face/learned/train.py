# SPDX-License-Identifier: GPL-3.0-or-later
"""Learning identity from synthetic photos: a weighted ridge regression at each yaw.

The ridge is noise on every landmark, so that what is tiny and certain on renders is not believed on photos, and noise along
what expressions do, so that a scowl or a laugh that no render had is not taken for the shape of a face.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh

from ...evaluation.now.align import procrustes
from ...evaluation.synthetic.learning_set import LearningSet, face_vertices
from ...head.model import HeadModel
from ...photo.mirror import MIRROR_478
from .expression_noise import expression_directions
from .features import Features, features
from .identity import LearnedIdentity, pose_terms
from .soft_warp import control_points, influence, mirror_permutation

NODES = np.radians([-40, -20, 0, 20, 40])
NODE_REACH = np.radians(25)  # standard deviation of the yaws that count for a node
MODES = 80
# What landmarks of real photos do beside those of renders; more on turned faces, where much is guessed.
NOISE = 0.0009  # metres
EXPRESSION_NOISE = 0.3  # of every expression unit
GROWTH = 0.2  # at 30 degrees the noise is 1 + GROWTH times as strong, rising with the square
WARP_RIDGE = 0.02


def train(model: HeadModel, learning: LearningSet) -> LearnedIdentity:
    """The regression from every photo of the set and its mirror image."""
    seen = _seen(model, learning)
    truth = _canonical_faces(model, learning)
    average = truth.mean(0)
    deviations = (truth - average).reshape(len(truth), -1)
    modes = _principal(deviations)
    log_distance = np.tile(np.log(np.linalg.norm(learning.translation, axis=1)), 2)
    targets = np.column_stack([modes, log_distance]).astype(np.float64)
    pieces = [_node(node, seen, targets, _noise(model, node)) for node in NODES]
    by_pose, offset, gain = (np.stack(column) for column in zip(*pieces, strict=True))
    latent, controls = _latent(model, learning)
    base, linear = _linear(modes, latent)
    shapes = learning.shape.shape[1]
    return LearnedIdentity(
        NODES,
        by_pose,
        offset,
        gain,
        linear[:, :shapes],
        linear[:, shapes:].reshape(MODES, -1, 3),
        base[:shapes],
        base[shapes:].reshape(-1, 3),
        controls,
    )


def save(learned: LearnedIdentity, path: str) -> None:
    """As float16 where it is large."""
    arrays = {name: value.astype(np.float32) for name, value in vars(learned).items()}
    arrays["gain"] = learned.gain.astype(np.float16)
    np.savez_compressed(path, **arrays)


def _seen(model: HeadModel, learning: LearningSet) -> Features:
    """Features of all photos, then of their mirror images, stacked."""
    straight = learning.landmarks[:, :, :2].astype(np.float64)
    found = [features(model, points) for points in np.concatenate([straight, straight[:, MIRROR_478] * [-1, 1]])]
    return Features(
        np.stack([f.displacement for f in found]), np.array([f.yaw for f in found]), np.array([f.pitch for f in found])
    )


def _canonical_faces(model: HeadModel, learning: LearningSet) -> NDArray:
    """(2n, F, 3) true neutral faces and their mirror images, each moved and scaled onto the mean face: that is all a photo shows."""
    face = face_vertices(model)
    mean = model.shaped(model.shape_mean)[face].astype(np.float64)
    mirror = mirror_permutation(model.template[face].astype(np.float64))
    faces = np.stack([procrustes(face, mean).apply(face) for face in learning.neutral])
    return np.concatenate([faces, faces[:, mirror] * [-1, 1, 1]])


def _principal(deviations: NDArray) -> NDArray:
    """(n, MODES) scores of the strongest modes of (n, D) deviations."""
    count = len(deviations)
    values, vectors = eigh(deviations @ deviations.T, subset_by_index=(count - MODES, count - 1))
    return vectors * np.sqrt(np.maximum(values, 0))


def _noise(model: HeadModel, node: float) -> NDArray:
    """(2L, 2L) covariance of what the features of real photos have beyond those of renders."""
    units = EXPRESSION_NOISE * expression_directions(model, node)
    growth = 1 + GROWTH * (node / np.radians(30)) ** 2
    return growth**2 * (units.T @ units + NOISE**2 * np.eye(units.shape[1]))


def _node(node: float, seen: Features, targets: NDArray, noise: NDArray) -> tuple[NDArray, NDArray, NDArray]:
    weight = np.exp(-(((seen.yaw - node) / NODE_REACH) ** 2) / 2)
    weight = weight / weight.sum()
    terms = pose_terms(seen.yaw - node, seen.pitch)
    weighted = terms * weight[:, None]
    by_pose = np.linalg.solve(weighted.T @ terms, weighted.T @ seen.displacement)
    residual = seen.displacement - terms @ by_pose
    offset = weight @ targets
    centered = targets - offset
    covariance = (residual * weight[:, None]).T @ residual + noise
    gain = np.linalg.solve(covariance, (residual * weight[:, None]).T @ centered)
    return by_pose, offset, gain


def _latent(model: HeadModel, learning: LearningSet) -> tuple[NDArray, NDArray]:
    """(n, S + 3C): shape coefficients and warp controls of every true head."""
    face = face_vertices(model)
    controls = control_points(model)
    basis = model.shape_basis[:, face].reshape(len(model.shape_names), -1).astype(np.float64)
    spanned = model.template[face] + (learning.shape.astype(np.float64) @ basis).reshape(len(learning.shape), -1, 3)
    beyond = learning.neutral - spanned
    reach = influence(model.template[face].astype(np.float64), controls)
    normal = reach.T @ reach + WARP_RIDGE * np.eye(len(controls))
    warp = np.einsum("cf,nfk->nck", np.linalg.solve(normal, reach.T), beyond)
    return np.column_stack([learning.shape, warp.reshape(len(warp), -1)]).astype(np.float64), controls


def _linear(modes: NDArray, latent: NDArray) -> tuple[NDArray, NDArray]:
    """Base and (K, D) matrix of the latent numbers expected for given modes; the originals of the mirrored pairs tell it all."""
    originals = modes[: len(latent)]
    terms = np.column_stack([np.ones(len(originals)), originals])
    ridge = 1e-3 * np.r_[0, originals.var(0)] * len(originals) + 1e-12
    solved = np.linalg.solve(terms.T @ terms + np.diag(ridge), terms.T @ latent)
    return solved[0], solved[1:]
