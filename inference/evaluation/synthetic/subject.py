# SPDX-License-Identifier: GPL-3.0-or-later
"""Random people: a true neutral head, partly outside the model's span, and their expressions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...head.model import HeadModel
from .warps import Spread, Warp, around, bumps, waves

# Identity outside the span.
LEARNING, JUDGING = Spread(0.0013, (0.012, 0.035)), Spread(0.0013, (0.010, 0.030))
JUDGING_SPREAD = (0.75, 1.05)  # of the identity coefficients, in prior deviations
LEARNING_SPREAD = (0.5, 1.2)
# What expressions do beyond the 52 units, about the mouth and the brows.
EXPRESSION_SPREAD = Spread(0.0016, (0.008, 0.025), 0.3)
MOUTH, MOUTH_REACH = np.array([0.0, -0.025, -0.07]), 0.032
BROWS, BROWS_REACH = np.array([0.0, -0.02, 0.022]), 0.035
LAUGH = {
    "mouthSmile": (0.5, 1.0),
    "cheekSquint": (0.2, 0.8),
    "eyeSquint": (0.1, 0.6),
    "mouthUpperUp": (0.1, 0.5),
    "mouthLowerDown": (0.0, 0.4),
    "mouthStretch": (0.0, 0.3),
    "jawOpen": (0.05, 0.4),
}
NEVER = ("tongueOut", "mouthClose", "eyeLook")


@dataclass(frozen=True)
class Subject:
    """shape (S,): coefficients; neutral (V, 3) float64: the true head at rest, warp included."""

    shape: NDArray
    neutral: NDArray


def learning_subject(model: HeadModel, random: np.random.Generator) -> Subject:
    """A head to learn from: normal coefficients of varied spread, and a warp of waves."""
    spread = random.uniform(*LEARNING_SPREAD)
    shape = model.shape_mean + spread * model.shape_deviation * random.normal(size=len(model.shape_mean))
    return _subject(model, shape, waves(random, scaled(LEARNING, random.uniform(0.3, 1.7))))


def judging_subject(model: HeadModel, random: np.random.Generator) -> Subject:
    """A head to judge by: coefficients with heavier tails, and a warp of bumps, which no learning subject has."""
    spread = random.uniform(*JUDGING_SPREAD)
    tails = random.standard_t(5, len(model.shape_mean)) / np.sqrt(5 / 3)
    shape = model.shape_mean + spread * model.shape_deviation * tails
    return _subject(model, shape, bumps(random, JUDGING))


def _subject(model: HeadModel, shape: NDArray, warp: Warp) -> Subject:
    template = model.template.astype(np.float64)
    return Subject(shape, model.shaped(shape).astype(np.float64) + warp(template))


def laugh(names: tuple[str, ...], random: np.random.Generator) -> NDArray:
    """(E,) coefficients of a laugh, a little uneven between the sides."""
    return _activated(names, LAUGH, random, 0.0)


def any_expression(names: tuple[str, ...], random: np.random.Generator) -> NDArray:
    """(E,) coefficients of anything from neutral over one to many active units, often a laugh or an open jaw."""
    kind = random.random()
    if kind < 0.15:
        return np.zeros(len(names))
    expression = laugh(names, random) if kind < 0.35 else np.zeros(len(names))
    stems = sorted({_stem(name) for name in names if not name.startswith(NEVER)})
    chosen = random.choice(stems, random.integers(1, 8), replace=False)
    strongest = random.uniform(0.2, 0.9)
    expression = expression + _activated(names, dict.fromkeys(chosen, (0.0, strongest)), random, 0.3)
    if random.random() < 0.25:
        expression[names.index("jawOpen")] = random.uniform(0.1, 0.8)
    return np.clip(expression, 0, 1)


def beyond_units(model: HeadModel, random: np.random.Generator, judging: bool, strength: float) -> NDArray:
    """(V, 3) metres an expression of ``strength`` in [0, 1] adds to its units: soft changes about mouth and brows."""
    family = bumps if judging else waves
    spread = scaled(EXPRESSION_SPREAD, strength)
    points = model.template.astype(np.float64)
    mouth, brows = (
        around(family(random, spread), center, reach) for center, reach in ((MOUTH, MOUTH_REACH), (BROWS, BROWS_REACH))
    )
    return mouth(points) + brows(points)


def scaled(spread: Spread, factor: float) -> Spread:
    return Spread(spread.rms * factor, spread.scale, spread.asymmetry)


def _activated(
    names: tuple[str, ...], ranges: dict[str, tuple[float, float]], random: np.random.Generator, one_sided: float
) -> NDArray:
    """Levels drawn from ``ranges``, even between the sides but for chance, or (``one_sided`` of the time) not."""
    both = {stem: random.uniform(*between) for stem, between in ranges.items()}
    even = random.uniform(0.85, 1.15, len(names))
    keep = np.where(random.random(len(names)) < 0.5, 0.2, 1.0) if random.random() < one_sided else 1.0
    level = np.array([both.get(_stem(name), 0.0) for name in names])
    return np.clip(level * even * keep, 0, 1)


def _stem(name: str) -> str:
    return name.removesuffix("Left").removesuffix("Right")
