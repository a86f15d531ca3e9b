# SPDX-License-Identifier: GPL-3.0-or-later
"""Maximum a posteriori shape, expression and camera from 2D landmarks.

Gauss-Newton on landmark distances measured at the head's depth (metres), with Gaussian priors on shape, expression and
camera distance; expression coefficients stay within the model's bounds. A learned identity is the shape's prior mean.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ..head.model import HeadModel, LandmarkEmbedding, rotation_matrices
from .learned.identity import Identity
from .pose import Extrinsics, initial_extrinsics
from .visibility import visibility

STEPS = 12
ACTIVE_SET_ROUNDS = 12
DETECTOR_NOISE = 0.0008  # metres; what MediaPipe scatters between crops of one photo
DISTANCE_MEAN, DISTANCE_LOG_DEVIATION = 1.1, 0.3  # portraits are taken from 0.5 m (selfie) to 2 m (studio)
FOCAL_LOG_DEVIATION = 0.08
# A learned distance has been drawn from the same landmarks already: it is held nearly fast.
LEARNED_DISTANCE_LOG_DEVIATION = 0.03
LEARNED_LEEWAY = 0.6  # of the shape prior's deviations, about a learned identity
LEAST_VISIBLE = 0.3
SHAPE_PRIOR = 1.0  # weight of the shape prior
OUTLIER = 3.0  # standard deviations at which a landmark's weight starts to fall


@dataclass(frozen=True)
class Evidence:
    """What the fit explains.

    points: (L, 2) landmark pixels relative to the principal point, y down. embedding: where they sit on the model.
    normals: (L, 3) the template's surface normals there. focal_px: known focal length, or None. identity: who it probably is, or None.
    """

    points: NDArray
    embedding: LandmarkEmbedding
    normals: NDArray
    focal_px: float | None = None
    identity: Identity | None = None

    @property
    def distance(self) -> tuple[float, float]:
        """Prior mean of the camera's distance and standard deviation of its logarithm."""
        if self.identity is None:
            return DISTANCE_MEAN, DISTANCE_LOG_DEVIATION
        return self.identity.distance, LEARNED_DISTANCE_LOG_DEVIATION


@dataclass(frozen=True)
class LinearFit:
    shape: NDArray
    expression: NDArray
    extrinsics: Extrinsics


def fit_linear(model: HeadModel, evidence: Evidence) -> LinearFit:
    """Coefficients and camera that explain the landmarks best."""
    at = _LandmarkModel.of(model, evidence.embedding)
    mean, deviation = model.shape_mean.astype(np.float64), model.shape_deviation.astype(np.float64)
    if evidence.identity is not None:
        at = replace(at, mean=at.mean + evidence.embedding.points(evidence.identity.offsets))
        mean, deviation = evidence.identity.shape, LEARNED_LEEWAY * deviation
    prior = _ShapePrior(mean, SHAPE_PRIOR / deviation**2)
    fit = LinearFit(mean, np.zeros(len(model.expression_names)), _first_pose(at, mean, evidence))
    for _ in range(STEPS):
        fit = _step(model, at, prior, evidence, fit)
    return fit


@dataclass(frozen=True)
class _ShapePrior:
    """mean (S,), precision (S,): inverse variances."""

    mean: NDArray
    precision: NDArray


@dataclass(frozen=True)
class _LandmarkModel:
    """The head model seen at its landmarks only: mean (L, 3), directions (L, 3, S + E)."""

    mean: NDArray
    directions: NDArray

    @staticmethod
    @lru_cache(maxsize=4)
    def of(model: HeadModel, embedding: LandmarkEmbedding) -> _LandmarkModel:
        bases = [embedding.points(basis) for basis in (model.shape_basis, model.expression_basis)]
        directions = np.ascontiguousarray(np.moveaxis(np.concatenate(bases), 0, -1), np.float64)
        return _LandmarkModel(embedding.points(model.template).astype(np.float64), directions)

    def points(self, fit: LinearFit) -> NDArray:
        return self.mean + self.directions @ np.concatenate([fit.shape, fit.expression])


def _first_pose(at: _LandmarkModel, shape: NDArray, evidence: Evidence) -> Extrinsics:
    mean, expected = at.mean + at.directions[..., : len(shape)] @ shape, evidence.distance[0]
    weights = 1 / (evidence.embedding.sigma.astype(np.float64) ** 2 + DETECTOR_NOISE**2)
    pose = initial_extrinsics(mean, evidence.points, weights, np.zeros(2), expected)
    depth = -pose.translation[2]  # from here on the distance is that of the head's origin
    pose = replace(pose, scale=pose.scale * expected / depth)
    if evidence.focal_px is None:
        return pose
    distance = np.clip(evidence.focal_px / pose.scale, 0.25, 5.0)
    translation = pose.translation * [1, 1, 0] - [0, 0, distance]
    return replace(pose, translation=translation)


