# SPDX-License-Identifier: GPL-3.0-or-later
"""478 landmarks of one face, averaged over several crops.

A single pass of the network moves by about a percent of the face when the crop moves a little. Level crops of one standard
size, slightly shifted, scaled and turned, half of them mirrored, average most of that out.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..errors import AvatarError
from .crop import Square
from .find_faces import MESH_CROP, mesh_square
from .mediapipe_runtime import face_mesh
from .mirror import MIRROR_478
from .types import FaceLandmarks, FoundFace, Photo

NETWORK_PIXELS = 192
MIN_FACE_PIXELS = 60
# Outer eye corners and iris centres of MediaPipe's mesh, the subject's right first.
EYE_CORNERS = (33, 263)
# (shift x, shift y) in crop sides, scale, turn in radians. Each is used plain and mirrored.
JITTER = (
    (0.0, 0.0, 1.0, 0.0),
    (0.015, 0.01, 0.95, 0.03),
    (-0.015, 0.01, 1.05, -0.03),
    (0.01, -0.015, 1.02, 0.015),
    (-0.01, -0.015, 0.98, -0.015),
)


def find_landmarks(photo: Photo, face: FoundFace) -> FaceLandmarks:
    """The landmarks of one found face.

    Coordinates are continuous pixels of the photo: pixel i covers [i, i + 1).
    Raises AvatarError ``face_too_small`` below 60 pixels and ``face_unreadable`` when the network sees no face in the box.
    """
    x0, y0, x1, y1 = face.box
    size = max(x1 - x0, y1 - y0)
    if size < MIN_FACE_PIXELS:
        raise AvatarError(
            "face_too_small",
            f"The face in {photo.name} is {size:.0f} pixels high, too few to see its shape: "
            f"use a picture in which it has at least {MIN_FACE_PIXELS}, better 300 or more.",
        )
    crop = mesh_square(face)
    for _ in range(2):
        points = _landmarks_in(photo, crop)
        if points is None:
            raise AvatarError(
                "face_unreadable",
                f"The face in {photo.name} cannot be read: use a picture where it is turned to the camera and not covered.",
            )
        crop = _level_square(points)
    passes = [_landmarks_in(photo, square) for square in _jittered(crop)]
    read = [points for points in passes if points is not None]
    return FaceLandmarks(np.mean(read or [points], axis=0), face)


def _landmarks_in(photo: Photo, crop: Square) -> np.ndarray | None:
    points = face_mesh(crop.pixels(photo.pixels, NETWORK_PIXELS))
    if points is None:
        return None
    placed = crop.to_photo(points)
    return placed[MIRROR_478] if crop.mirrored else placed


def _level_square(points: np.ndarray) -> Square:
    """The crop turned so that the eyes are level, around the bounds of the landmarks."""
    right, left = points[list(EYE_CORNERS), :2]
    angle = float(np.arctan2(left[1] - right[1], left[0] - right[0]))
    c, s = np.cos(angle), np.sin(angle)
    axes = np.array([[c, -s], [s, c]])
    level = points[:, :2] @ axes
    low, high = level.min(0), level.max(0)
    center = axes @ ((low + high) / 2)
    return Square((float(center[0]), float(center[1])), float(MESH_CROP * (high - low).max()), angle)


def _jittered(crop: Square) -> list[Square]:
    squares = []
    for dx, dy, scale, turn in JITTER:
        center = (crop.center[0] + dx * crop.side, crop.center[1] + dy * crop.side)
        square = Square(center, crop.side * scale, crop.angle + turn)
        squares += [square, replace(square, mirrored=True)]
    return squares
