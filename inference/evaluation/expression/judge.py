# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures every item under every condition; what fails is named and does not stop the run."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ...emotion.network import EmotionNetwork
from ...errors import AvatarError
from ...estimators.estimate import estimate_face
from ...estimators.types import FaceOptions
from ...head.model import HeadModel
from ..now.measure import face_errors
from .conditions import faces
from .item import Item, LeftOut


@dataclass(frozen=True)
class Judged:
    """distances: condition -> (N,) millimetres; moving: those of them where the expression moves the face, if that is known.

    sliders: emotion -> value found in the photo.
    """

    name: str
    expression: str
    view: str
    distances: dict[str, NDArray]
    moving: dict[str, NDArray]
    sliders: dict[str, float]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Judgement:
    judged: list[Judged] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)


def judge(
    items: Iterable[Item | LeftOut],
    model: HeadModel,
    network: EmotionNetwork,
    options: FaceOptions,
    tell: Callable[[str], None],
) -> Judgement:
    """Go through the items; ``tell`` hears each one's name and figures. Who interrupts it gets what was measured so far."""
    answer = Judgement()
    try:
        for item in items:
            one = _judged(item, model, network, options)
            if isinstance(one, LeftOut):
                answer.left_out.append(one)
                tell(f"{one.name}: left out: {one.reason}")
            else:
                answer.judged.append(one)
                medians = ", ".join(f"{name} {np.median(d):.2f}" for name, d in one.distances.items())
                tell(f"{one.name}: {medians} mm" + "".join(f"; {note}" for note in one.notes))
    except KeyboardInterrupt:
        answer.left_out.append(LeftOut("the rest", "the run was interrupted"))
    return answer


def _judged(item: Item | LeftOut, model: HeadModel, network: EmotionNetwork, options: FaceOptions) -> Judged | LeftOut:
    if isinstance(item, LeftOut):
        return item
    try:
        return _measured(item, model, network, options)
    except (AvatarError, ValueError, np.linalg.LinAlgError) as problem:
        return LeftOut(item.name, str(problem))


def _measured(item: Item, model: HeadModel, network: EmotionNetwork, options: FaceOptions) -> Judged:
    fit = estimate_face(model, item.photo, item.landmarks, options).fit
    heads, sliders = faces(model, network, fit)
    triangles = model.surface.triangles(*item.parts)
    embedding = model.landmarks["now_7"]
    errors = {
        name: face_errors(item.scan, item.marks, vertices, triangles, embedding.points(vertices))
        for name, vertices in heads.items()
    }
    distances = {name: one.distances for name, one in errors.items()}
    moving = {}
    if item.moving is not None:
        moving = {name: one.distances[item.moving[one.kept]] for name, one in errors.items()}
    return Judged(item.name, item.expression, item.view, distances, moving, sliders, item.notes)
