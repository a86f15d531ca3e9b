# SPDX-License-Identifier: GPL-3.0-or-later
"""An independent face recogniser (dlib's ResNet, public domain) that says whether two pictures show one person.

Used by tests and by ``evaluate`` only; needs the packages dlib-bin and face_recognition_models.
"""

from __future__ import annotations

import importlib.util
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..errors import AvatarError
from ..head.landmark_sets import IBUG_68
from ..photo.types import FaceLandmarks, Photo


def embedding(photo: Photo, landmarks: FaceLandmarks) -> NDArray:
    """(128,) identity vector; two pictures of one person are usually nearer than 0.6.

    Aligned with our own landmarks, so that both pictures of a comparison are treated alike.
    """
    dlib, network = load_recognizer()
    points = [dlib.point(round(x), round(y)) for x, y in landmarks.points[list(IBUG_68), :2]]
    x, y = landmarks.points[:, 0], landmarks.points[:, 1]
    box = dlib.rectangle(round(x.min()), round(y.min()), round(x.max()), round(y.max()))
    shape = dlib.full_object_detection(box, dlib.points(points))
    return np.array(network.compute_face_descriptor(np.ascontiguousarray(photo.pixels), shape, 5))


@lru_cache(maxsize=1)
def load_recognizer() -> tuple[object, object]:
    """dlib and its network. Raises AvatarError ``recognizer_missing``."""
    try:
        import dlib
    except ImportError as error:
        raise AvatarError(
            "recognizer_missing", "The face recogniser is not installed: pip install dlib-bin face_recognition_models."
        ) from error
    found = importlib.util.find_spec("face_recognition_models")  # its own __init__ needs the retired pkg_resources
    if found is None or found.origin is None:
        raise AvatarError(
            "recognizer_missing", "The recogniser's weights are missing: pip install face_recognition_models."
        )
    weights = Path(found.origin).parent / "models" / "dlib_face_recognition_resnet_model_v1.dat"
    return dlib, dlib.face_recognition_model_v1(str(weights))
