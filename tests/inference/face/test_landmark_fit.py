# SPDX-License-Identifier: GPL-3.0-or-later
"""The landmark fit on heads of known shape, and on a real photo."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from inference.bundle import Camera
from inference.evaluation.likeness import shape_distance
from inference.face.camera import FACING, from_extrinsics, project
from inference.face.freeform import displacement_to_landmarks
from inference.face.gauss_newton import solve_bounded
from inference.face.gaze import gaze_pose
from inference.face.landmark_fit import fit_face, landmark_residual
from inference.face.skin_mesh import skin_mesh
from inference.head.model import HeadModel, rotation_matrices, vertex_normals
from inference.head.open_head import load_open_head
from inference.photo.types import FaceLandmarks, FoundFace, Photo

SIZE = 800


@pytest.fixture(scope="module")
def model() -> HeadModel:
    return load_open_head()


def camera(yaw: float = 0.0, distance: float = 1.1) -> Camera:
    rotation = FACING @ rotation_matrices(np.array([0.0, 0.0, np.radians(yaw)]))
    return from_extrinsics(rotation, np.array([0.01, 0.02, -distance]), 3000.0, (SIZE / 2, SIZE / 2), SIZE, SIZE)


def landmarks_of(model: HeadModel, vertices: np.ndarray, seen_by: Camera) -> np.ndarray:
    return project(seen_by, model.landmarks["mediapipe_478"].points(vertices))


def fit_known_head(model: HeadModel, shape: np.ndarray, expression: np.ndarray, yaw: float):
    points = landmarks_of(model, model.shaped(shape, expression).astype(float), camera(yaw))
    photo = Photo("known head", np.zeros((SIZE, SIZE, 3), np.uint8))
    return fit_face(model, photo, FaceLandmarks(points, FoundFace((0, 0, SIZE, SIZE), 1.0)))


def test_bounded_solve_agrees_with_a_reference_solver() -> None:
    from scipy.optimize import lsq_linear

    random = np.random.default_rng(5)
    a, b = random.normal(size=(40, 12)), random.normal(size=40)
    low, high = np.full(12, -0.05), np.full(12, 0.08)
    expected = lsq_linear(a, b, (low, high), tol=1e-14).x
    assert solve_bounded(a.T @ a, a.T @ b, low, high) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("yaw", [0.0, 30.0])
def test_a_known_head_is_found_better_than_the_mean_head(model: HeadModel, yaw: float) -> None:
    random = np.random.default_rng(11)
    shape = model.shape_mean + model.shape_deviation * random.normal(size=len(model.shape_mean))
    unlearned = replace(
        model, name="a head nothing was learned for"
    )  # what is learned expects the detector's landmarks
    fit = fit_known_head(unlearned, shape, np.zeros(len(model.expression_names)), yaw)
    face = model.masks["face"] > 0.5
    truth = model.shaped(shape)[face]
    found = model.shaped(fit.shape, None, fit.offsets)[face]
    mean = model.shaped(model.shape_mean)[face]
    assert shape_distance(found, truth) < 0.6 * shape_distance(mean, truth)


def test_a_laugh_goes_into_the_expression_and_not_into_the_neutral_face(model: HeadModel) -> None:
    expression = np.zeros(len(model.expression_names))
    for name, value in {"jawOpen": 0.5, "mouthSmileLeft": 0.7, "mouthSmileRight": 0.7}.items():
        expression[model.expression_names.index(name)] = value
    fit = fit_known_head(model, model.shape_mean, expression, 0.0)
    lips = model.landmarks["mediapipe_478"].points(model.shaped(fit.shape, None, fit.offsets))[[13, 14]]
    rest = model.landmarks["mediapipe_478"].points(model.shaped(model.shape_mean))[[13, 14]]
    assert np.linalg.norm(lips[0] - lips[1]) - np.linalg.norm(rest[0] - rest[1]) < 0.002
    assert fit.expression[model.expression_names.index("jawOpen")] > 0.3


def test_free_form_brings_the_landmarks_home_and_leaves_the_back_alone(model: HeadModel) -> None:
    vertices = model.shaped(model.shape_mean).astype(float)
    random = np.random.default_rng(2)
    smooth = 0.003 * np.sin(25 * vertices[:, [2, 0, 1]] + random.uniform(0, 6, 3))
    target = landmarks_of(model, vertices + smooth, camera())
    embedding = model.landmarks["mediapipe_478"]
    moved = displacement_to_landmarks(model, vertices, camera(), target[:, :2], embedding)
    before = landmark_residual(vertices, camera(), target, embedding)
    assert landmark_residual(vertices + moved, camera(), target, embedding) < 0.25 * before
    back = vertices[:, 1] > 0.12
    assert np.linalg.norm(moved[back], axis=1).max() < 0.001


def test_gaze_recovers_a_turned_eye(model: HeadModel) -> None:
    vertices = model.shaped(model.shape_mean).astype(float)
    pose = np.zeros((len(model.joints.names), 3))
    pose[model.joints.names.index("left_eye")] = [0.1, 0.0, -0.2]
    seen = landmarks_of(model, model.skin(vertices, pose), camera())
    assert gaze_pose(model, vertices, camera(), seen[:, :2]) == pytest.approx(pose, abs=0.01)


def test_riders_move_rigidly_with_a_shifted_skin(model: HeadModel) -> None:
    mesh = skin_mesh(model)
    shift = np.array([0.001, -0.002, 0.003])
    whole = mesh.spread(np.tile(shift, (len(mesh.vertices), 1)), len(model.template))
    assert whole == pytest.approx(np.tile(shift, (len(model.template), 1)), abs=1e-9)
    assert (mesh.mirror[mesh.mirror] == np.arange(len(mesh.mirror))).mean() > 0.99


def test_every_landmark_sits_on_the_surface(model: HeadModel) -> None:
    embedding = model.landmarks["mediapipe_478"]
    assert embedding.barycentric.sum(1) == pytest.approx(1, abs=1e-5)
    assert (embedding.barycentric >= 0).all()
    normals = embedding.points(vertex_normals(model.template, model.surface.triangles()))
    nose_and_brows = [1, 4, 5, 105, 334, 9, 151]
    assert (normals[nose_and_brows, 1] < 0).all()


@pytest.mark.parametrize(("smile", "frown", "own"), [(0.6, 0.4, True), (0.0, 0.6, False)])
def test_low_brows_of_a_smiling_face_are_its_own(model: HeadModel, smile: float, frown: float, own: bool) -> None:
    expression = np.zeros(len(model.expression_names))
    for name, value in (("browDown", frown), ("mouthSmile", smile), ("cheekSquint", smile / 2)):
        for side in ("Left", "Right"):
            expression[model.expression_names.index(name + side)] = value
    fit = fit_known_head(model, np.zeros(len(model.shape_names)), expression, 0.0)
    lowered = fit.expression[model.expression_names.index("browDownLeft")]
    assert lowered < 0.02 if own else lowered > 0.05
