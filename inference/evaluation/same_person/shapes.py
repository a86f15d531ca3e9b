# SPDX-License-Identifier: GPL-3.0-or-later
"""Distances between the neutral shapes of photos, and whether each person keeps nearer to themselves than to everybody else."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...face.landmark_fit import fit_face
from ...head.model import HeadModel
from ...photo.choose_face import choose_face
from ...photo.landmarks import find_landmarks
from ...photo.load import load_photo
from ..likeness import shape_distance


@dataclass(frozen=True)
class Separation:
    """Of all pairs of photos, millimetres. within: one person's; between: two people's, at least one of whom has several photos.

    missed: pairs of one person of which one photo is nearer to somebody else's; pairs: how many such pairs there are.
    """

    within_mean: float
    within_largest: float
    between_mean: float
    between_least: float
    missed: int
    pairs: int


def neutral_face(model: HeadModel, path: Path) -> NDArray:
    """(F, 3) metres: the fitted neutral head's face of the largest person in a photo. Raises AvatarError."""
    photo, face = choose_face(load_photo(path), 1)
    fit = fit_face(model, photo, find_landmarks(photo, face))
    return model.shaped(fit.shape, None, fit.offsets)[model.masks["face"] > 0.5].astype(np.float64)


def distances(faces: list[NDArray]) -> NDArray:
    """(N, N) RMS millimetres between faces after the best rotation, translation and scale (mean of both directions)."""
    one_way = np.array([[1000 * shape_distance(a, b) for b in faces] for a in faces])
    return (one_way + one_way.T) / 2


def separation(names: list[str], apart: NDArray) -> Separation:
    """``names``: the person on each photo. Raises ValueError unless somebody has two photos and there is somebody else."""
    same = np.array([[a == b for b in names] for a in names])
    pairs = [(i, j) for i in range(len(names)) for j in range(i) if same[i, j]]
    several = [i for i in range(len(names)) if same[i].sum() > 1]
    others = apart[several][~same[several]]
    if not pairs or not len(others):
        raise ValueError("Two photos of one person and one of somebody else are needed.")
    within = np.array([apart[i, j] for i, j in pairs])
    missed = sum(apart[i, j] >= min(apart[i][~same[i]].min(), apart[j][~same[j]].min()) for i, j in pairs)
    return Separation(
        float(within.mean()), float(within.max()), float(others.mean()), float(others.min()), int(missed), len(pairs)
    )
