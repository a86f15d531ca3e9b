# SPDX-License-Identifier: GPL-3.0-or-later
"""Thousands of synthetic photos as numbers: what the detector found, and what was truly there. Seeded, made in resumable chunks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...head.model import HeadModel
from .photograph import SIZE, photograph, random_camera
from .subject import any_expression, beyond_units, learning_subject

CHUNK = 100
YAW_DEVIATION, YAW_LIMIT = 20.0, 48.0
STRONG_TILT = 1.7  # pitch and roll beside those of the judging set


@dataclass(frozen=True)
class LearningSet:
    """n photos. landmarks (n, 478, 3): pixels beside the assumed principal point, y down. shape (n, S), expression (n, E).

    neutral, posed (n, F, 3): metres, the face mask's vertices. rotation (n, 3, 3), translation (n, 3), focal (n,): the true camera.
    """

    landmarks: NDArray
    shape: NDArray
    expression: NDArray
    neutral: NDArray
    posed: NDArray
    rotation: NDArray
    translation: NDArray
    focal: NDArray


def face_vertices(model: HeadModel) -> NDArray:
    """Indices of the vertices that a learning set holds."""
    return np.flatnonzero(model.masks["face"] > 0.5)


def make_learning_set(
    model: HeadModel, count: int, seed: int, folder: Path, report: Callable[[int], None]
) -> LearningSet:
    """``count`` photos, kept in ``folder`` chunk by chunk so that an interrupted run goes on where it was."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{seed}_{first:06d}.npz" for first in range(0, count, CHUNK)]
    for number, path in enumerate(paths):
        if not path.exists():
            made = _joined([one for i in range(CHUNK) if (one := _one(model, seed, number * CHUNK + i))])
            partial = path.with_suffix(".part.npz")
            np.savez_compressed(partial, **made)
            partial.rename(path)
        report(number + 1)
    return read_learning_set(paths)


def read_learning_set(paths: list[Path]) -> LearningSet:
    chunks = []
    for path in paths:
        with np.load(path, allow_pickle=False) as archive:
            chunks.append({name: archive[name] for name in archive.files})
    return LearningSet(**{name: np.concatenate([chunk[name] for chunk in chunks]) for name in chunks[0]})


def _joined(records: list[dict[str, NDArray]]) -> dict[str, NDArray]:
    return {name: np.stack([record[name] for record in records]).astype(np.float32) for name in records[0]}


def _one(model: HeadModel, seed: int, number: int) -> dict[str, NDArray] | None:
    random = np.random.default_rng([seed, number])
    subject = learning_subject(model, random)
    expression = any_expression(model.expression_names, random)
    strength = min(1.0, 0.5 * float(expression.sum())) * random.uniform(0, 1.3)
    posed = subject.neutral + np.tensordot(expression, model.expression_basis, 1)
    posed = posed + beyond_units(model, random, False, strength)
    yaw = float(np.clip(random.normal(0, YAW_DEVIATION), -YAW_LIMIT, YAW_LIMIT))
    camera = random_camera(model, random, yaw, STRONG_TILT)
    shot = photograph(model, posed, camera, random)
    if shot is None:
        return None
    center = np.array(camera.center_px) if random.random() < 0.5 else np.full(2, SIZE / 2)
    landmarks = shot.landmarks.points - [*center, 0]
    face, rotation = face_vertices(model), camera.matrix_world[:3, :3].T
    return {
        "landmarks": landmarks,
        "shape": subject.shape,
        "expression": expression,
        "neutral": subject.neutral[face],
        "posed": posed[face],
        "rotation": rotation,
        "translation": -rotation @ camera.matrix_world[:3, 3],
        "focal": np.array(camera.focal_px),
    }
