# SPDX-License-Identifier: GPL-3.0-or-later
"""The one place that knows the estimators."""

from __future__ import annotations

from dataclasses import replace

from ..face.landmark_fit import prepare_fit
from ..head.model import HeadModel
from ..photo.types import FaceLandmarks, Photo
from .by_landmarks import fit_landmarks, refine, slider_model
from .types import LANDMARK_FIT, Estimate, FaceOptions

NOT_BETTER = "The landmark refinement found nothing better and was left out."


def prepare_estimate(model: HeadModel, options: FaceOptions) -> None:
    """Do ahead of time what depends on the head and the options alone."""
    if options.estimator == LANDMARK_FIT:
        prepare_fit(slider_model(model))


def estimate_face(model: HeadModel, photo: Photo, landmarks: FaceLandmarks, options: FaceOptions) -> Estimate:
    """The face in the photo as the chosen estimator sees it on the head that ``load_head`` gave. Raises AvatarError."""
    if options.estimator == LANDMARK_FIT:
        return Estimate(fit_landmarks(model, photo, landmarks), report={"estimator": LANDMARK_FIT})
    from .learned import estimate_learned  # with torch, which others do not need

    found = estimate_learned(model, photo, landmarks, options)
    report = found.report | {"estimator": options.estimator, "precision": options.precision}
    if not options.refine:
        return replace(found, report=report)
    refined = refine(model, found.fit, photo, landmarks)
    if refined is found.fit:
        return replace(found, fit=replace(refined, warnings=(*refined.warnings, NOT_BETTER)), report=report)
    report["landmark_residual_percent_before_refinement"] = round(found.fit.residual, 3)
    return replace(found, fit=refined, report=report)
