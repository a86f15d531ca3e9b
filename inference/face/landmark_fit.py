# SPDX-License-Identifier: GPL-3.0-or-later
"""The estimator that needs no weights: any head model, fitted to 478 landmarks."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ..bundle import Camera
from ..head.model import HeadModel, LandmarkEmbedding, vertex_normals
from ..photo.types import FaceLandmarks, Photo
from ..smoothstep import smoothstep
from .camera import from_extrinsics, project, yaw_degrees
from .closed_mouth import keep_closed
from .freeform import displacement_to_landmarks, prepare_free_form
from .gauss_newton import Evidence, LinearFit, fit_linear
from .gaze import IRIS_CENTERS, gaze_pose
from .learned.identity import Identity, learned_identity
from .lip_parting import part_lips
from .types import FaceFit

EMBEDDING = "mediapipe_478"
IDENTITY_ACTIVITY = 0.0025  # metres of expression displacement beyond which free-form is put down to the expression
WARN_YAW = 60.0
LASTING = 0.5  # share of what a learned identity leaves unexplained that counts as the person's
FRONTAL, TURNED = 8.0, 25.0  # degrees of yaw between which that fades
SMILES = (
    0.2,
    0.45,
)  # mean of mouthSmile at which low brows begin to be the person's own, and are so fully: who smiles does not frown


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
    own_brows = _own_brows(model, linear.expression)
    linear = replace(linear, expression=linear.expression - own_brows)
    shape, offsets, photo_offsets = _split(model, linear, identity, displaced, camera)
    offsets = offsets + np.tensordot(own_brows.astype(np.float32), model.expression_basis, 1)
    offsets = offsets + part_lips(model, model.shaped(shape, None, offsets))
    yaw = abs(yaw_degrees(camera))
    warnings = (
        (f"The face is turned by {yaw:.0f} degrees; a more frontal photo gives a better likeness.",)
        if yaw > WARN_YAW
        else ()
    )
    return FaceFit(
        shape.astype(np.float32),
        linear.expression.astype(np.float32),
        gaze.astype(np.float32),
        offsets.astype(np.float32),
        photo_offsets.astype(np.float32),
        camera,
        landmark_residual(model.skin(seen + displaced, gaze), camera, landmarks.points, embedding),
        warnings,
    )


def prepare_fit(model: HeadModel) -> None:
    """Do ahead of time what depends on the model alone."""
    prepare_free_form(model)
    if learned_identity(model) is not None:
        keep_closed(model, np.zeros(model.template.shape))


def _split(
    model: HeadModel, linear: LinearFit, identity: Identity | None, displaced: NDArray, camera: Camera
) -> tuple[NDArray, NDArray, NDArray]:
    """What the photo shows, divided: shape coefficients and offsets of the person, offsets of this photo alone.

    Without a learned identity a displacement belongs to the person where the expression moves little. A learned one is what the
    landmarks tell of the person; of what else they ask for, a part across the line of sight is kept on frontal faces (the front
    view is more like the photo for it), none along it and none on turned ones: there it is noise and wrong depth (measured by
    ``judge-shape`` and ``same-person``).
    """
    share = _identity_share(model, linear.expression)[:, None]
    if identity is None:
        return linear.shape, displaced * share, displaced * (1 - share)
    more = displaced + np.tensordot((linear.shape - identity.shape).astype(np.float32), model.shape_basis, 1)
    sight = camera.matrix_world[:3, 2]
    across = more - np.outer(more @ sight, sight)
    kept = LASTING * np.interp(abs(yaw_degrees(camera)), [FRONTAL, TURNED], [1, 0])
    lasting = keep_closed(model, kept * share * across)
    return identity.shape, identity.offsets + lasting, more - lasting


def _own_brows(model: HeadModel, expression: NDArray) -> NDArray:
    """(E,) the part of the expression that belongs to the person at rest: the lowered brows of a smiling face."""
    names = model.expression_names
    smile = np.mean(
        [expression[names.index(name)] for name in ("mouthSmileLeft", "mouthSmileRight") if name in names] or [0.0]
    )
    lowered = np.array([name.startswith("browDown") for name in names])
    return smoothstep(*SMILES, smile) * lowered * expression


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


def _identity_share(model: HeadModel, expression: NDArray) -> NDArray:
    """(V,) in [0, 1]: how far a displacement belongs to the person and not to the expression of this photo."""
    moved = np.linalg.norm(np.tensordot(expression.astype(np.float32), model.expression_basis, 1), axis=1)
    return np.exp(-((moved / IDENTITY_ACTIVITY) ** 2))
