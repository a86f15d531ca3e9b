# SPDX-License-Identifier: GPL-3.0-or-later
"""The built-in training set: people of many shapes showing emotions, alone and together, by published action units.

Every person has an own strength and asymmetry of each action unit; every picture has an own intensity, variant and noise.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..head.model import HeadModel
from .action_units import UNITS, together, unit_directions
from .dataset import POSE_SIZE, Dataset
from .face_measures import unit_gains
from .prototypes import EAGERNESS, EMOTIONS, PROTOTYPES, unit_onsets
from .shares import PAIR_SHARE, shares

STRENGTH_DEVIATION, ASYMMETRY, PICTURE_DEVIATION = 0.1, 0.05, 0.06
COEFFICIENT_NOISE, POSE_NOISE = 0.01, 0.01
# Share of pictures with one, two, three and all emotions.
MIXTURES = {1: 0.4, 2: 0.3, 3: 0.1, len(EMOTIONS): 0.2}


@dataclass(frozen=True)
class SyntheticOptions:
    """How large the set is and what it holds."""

    subjects: int = 6000
    pictures: int = 12
    seed: int = 0
    emotions: tuple[str, ...] = EMOTIONS


def synthetic_dataset(model: HeadModel, options: SyntheticOptions) -> Dataset:
    """The set for a head with ARKit directions. The pose is noise: no action unit of these emotions turns head or jaw."""
    random = np.random.default_rng(options.seed)
    people = random.normal(model.shape_mean, model.shape_deviation, (options.subjects, len(model.shape_mean)))
    subject = np.repeat(np.arange(options.subjects), options.pictures)
    sliders = _sliders(random, len(subject), options.emotions)
    strengths = _strengths(random, model, people, subject, options.emotions)
    expression = expression_of(strengths, sliders, model.expression_names[model.sliders])
    expression += random.normal(0, COEFFICIENT_NOISE, expression.shape) * (expression > 0)
    return Dataset(
        emotions=options.emotions,
        expressions=model.expression_names[model.sliders],
        sliders=sliders.astype(np.float32),
        shape=people[subject].astype(np.float32),
        expression=np.clip(expression, 0, 1).astype(np.float32),
        pose=random.normal(0, POSE_NOISE, (len(subject), POSE_SIZE)).astype(np.float32),
        subject=subject.astype(str),
    )


def expression_of(strengths: NDArray, sliders: NDArray, directions: tuple[str, ...]) -> NDArray:
    """(n, K) coefficients in [0, 1] of the named directions.

    strengths: (n, M, U, 2), each emotion at full intensity, in the order of (n, M) sliders.
    """
    share = shares(sliders)
    units = np.einsum("nmus,nmu->nus", strengths, _response(share))
    half = _response(np.full(1, PAIR_SHARE))
    for a, b in itertools.combinations(range(sliders.shape[1]), 2):
        meeting = 2 * share[:, a] * share[:, b]
        present = np.flatnonzero(meeting)
        first, second = strengths[present, a], strengths[present, b]
        extra = together(first, second) - half[..., None] * (first + second)
        units[present] += meeting[present, None, None] * extra
    return np.clip(np.tensordot(np.clip(units, 0, 1), unit_directions(directions), 2), 0, 1)


def nominal_strengths(emotions: tuple[str, ...]) -> NDArray:
    """(M, U, 2) strengths of each emotion's commonest variant on the mean face."""
    commonest = [max(PROTOTYPES[name], key=lambda variant: variant.frequency) for name in emotions]
    return np.stack([variant.strengths() for variant in commonest])


def _response(share: NDArray) -> NDArray:
    """(..., U): how far each action unit has come at a share of (...)."""
    onsets = unit_onsets()
    come = np.clip((np.asarray(share)[..., None] - onsets) / (1 - onsets), 0, 1)
    return come * (1 + EAGERNESS * (1 - come))


def _sliders(random: np.random.Generator, count: int, emotions: tuple[str, ...]) -> NDArray:
    """(n, M) in [0, 1]."""
    numbers = [min(number, len(emotions)) for number in MIXTURES]
    active = random.choice(numbers, count, p=list(MIXTURES.values()))
    order = random.random((count, len(emotions))).argsort(1).argsort(1)
    return random.random((count, len(emotions))) * (order < active[:, None])


def _strengths(
    random: np.random.Generator, model: HeadModel, people: NDArray, subject: NDArray, emotions: tuple[str, ...]
) -> NDArray:
    """(n, M, U, 2): what each picture's person would show of each emotion at full intensity."""
    count, units = len(subject), len(UNITS)
    gain = unit_gains(model, people, UNITS)
    gain *= np.clip(random.normal(1, STRENGTH_DEVIATION, gain.shape), 0.5, 1.5)
    side = np.clip(1 + random.normal(0, ASYMMETRY, (len(people), units, 1)) * [1, -1], 0.7, 1.3)
    personal = (gain[..., None] * side)[subject, None]
    result = np.empty((count, len(emotions), units, 2), np.float32)
    for number, name in enumerate(emotions):
        variants = PROTOTYPES[name]
        chosen = random.choice(len(variants), count, p=[variant.frequency for variant in variants])
        shown = random.random((count, units)) < np.stack([v.presence() for v in variants])[chosen]
        result[:, number] = np.stack([v.strengths() for v in variants])[chosen] * shown[..., None]
    result *= personal * np.clip(random.normal(1, PICTURE_DEVIATION, (count, len(emotions), 1, 1)), 0.6, 1.4)
    return np.minimum(result, 1.0)
