# SPDX-License-Identifier: GPL-3.0-or-later
"""478 landmarks of one face, averaged over several crops.

A single pass of the network moves by about a percent of the face when the crop moves a little. Level crops of one standard size,
slightly shifted, scaled and turned, half of them mirrored, average most of that out.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..errors import AvatarError
from .crop import Square
from .mesh import box_square, level_square, read_mesh
from .types import FaceLandmarks, FoundFace, Photo

MIN_FACE_PIXELS = 60
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
    crop = box_square(face.box)
    for _ in range(2):
        points = read_mesh(photo, crop)
        if points is None:
            raise AvatarError(
                "face_unreadable",
                f"The face in {photo.name} cannot be read: use a picture where it is turned to the camera and not covered.",
            )
        crop = level_square(points)
    passes = (read_mesh(photo, square) for square in _jittered(crop))
    return FaceLandmarks(np.mean([read for read in passes if read is not None] or [points], axis=0), face)


def _jittered(crop: Square) -> list[Square]:
    squares = []
    for dx, dy, scale, turn in JITTER:
        center = (crop.center[0] + dx * crop.side, crop.center[1] + dy * crop.side)
        square = Square(center, crop.side * scale, crop.angle + turn)
        squares += [square, replace(square, mirrored=True)]
    return squares
