# SPDX-License-Identifier: GPL-3.0-or-later
"""A hair mask that a person painted or another program made."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from ..errors import AvatarError
from .load import load_photo
from .types import Photo

MAX_STRETCH = 0.02
COARSE = 0.4  # of the photo's width


def load_hair_mask(path: Path, photo: Photo) -> tuple[np.ndarray, tuple[str, ...]]:
    """(H, W) float32 in [0, 1] over the photo, from a picture in which hair is white, and what the person should know about it.

    The picture has the photo's size or at least its proportions (programs that find hair often work on smaller copies); then it is
    resized, and said so. Raises AvatarError ``hair_mask_invalid`` for other proportions, and the photo's codes for a file that is no
    picture.
    """
    mask = load_photo(path).pixels
    height, width = photo.pixels.shape[:2]
    stretch = (mask.shape[1] / mask.shape[0]) / (width / height)
    if abs(stretch - 1) > MAX_STRETCH:
        raise AvatarError(
            "hair_mask_invalid",
            f"The hair mask {path.name} is {mask.shape[1]} x {mask.shape[0]}, of other proportions than the photo "
            f"({width} x {height}): paint it over the photo itself.",
        )
    grey = cv2.cvtColor(mask, cv2.COLOR_RGB2GRAY)
    if grey.shape == (height, width):
        return grey.astype(np.float32) / 255, ()
    smaller = grey.shape[1] < width
    resized = cv2.resize(grey, (width, height), interpolation=cv2.INTER_LINEAR if smaller else cv2.INTER_AREA)
    note = f"The hair mask {path.name} is {mask.shape[1]} x {mask.shape[0]} and was resized to the photo's {width} x {height}."
    coarse = (f"The outline of {path.name} is coarse.",) if grey.shape[1] < COARSE * width else ()
    return resized.astype(np.float32) / 255, (note, *coarse)
