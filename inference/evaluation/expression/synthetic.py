# SPDX-License-Identifier: GPL-3.0-or-later
"""The set that runs anywhere: heads of known shape and expression, both partly outside the model's span, painted as photos."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ...head.model import HeadModel
from ..synthetic.judging_set import at_sample, surface_sample
from ..synthetic.photograph import photograph, random_camera
from ..synthetic.subject import beyond_units, judging_subject
from .expressions import EXPRESSIONS, levels
from .item import SIDE_DEGREES, VIEWS, Item, LeftOut

SCAN_POINTS = 1_500
MOVING = 0.003  # metres from rest
YAW_SPREAD = 4.0  # degrees about the named view
BEYOND = (0.3, 1.0)  # how strongly an expression leaves the units


def synthetic_items(
    model: HeadModel, people: int, seed: int, expressions: tuple[str, ...] = EXPRESSIONS
) -> Iterator[Item | LeftOut]:
    """Two photos of each expression of each person, in new light, from a new distance and with a new skin each time.

    model: the open head, which makes the people; other heads are judged on the same ones.
    """
    skin = model.surface.triangles("skin")
    facial = skin[(model.masks["face"][skin] > 0.5).all(1)]
    for person in range(people):
        subject = judging_subject(model, np.random.default_rng([seed, person]))
        for expression in expressions:
            number = EXPRESSIONS.index(expression)
            posed = _posed(model, subject.neutral, expression, np.random.default_rng([seed, person, number]))
            sample = surface_sample(posed, facial, SCAN_POINTS, seed=person)
            scan = 1000 * at_sample(posed, sample)
            moving = np.linalg.norm(at_sample(posed - subject.neutral, sample), axis=1) > MOVING
            marks = 1000 * model.landmarks["now_7"].points(posed)
            for view in VIEWS:
                random = np.random.default_rng([seed, person, number, VIEWS.index(view)])
                yaw = random.choice([-1, 1]) * SIDE_DEGREES if view == "side" else 0.0
                camera = random_camera(model, random, yaw + random.uniform(-YAW_SPREAD, YAW_SPREAD))
                name = f"person {person + 1}, {expression}, {view}"
                shot = photograph(model, posed, camera, random)
                if shot is None:
                    yield LeftOut(name, "the detector sees no face in the picture")
                else:
                    yield Item(name, expression, view, shot.photo, shot.landmarks, scan, marks, ("skin",), moving)


def _posed(model: HeadModel, neutral: NDArray, expression: str, random: np.random.Generator) -> NDArray:
    """(V, 3) metres: the head with the expression."""
    if expression == "neutral":
        return neutral
    units = np.tensordot(levels(expression, model.expression_names, random), model.expression_basis, 1)
    return neutral + units + beyond_units(model, random, True, random.uniform(*BEYOND))
