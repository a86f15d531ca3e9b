# SPDX-License-Identifier: GPL-3.0-or-later
"""The synthetic photos by which shape is judged: the same people neutral and laughing, from the front and turned by 30 degrees."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...head.model import HeadModel
from .photograph import Shot, photograph, random_camera
from .subject import Subject, beyond_units, judging_subject, laugh

EXPRESSIONS = ("neutral", "laughing")
VIEWS = (0, 30)
SCAN_POINTS = 3_000


@dataclass(frozen=True)
class JudgedPhoto:
    """person: their number; shot: None where the detector saw no face."""

    person: int
    view: int
    expression: str
    subject: Subject
    shot: Shot | None


def judging_set(model: HeadModel, people: int, seed: int) -> Iterator[JudgedPhoto]:
    """Four photos each of ``people`` heads, in new light, from a new distance and with a new skin each time."""
    for person in range(people):
        subject = judging_subject(model, np.random.default_rng([seed, person]))
        for number, (expression, view) in enumerate((e, v) for e in EXPRESSIONS for v in VIEWS):
            random = np.random.default_rng([seed, person, number])
            posed = _posed(model, subject, expression, random)
            yaw = view * random.choice([-1, 1]) + random.uniform(-4, 4)
            shot = photograph(model, posed, random_camera(model, random, yaw), random)
            yield JudgedPhoto(person, view, expression, subject, shot)


def _posed(model: HeadModel, subject: Subject, expression: str, random: np.random.Generator) -> NDArray:
    if expression == "neutral":
        return subject.neutral
    coefficients = laugh(model.expression_names, random)
    units = np.tensordot(coefficients, model.expression_basis, 1)
    return subject.neutral + units + beyond_units(model, random, True, random.uniform(0.3, 1.0))


def scan_of(model: HeadModel, subject: Subject, points: int = SCAN_POINTS, seed: int = 0) -> tuple[NDArray, NDArray]:
    """A scan of the true neutral face: (points, 3) evenly spread, and its (7, 3) landmarks, millimetres."""
    triangles = model.surface.triangles("skin")
    triangles = triangles[(model.masks["face"][triangles] > 0.5).all(1)]
    scan = surface_points(subject.neutral, triangles, points, seed)
    return 1000 * scan, 1000 * model.landmarks["now_7"].points(subject.neutral)


def surface_points(vertices: NDArray, triangles: NDArray, points: int, seed: int) -> NDArray:
    """(points, 3) evenly spread over the triangles (T, 3) of (V, 3) vertices."""
    return at_sample(vertices, surface_sample(vertices, triangles, points, seed))


def surface_sample(vertices: NDArray, triangles: NDArray, points: int, seed: int) -> tuple[NDArray, NDArray]:
    """Evenly spread places: (points, 3) vertex indices and the shares (points, 3) of them."""
    corners = vertices[triangles]
    area = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
    random = np.random.default_rng(seed)
    chosen = random.choice(len(triangles), points, p=area / area.sum())
    return triangles[chosen], random.dirichlet(np.ones(3), points)


def at_sample(values: NDArray, sample: tuple[NDArray, NDArray]) -> NDArray:
    """(points, C) of (V, C) values at such places."""
    corners, share = sample
    return np.einsum("nkc,nk->nc", values[corners], share)
