# SPDX-License-Identifier: GPL-3.0-or-later
"""How much an avatar looks like its photo, seen by programs that did not make it.

Closed loop: the detector's landmarks on our own render against its landmarks on the photo.
Expressions: what the detector measures on renders of the avatar's expressions.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ..bundle import Avatar, Camera, HeadMesh
from ..errors import AvatarError
from ..face.gaze import IRIS_CENTERS
from ..head.landmark_sets import OUTER_EYES
from ..head.model import Surface, rotation_matrices
from ..photo.find_faces import find_faces
from ..photo.landmarks import find_landmarks
from ..photo.types import FaceLandmarks, Photo
from .fast_render import Look, orbit_camera, render
from .now.align import procrustes
from .portrait import cut

SIZE = 512
TURNS = {"front": 0.0, "thirty": 30.0}
REGIONS = {
    "eyes": (
        *(33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246),
        *(263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466),
        *(468, 473),
    ),
    "nose": (1, 2, 4, 5, 6, 19, 48, 64, 94, 97, 98, 115, 168, 195, 197, 220, 278, 294, 326, 327, 344, 440),
    "lips": (
        *(61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185),
        *(78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308, 415, 310, 311, 312, 13, 82, 81, 80, 191),
    ),
}
MOUTH_CORNERS = (61, 291)
INNER_LIPS, LIDS = (13, 14), ((159, 145), (386, 374))
BROWS, EYE_CORNERS = (105, 334), (33, 133, 362, 263)


@dataclass(frozen=True)
class ClosedLoop:
    """RMS landmark distance between render and photo in percent of the inter-iris distance."""

    overall: float
    eyes: float
    nose: float
    lips: float


@dataclass(frozen=True)
class ExpressionMeasures:
    """Measured on front renders. mouth_widening: smile / neutral - 1. mouth_gap: of surprise, in outer-eye distances.
    brow_raise: of surprise, growth of the brow-eye distance. lid_gap: blink / neutral."""

    mouth_widening: float
    mouth_gap: float
    brow_raise: float
    lid_gap: float


def surface_of(head: HeadMesh) -> Surface:
    """A bundle's faces and texture coordinates, as a head model has them."""
    return Surface(head.faces, head.face_parts, head.part_names, head.uv, head.uv_faces)


class AvatarViews:
    """Renders of one bundle by the fast rasteriser."""

    def __init__(self, avatar: Avatar, folder: Path) -> None:
        head = avatar.head
        self.avatar = avatar
        self.surface = surface_of(head)
        pictures = {
            role: np.asarray(Image.open(folder / avatar.textures[role]).convert("RGB"))
            for role in ("skin", "eye", "photo")
        }
        self.look = Look(pictures["skin"], pictures["eye"], colors=avatar.colors)
        self.photo = Photo(avatar.name, pictures["photo"])
        self.face = head.vertices[head.masks["face"] > 0.5]

    def posed_as_in_photo(self) -> NDArray:
        """(V, 3) with the photo's expression and gaze."""
        head = self.avatar.head
        vertices = head.vertices + head.photo_delta
        for name, axis_angle in self.avatar.pose.items():
            joint = head.joint_names.index(name)
            pivot = head.joint_positions[joint]
            turned = (vertices - pivot) @ rotation_matrices(np.array(axis_angle)).T + pivot
            weight = head.skin_weights[:, joint : joint + 1]
            vertices = vertices + weight * (turned - vertices)
        return vertices

    def emotion(self, name: str) -> NDArray:
        head = self.avatar.head
        return head.vertices + head.emotion_deltas[head.emotion_names.index(name), -1]

    def keys(self, *names: str) -> NDArray:
        head = self.avatar.head
        return head.vertices + sum(head.key_deltas[head.key_names.index(name)] for name in names)

    def photo_and_render(self) -> tuple[NDArray, NDArray]:
        """The photo around the face, and the avatar as in the photo from the photo's camera, both SIZE pixels square."""
        original = self.avatar.camera
        camera = crop_to_face(original, np.array(self.avatar.report["face_box"], float))
        scale = camera.focal_px / original.focal_px
        corner = np.array(original.center_px) - np.array(camera.center_px) / scale
        crop = cut(self.photo.pixels, corner, scale, (SIZE, SIZE))
        return crop, render(self.surface, self.posed_as_in_photo(), self.look, camera)

    def seen(self, view: str) -> NDArray:
        """ "front", "thirty" or an emotion's name (from the front), a picture of SIZE pixels."""
        neutral = self.avatar.head.vertices
        vertices = neutral if view in TURNS else self.emotion(view)
        return self.orbit(vertices, TURNS.get(view, 0.0))

    def orbit(self, vertices: NDArray, yaw: float) -> NDArray:
        return render(self.surface, vertices, self.look, orbit_camera(self.face, yaw, SIZE))