def _step(
    model: HeadModel, at: _LandmarkModel, shape_prior: _ShapePrior, evidence: Evidence, fit: LinearFit
) -> LinearFit:
    residual, jacobian = _residuals(at, evidence, fit)
    weights = _weights(evidence, fit, residual)
    shapes, count = len(fit.shape), at.directions.shape[-1]
    root = np.sqrt(weights)[:, None]
    j = (jacobian * root[..., None]).reshape(-1, jacobian.shape[-1])
    normal = j.T @ j
    gradient = j.T @ (residual * root).reshape(-1)

    prior = model.expression_prior
    normal[np.arange(shapes), np.arange(shapes)] += shape_prior.precision
    gradient[:shapes] -= shape_prior.precision * (fit.shape - shape_prior.mean)
    normal[shapes:count, shapes:count] += prior.precision
    gradient[shapes:count] -= prior.precision @ fit.expression
    _camera_prior(normal, gradient, count, evidence, fit.extrinsics)

    low = np.full(len(gradient), -np.inf)
    high = np.full(len(gradient), np.inf)
    low[shapes:count], high[shapes:count] = prior.low - fit.expression, prior.high - fit.expression
    change = solve_bounded(normal, gradient, low, high)
    return LinearFit(
        fit.shape + change[:shapes],
        np.clip(fit.expression + change[shapes:count], prior.low, prior.high),
        _moved(fit.extrinsics, change[count:]),
    )


def _residuals(at: _LandmarkModel, evidence: Evidence, fit: LinearFit) -> tuple[NDArray, NDArray]:
    """Residual (L, 2) in metres at the head's depth, and its Jacobian (L, 2, S + E + 7).

    Camera columns: rotation (3, camera frame), translation x, y, log scale, log distance.
    """
    camera = fit.extrinsics
    turned = at.points(fit) @ camera.rotation.T
    local = turned + camera.translation
    distance, depth = camera.distance, -local[:, 2]
    ratio = distance / depth
    picture = local[:, :2] * ratio[:, None]
    target = evidence.points * [1, -1] / camera.scale
    residual = target - picture

    # d picture / d local, (L, 2, 3)
    by_local = np.zeros((len(local), 2, 3))
    by_local[:, 0, 0] = by_local[:, 1, 1] = ratio
    by_local[:, :, 2] = picture / depth[:, None]
    directions = (by_local @ camera.rotation) @ at.directions
    cross = np.zeros((len(local), 3, 3))  # d local / d rotation vector = -[turned]x
    x, y, z = turned.T
    cross[:, 0, 1], cross[:, 0, 2] = z, -y
    cross[:, 1, 0], cross[:, 1, 2] = -z, x
    cross[:, 2, 0], cross[:, 2, 1] = y, -x
    columns = [
        directions,
        by_local @ cross,
        by_local[:, :, :2],
        target[..., None],
        (picture * (1 - ratio)[:, None])[..., None],
    ]
    return residual, np.concatenate(columns, -1)


def _weights(evidence: Evidence, fit: LinearFit, residual: NDArray) -> NDArray:
    """Inverse variance of each landmark: its spread on the model, its visibility, and how much of an outlier it is."""
    camera = fit.extrinsics
    view = -(camera.rotation.T @ camera.translation)
    facing = evidence.normals @ (view / np.linalg.norm(view))
    yaw = np.degrees(np.arctan2(view[0], -view[1]))
    visible = visibility(facing, yaw, LEAST_VISIBLE)
    variance = (evidence.embedding.sigma.astype(np.float64) ** 2 + DETECTOR_NOISE**2) / visible
    square = (residual**2).sum(1) / variance / OUTLIER**2
    return 1 / (variance * (1 + square))


def _camera_prior(normal: NDArray, gradient: NDArray, first: int, evidence: Evidence, camera: Extrinsics) -> None:
    """Adds what is known of the distance (or of the focal length, when the photo tells it)."""
    scale, distance = first + 5, first + 6
    if evidence.focal_px is None:
        expected, deviation = evidence.distance
        normal[distance, distance] += deviation**-2
        gradient[distance] -= np.log(camera.distance / expected) * deviation**-2
        return
    error = np.log(camera.focal_px / evidence.focal_px)
    for a in (scale, distance):
        gradient[a] -= error * FOCAL_LOG_DEVIATION**-2
        for b in (scale, distance):
            normal[a, b] += FOCAL_LOG_DEVIATION**-2


def _moved(camera: Extrinsics, change: NDArray) -> Extrinsics:
    turn, shift, scale, distance = change[:3], change[3:5], change[5], np.clip(change[6], -0.3, 0.3)
    translation = camera.translation + np.array([*shift, 0])
    translation[2] = -np.clip(camera.distance * np.exp(distance), 0.25, 6.0)
    return Extrinsics(rotation_matrices(turn) @ camera.rotation, translation, float(camera.scale * np.exp(scale)))


def solve_bounded(normal: NDArray, gradient: NDArray, low: NDArray, high: NDArray) -> NDArray:
    """Minimises x.N.x / 2 - g.x within [low, high] for a symmetric positive definite N.

    Primal-dual active set (Hintermueller, Ito and Kunisch 2002): bounds are active where a step along the multiplier leaves them.
    """
    bounded = np.isfinite(low) | np.isfinite(high)
    stiffness = np.diag(normal)
    x, multiplier = np.zeros(len(gradient)), np.zeros(len(gradient))
    at_low = at_high = np.zeros(len(gradient), bool)
    for _ in range(ACTIVE_SET_ROUNDS):
        fixed = at_low | at_high
        x = np.where(at_low, low, np.where(at_high, high, 0.0))
        free = ~fixed
        x[free] = np.linalg.solve(normal[np.ix_(free, free)], gradient[free] - normal[np.ix_(free, fixed)] @ x[fixed])
        multiplier = np.where(fixed, gradient - normal @ x, 0.0)
        trial = x + multiplier / stiffness
        next_low, next_high = bounded & (trial < low - 1e-12), bounded & (trial > high + 1e-12)
        if (next_low == at_low).all() and (next_high == at_high).all():
            break
        at_low, at_high = next_low, next_high
    return np.clip(x, low, high)
