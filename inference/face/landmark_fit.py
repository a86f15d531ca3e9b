# SPDX-License-Identifier: GPL-3.0-or-later
"""The estimator that needs no weights: any head model, fitted to 478 landmarks."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ..bundle import Camera
from ..head.model import HeadModel, LandmarkEmbedding, vertex_normals
from ..photo.types import FaceLandmarks, Photo
from .camera import from_extrinsics, project, yaw_degrees
from .closed_mouth import keep_closed
from .freeform import displacement_to_landmarks, prepare_free_form
from .gauss_newton import Evidence, fit_linear
from .gaze import IRIS_CENTERS, gaze_pose
from .learned.identity import learned_identity
from .lip_parting import part_lips
from .person_or_moment import divide
from .types import FaceFit

EMBEDDING = "mediapipe_478"
WARN_YAW = 60.0


def fit_face(model: HeadModel, photo: Photo, landmarks: FaceLandmarks) -> FaceFit:
    """Shape, expression, camera and free-form identity of the face behind the landmarks."""
    embedding = model.landmarks[EMBEDDING]
    height, width = photo.pixels.shape[:2]
    center = np.array([width / 2, height / 2])
    points = landmarks.points[:, :2] - center
    learned = learned_identity(model)
    identity = None if learned is None else learned.identity(model, points)
    linear = fit_linear(model, Evidence(points, embedding, _template_normals(model), _focal(photo), identity))
    pose = linear.extrinsics
    camera = from_extrinsics(pose.rotation, pose.translation, pose.focal_px, tuple(center), width, height)

    seen = model.shaped(linear.shape, linear.expression, None if identity is None else identity.offsets)
    displaced = displacement_to_landmarks(model, seen, camera, landmarks.points[:, :2], embedding)
    gaze = gaze_pose(model, seen + displaced, camera, landmarks.points[:, :2])
    divided = divide(model, linear, identity, displaced, camera)
    offsets = divided.offsets + part_lips(model, model.shaped(divided.shape, None, divided.offsets))
    posed = model.forward(divided.shape, divided.expression, gaze, offsets + divided.photo_offsets)
    yaw = abs(yaw_degrees(camera))
    warnings = (
        (f"The face is turned by {yaw:.0f} degrees; a more frontal photo gives a better likeness.",)
        if yaw > WARN_YAW
        else ()
    )
    return FaceFit(
        divided.shape.astype(np.float32),
        divided.expression.astype(np.float32),
        gaze.astype(np.float32),
        offsets.astype(np.float32),
        divided.photo_offsets.astype(np.float32),
        camera,
        landmark_residual(posed, camera, landmarks.points, embedding),
        warnings,
    )


def prepare_fit(model: HeadModel) -> None:
    """Do ahead of time what depends on the model alone."""
    prepare_free_form(model)
    if learned_identity(model) is not None:
        keep_closed(model, np.zeros(model.template.shape))


def landmark_residual(vertices: NDArray, camera: Camera, picture: NDArray, embedding: LandmarkEmbedding) -> float:
    """RMS distance of all landmarks in percent of the inter-iris distance."""
    distance = np.linalg.norm(project(camera, embedding.points(vertices))[:, :2] - picture[:, :2], axis=1)
    left, right = picture[IRIS_CENTERS["left_eye"], :2], picture[IRIS_CENTERS["right_eye"], :2]
    return float(100 * np.sqrt((distance**2).mean()) / np.linalg.norm(left - right))


@lru_cache(maxsize=4)
def _template_normals(model: HeadModel) -> NDArray:
    """(L, 3) unit normals of the mean skin at the landmarks."""
    normals = model.landmarks[EMBEDDING].points(
        vertex_normals(model.template.astype(np.float64), model.surface.triangles())
    )
    return normals / np.linalg.norm(normals, axis=1, keepdims=True)


def _focal(photo: Photo) -> float | None:
    """Focal length in pixels from EXIF; None when it is missing or the photo's shape says that it was cropped."""
    if photo.focal_35mm is None:
        return None
    long, short = sorted(photo.pixels.shape[:2], reverse=True)
    if min(abs(long / short - shape) for shape in (3 / 2, 4 / 3, 16 / 9)) > 0.02:
        return None
    return photo.focal_35mm / 43.27 * float(np.hypot(long, short))