def crop_to_face(camera: Camera, box: NDArray) -> Camera:
    """The photo's camera narrowed to a square of SIZE pixels around a face box (x0, y0, x1, y1)."""
    middle = (box[:2] + box[2:]) / 2
    side = 1.9 * (box[2:] - box[:2]).max()
    scale = SIZE / side
    center = (np.asarray(camera.center_px) - middle) * scale + SIZE / 2
    return replace(camera, focal_px=camera.focal_px * scale, center_px=tuple(center), width=SIZE, height=SIZE)


def closed_loop(views: AvatarViews) -> ClosedLoop:
    """Raises AvatarError when the detector finds no face on the render or the photo."""
    on_photo, on_render = (landmarks_of(picture).points[:, :2] for picture in views.photo_and_render())
    return landmark_distance(on_photo, on_render)


def landmark_distance(on_photo: NDArray, on_render: NDArray) -> ClosedLoop:
    """Of (478, 2) landmarks in pixels of one frame."""
    unit = np.linalg.norm(on_photo[IRIS_CENTERS["left_eye"]] - on_photo[IRIS_CENTERS["right_eye"]])
    miss = 100 * np.linalg.norm(on_render - on_photo, axis=1) / unit
    return ClosedLoop(_rms(miss), *(_rms(miss[list(REGIONS[name])]) for name in ("eyes", "nose", "lips")))


def expression_measures(views: AvatarViews) -> ExpressionMeasures:
    """The product's expressions, measured by the detector on front renders."""

    def points(picture: NDArray) -> NDArray:
        return landmarks_of(picture).points[:, :2]

    neutral, smile, surprise = (points(views.seen(view)) for view in ("front", "happiness", "surprise"))
    rest, blink = (
        points(views.orbit(v, 0)) for v in (views.avatar.head.vertices, views.keys("eyeBlinkLeft", "eyeBlinkRight"))
    )
    return measured_expressions(neutral, smile, surprise, rest, blink)


def measured_expressions(
    neutral: NDArray, smile: NDArray, surprise: NDArray, rest: NDArray, blink: NDArray
) -> ExpressionMeasures:
    """From (478, 2) landmarks of front views; ``rest`` is the face that ``blink`` closes the eyes of."""
    return ExpressionMeasures(
        _distance(smile, MOUTH_CORNERS) / _distance(neutral, MOUTH_CORNERS) - 1,
        _distance(surprise, INNER_LIPS) / _distance(surprise, OUTER_EYES),
        _brow_height(surprise) / _brow_height(neutral) - 1,
        sum(_distance(blink, lid) for lid in LIDS) / sum(_distance(rest, lid) for lid in LIDS),
    )


def shape_distance(a: NDArray, b: NDArray) -> float:
    """RMS distance in metres of two (N, 3) surfaces in vertex correspondence after the best rotation, translation and scale."""
    return float(np.sqrt(((procrustes(a, b).apply(a) - b) ** 2).sum(1).mean()))


def landmarks_of(picture: NDArray, near: NDArray | None = None) -> FaceLandmarks:
    """Landmarks of the largest face of a picture, or of the one nearest to a point (x, y). Raises AvatarError ``face_none``."""
    photo = Photo("a render", picture)
    faces = find_faces(photo)
    if not faces:
        raise AvatarError(
            "face_none", "No face was found on the render: look at it, the avatar is broken or turned away."
        )
    if near is not None:
        faces = sorted(faces, key=lambda face: np.hypot(*(np.add(face.box[:2], face.box[2:]) / 2 - near)))
    return find_landmarks(photo, faces[0])


def _rms(values: NDArray) -> float:
    return float(np.sqrt((values**2).mean()))


def _distance(points: NDArray, pair: tuple[int, int]) -> float:
    return float(np.linalg.norm(points[pair[0]] - points[pair[1]]))


def _brow_height(points: NDArray) -> float:
    return float(points[list(EYE_CORNERS), 1].mean() - points[list(BROWS), 1].mean())
