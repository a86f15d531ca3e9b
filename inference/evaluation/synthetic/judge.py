# SPDX-License-Identifier: GPL-3.0-or-later
"""Shape errors of an estimator on the judging set, beside those of the mean head."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...face.landmark_fit import fit_face
from ...head.model import HeadModel
from ..now.measure import Statistics, face_errors, statistics
from .judging_set import JudgedPhoto, scan_of
from .photograph import Shot

Estimator = Callable[[Shot], NDArray]


@dataclass(frozen=True)
class JudgedError:
    """Distances (N,) in millimetres of one prediction in one view and expression; metrical: with the prediction's own size."""

    view: int
    expression: str
    distances: NDArray
    metrical: NDArray


def fitted(model: HeadModel) -> Estimator:
    """The product: the neutral head of the landmark fit, (V, 3) metres."""

    def estimate(shot: Shot) -> NDArray:
        fit = fit_face(model, shot.photo, shot.landmarks)
        return model.shaped(fit.shape, None, fit.offsets).astype(np.float64)

    return estimate


def mean_head(model: HeadModel) -> Estimator:
    """What knows nothing: the same head for everybody."""
    mean = model.shaped(model.shape_mean).astype(np.float64)
    return lambda _shot: mean


def judge(model: HeadModel, photos: Iterable[JudgedPhoto], estimate: Estimator) -> list[JudgedError]:
    """Errors of the estimated neutral head on every photo in which a face was found."""
    skin = model.surface.triangles("skin")
    facial = skin[(model.masks["face"][skin] > 0).all(1)]
    errors, scans, known = [], {}, {}
    for photo in photos:
        if photo.shot is None:
            continue
        if photo.person not in scans:
            scans[photo.person] = scan_of(model, photo.subject)
        predicted = estimate(photo.shot)
        same = (photo.person, predicted.tobytes())  # the mean head is the same on all photos of a person
        if same not in known:
            marks = model.landmarks["now_7"].points(predicted)
            known[same] = [
                face_errors(*scans[photo.person], predicted, facial, marks, unit).distances for unit in (None, 1000.0)
            ]
        errors.append(JudgedError(photo.view, photo.expression, *known[same]))
    return errors


def summary(errors: list[JudgedError]) -> dict[str, Statistics]:
    """Pooled statistics of all photos, of all by the metrical rule, and of each expression and view."""
    cells = {
        "all": [e.distances for e in errors],
        "all, metrical": [e.metrical for e in errors],
    }
    for error in errors:
        cells.setdefault(f"{error.expression}, {error.view} degrees", []).append(error.distances)
    return {name: statistics(distances) for name, distances in cells.items()}
