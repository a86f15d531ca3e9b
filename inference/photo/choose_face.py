# SPDX-License-Identifier: GPL-3.0-or-later
"""Which face of the photo is meant, and which way up the photo is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..errors import AvatarError
from .find_faces import find_faces
from .types import FoundFace, Photo


def choose_face(photo: Photo, number: int = 1) -> tuple[Photo, FoundFace]:
    """Face ``number`` of the photo (1 is the largest), and the photo, turned by quarter turns when no face stands upright in it.

    The photo answered carries a warning when it was turned or when it shows more than one face.
    Raises AvatarError ``face_none`` and ``face_index``.
    """
    photo, faces = _upright(photo)
    if not 1 <= number <= len(faces):
        what = "one face" if len(faces) == 1 else f"{len(faces)} faces"
        raise AvatarError(
            "face_index", f"{photo.name} shows {what}, so there is no face {number}: choose from 1 to {len(faces)}."
        )
    if len(faces) > 1:
        photo = _warned(photo, f"The photo shows {len(faces)} faces; number {number} is used (1 is the largest).")
    return photo, faces[number - 1]


def _upright(photo: Photo) -> tuple[Photo, tuple[FoundFace, ...]]:
    for turns in (0, 1, 3, 2):
        turned = photo if turns == 0 else _turned(photo, turns)
        if faces := find_faces(turned):
            return turned, faces
    raise AvatarError(
        "face_none",
        f"No face was found in {photo.name}: use a picture in which a face is turned to the camera, sharp and not covered.",
    )


def _turned(photo: Photo, turns: int) -> Photo:
    pixels = np.ascontiguousarray(np.rot90(photo.pixels, turns))
    alpha = None if photo.alpha is None else np.ascontiguousarray(np.rot90(photo.alpha, turns))
    return _warned(replace(photo, pixels=pixels, alpha=alpha), "The photo lay on its side or head; it was turned.")


def _warned(photo: Photo, warning: str) -> Photo:
    return replace(photo, warnings=(*photo.warnings, warning))
