# SPDX-License-Identifier: GPL-3.0-or-later
"""A synthetic photo of a head, and what the product's own detector finds on it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...bundle import Camera
from ...errors import AvatarError
from ...face.camera import FACING, from_extrinsics
from ...head.model import HeadModel, rotation_matrices
from ...photo.find_faces import find_faces
from ...photo.landmarks import find_landmarks
from ...photo.types import FaceLandmarks, Photo
from .painter import paint

SIZE = 224
FRAMING = (0.24, 0.32)  # metres of the head's surroundings across the picture
PITCH, ROLL = 12.0, 8.0  # degrees
NEAREST, FARTHEST = 0.4, 2.0  # metres


@dataclass(frozen=True)
class Shot:
    """photo: the picture; camera: the true one; landmarks: what the detector found."""

    photo: Photo
    camera: Camera
    landmarks: FaceLandmarks


def photograph(model: HeadModel, vertices: NDArray, camera: Camera, random: np.random.Generator) -> Shot | None:
    """A photo of the posed head (V, 3); None when the detector sees no face in it."""
    photo = Photo("a synthetic head", paint(model, vertices, camera, random))
    faces = find_faces(photo)
    if not faces:
        return None
    try:
        return Shot(photo, camera, find_landmarks(photo, faces[0]))
    except AvatarError:
        return None


def random_camera(model: HeadModel, random: np.random.Generator, yaw: float, strength: float = 1.0) -> Camera:
    """A camera at 0.4 to 2 m (log-uniform), turned by ``yaw`` degrees and a little by chance."""
    distance = float(np.exp(random.uniform(*np.log([NEAREST, FARTHEST]))))
    pitch, roll = strength * random.uniform([-PITCH, -ROLL], [PITCH, ROLL])
    about_x, about_y, about_z = (
        rotation_matrices(np.radians(a) * axis) for a, axis in zip((pitch, roll, yaw), np.eye(3), strict=True)
    )
    rotation = FACING @ about_x @ about_y @ about_z
    face = model.template[model.masks["face"] > 0.5].mean(0).astype(np.float64)
    aside = distance * random.uniform(-0.12, 0.12, 2)  # the face is not always in the middle of the picture
    translation = np.array([*aside, -distance]) - rotation @ face
    focal = SIZE * distance / random.uniform(*FRAMING)
    center = SIZE / 2 + focal * aside / distance * [-1, 1] + random.uniform(-8, 8, 2)
    return from_extrinsics(rotation, translation, focal, tuple(center), SIZE, SIZE)
