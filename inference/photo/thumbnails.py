# SPDX-License-Identifier: GPL-3.0-or-later
"""Small pictures of a photo and its faces, by which a person chooses."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from ..errors import output_error
from .crop import Square
from .types import FoundFace, Photo

SIZE = 192
# The face's box bounds its landmarks; hair and ears lie around it.
AROUND = 1.7


def write_thumbnails(photo: Photo, faces: Iterable[FoundFace], folder: Path) -> tuple[str, ...]:
    """Write photo.png and face-1.png ... into the folder, none larger than SIZE; answers their paths in this order.

    Raises AvatarError when the folder cannot be written.
    """
    scale = min(SIZE / max(photo.pixels.shape[:2]), 1.0)
    size = tuple(max(round(scale * n), 1) for n in photo.pixels.shape[1::-1])
    pictures = {"photo": cv2.resize(photo.pixels, size, interpolation=cv2.INTER_AREA)}
    for number, face in enumerate(faces, 1):
        x0, y0, x1, y1 = face.box
        square = Square(((x0 + x1) / 2, (y0 + y1) / 2), AROUND * max(x1 - x0, y1 - y0))
        pictures[f"face-{number}"] = square.pixels(photo.pixels, SIZE, border=96)
    files = {name: folder / f"{name}.png" for name in pictures}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, pixels in pictures.items():
            Image.fromarray(np.ascontiguousarray(pixels)).save(files[name], compress_level=3)
    except OSError as problem:
        raise output_error(problem, folder) from problem
    return tuple(str(path) for path in files.values())
