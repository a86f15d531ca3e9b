# SPDX-License-Identifier: GPL-3.0-or-later
"""Estimators that need no weights: the landmark fit on any head, and the refinement of another estimator's answer."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ..face.landmark_fit import EMBEDDING, fit_face, landmark_residual
from ..face.types import FaceFit
from ..head.model import ExpressionPrior, HeadModel
from ..photo.types import FaceLandmarks, Photo

# How far a refinement may leave the estimate, in standard deviations of the model's shapes; on how many directions.
LEEWAY, REFINED_SHAPES = 0.3, 100


def fit_landmarks(model: HeadModel, photo: Photo, landmarks: FaceLandmarks) -> FaceFit:
    """The landmark fit; of a head with learned expressions only the sliders take part, whose limits are known."""
    return _all_expressions(model, fit_face(slider_model(model), photo, landmarks))


def refine(model: HeadModel, fit: FaceFit, photo: Photo, landmarks: FaceLandmarks) -> FaceFit:
    """The estimate moved onto the landmarks: a little shape, expression and camera, then free form.

    The answer's residual is below the estimate's; should it not be, the estimate comes back unchanged.
    """
    base = model.forward(fit.shape, fit.expression, fit.pose, fit.offsets)
    found = fit_face(_around(model, base.astype(np.float32)), photo, landmarks)
    shape = fit.shape.copy()
    shape[: len(found.shape)] += found.shape
    low, high = model.expression_prior.low, model.expression_prior.high
    expression = fit.expression.copy()
    expression[: len(found.expression)] += found.expression
    pose = np.where(np.any(found.pose, axis=1, keepdims=True), found.pose, fit.pose)
    refined = replace(
        fit,
        shape=shape,
        expression=np.clip(expression, low, high).astype(np.float32),
        pose=pose.astype(np.float32),
        offsets=(fit.offsets + found.offsets).astype(np.float32),
        photo_offsets=found.photo_offsets,
        camera=found.camera,
    )
    refined = replace(refined, residual=residual(model, refined, landmarks))
    return refined if refined.residual < fit.residual else fit


def with_shape(model: HeadModel, shape: NDArray, photo: Photo, landmarks: FaceLandmarks) -> FaceFit:
    """Expression, camera and gaze by landmarks for a head whose shape is known; the shape stays exactly as it is."""
    known = _around(model, model.shaped(shape).astype(np.float32), leeway=1e-3)
    found = _all_expressions(model, fit_face(known, photo, landmarks))
    still = np.zeros_like(found.offsets)
    fit = replace(found, shape=shape.astype(np.float32), offsets=still, photo_offsets=still)
    return replace(fit, residual=residual(model, fit, landmarks))


def residual(model: HeadModel, fit: FaceFit, landmarks: FaceLandmarks) -> float:
    """RMS landmark distance of a fit in percent of the inter-iris distance."""
    vertices = model.forward(fit.shape, fit.expression, fit.pose, fit.offsets + fit.photo_offsets)
    return landmark_residual(vertices, fit.camera, landmarks.points, model.landmarks[EMBEDDING])


@lru_cache(maxsize=2)
def slider_model(model: HeadModel) -> HeadModel:
    """The model without its learned expression directions."""
    if not model.learned_expressions:
        return model
    kept, prior = model.sliders, model.expression_prior
    return replace(
        model,
        expression_basis=model.expression_basis[kept],
        expression_names=model.expression_names[kept],
        expression_prior=ExpressionPrior(prior.precision[kept, kept], prior.low[kept], prior.high[kept]),
        learned_expressions=0,
    )


def _around(model: HeadModel, template: NDArray, leeway: float = LEEWAY) -> HeadModel:
    """The slider model with another head in the middle."""
    sliders = slider_model(model)
    count = min(REFINED_SHAPES, len(model.shape_mean))
    return replace(
        sliders,
        template=template,
        shape_basis=model.shape_basis[:count],
        shape_names=model.shape_names[:count],
        shape_mean=np.zeros(count, np.float32),
        shape_deviation=leeway * model.shape_deviation[:count],
    )


def _all_expressions(model: HeadModel, fit: FaceFit) -> FaceFit:
    expression = np.zeros(len(model.expression_names), np.float32)
    expression[: len(fit.expression)] = fit.expression
    return replace(fit, expression=expression)
