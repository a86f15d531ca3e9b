# SPDX-License-Identifier: GPL-3.0-or-later
"""A strong expression must not make another person of somebody."""

from __future__ import annotations

import numpy as np
import pytest

from inference.evaluation.same_person.shapes import distances
from inference.face.camera import FACING
from inference.face.learned.expression_noise import PIXELS_PER_METRE, expression_directions
from inference.face.learned.features import features
from inference.face.learned.identity import learned_identity
from inference.head.model import HeadModel, rotation_matrices
from inference.head.open_head import load_open_head

SCOWL = ("browDownLeft", "browDownRight", "noseSneerLeft", "noseSneerRight", "mouthFrownLeft", "mouthFrownRight")
LAUGH = ("mouthSmileLeft", "mouthSmileRight", "cheekSquintLeft", "cheekSquintRight", "jawOpen")


@pytest.fixture(scope="module")
def model() -> HeadModel:
    return load_open_head()


def seen_from_afar(model: HeadModel, vertices: np.ndarray, yaw: float) -> np.ndarray:
    points = model.landmarks["mediapipe_478"].points(vertices.astype(np.float64))
    return (points @ (FACING @ rotation_matrices(np.array([0, 0, yaw]))).T)[:, :2] * [1, -1] * PIXELS_PER_METRE


def with_units(model: HeadModel, names: tuple[str, ...], level: float) -> np.ndarray:
    return level * sum(model.expression_basis[model.expression_names.index(name)].astype(float) for name in names)


def neutral_face(model: HeadModel, points: np.ndarray) -> np.ndarray:
    found = learned_identity(model).identity(model, points)
    return model.shaped(found.shape, None, found.offsets)[model.masks["face"] > 0.5].astype(np.float64)


@pytest.mark.parametrize("yaw", [0.0, np.radians(-40)])
def test_directions_foretell_the_features_of_an_expression(model: HeadModel, yaw: float) -> None:
    mean = model.shaped(model.shape_mean)
    changed = [seen_from_afar(model, mean + delta, yaw) for delta in (0.0, with_units(model, LAUGH, 0.4))]
    rest, laughing = (features(model, points).displacement for points in changed)
    chosen = [model.expression_names.index(name) for name in LAUGH]
    foretold = 0.4 * expression_directions(model, yaw)[chosen].sum(0)
    assert np.linalg.norm(laughing - rest - foretold) < 0.15 * np.linalg.norm(laughing - rest)


@pytest.mark.parametrize("names", [SCOWL, LAUGH])
def test_expressions_change_a_face_less_than_another_person_does(model: HeadModel, names: tuple[str, ...]) -> None:
    random = np.random.default_rng(8)
    shapes = model.shape_mean + 0.9 * model.shape_deviation * random.normal(size=(6, len(model.shape_mean)))
    heads = [model.shaped(shape.astype(np.float32)).astype(float) for shape in shapes]
    delta = with_units(model, names, 0.7)
    faces = [neutral_face(model, seen_from_afar(model, head + d, 0.0)) for head in heads for d in (0.0, delta)]
    apart = distances(faces)
    same = np.mean([apart[2 * i, 2 * i + 1] for i in range(6)])
    others = np.mean([apart[2 * i, 2 * j] for i in range(6) for j in range(i)])
    assert same < 0.5 * others
