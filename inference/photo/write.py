# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures on their way into the bundle."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from PIL import Image

JPEG_QUALITY = 95


def write_pictures(folder: Path, photo: np.ndarray, maps: Mapping[str, np.ndarray]) -> dict[str, Path]:
    """Write the photo as JPEG with full colour resolution and each map, by its role, as PNG; all uint8.

    Answers role -> file, with the photo as "photo". Raises OSError.
    """
    files = {"photo": folder / "photo.jpg"}
    Image.fromarray(photo).save(files["photo"], quality=JPEG_QUALITY, subsampling=0)
    for role, pixels in maps.items():
        files[role] = folder / f"{role}.png"
        Image.fromarray(pixels).save(files[role], compress_level=3)
    return files
