# SPDX-License-Identifier: GPL-3.0-or-later
"""Hair outlined by hand in real photos: the judge of every hair mask.

The outlines lie in ``hair_outlines.json``, without the pictures, which are recognised by their SHA-256. They were drawn as
polygons on enlarged pictures: strands that hang over shoulders and brows' ends count, single flying hairs, brows, beards and
ribbons do not, sideburns count down to the middle of the ear. Expect about 3 % of error.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

OUTLINES = Path(__file__).with_name("hair_outlines.json")


@dataclass(frozen=True)
class HairOutline:
    """The hair of face number ``face`` (1 is the largest) of a photo.

    hair, holes: polygons (N, 2), x and y in shares of the photo's width and height. tuning: whether settings may be chosen on it.
    """

    photo: str
    sha256: str
    face: int
    tuning: bool
    hair: tuple[NDArray, ...]
    holes: tuple[NDArray, ...]

    @property
    def name(self) -> str:
        return f"{Path(self.photo).stem}#{self.face}"

    def mask(self, shape: tuple[int, int]) -> NDArray:
        """(H, W) bool over the photo of that shape."""
        layer = np.zeros(shape, np.uint8)
        size = np.array(shape[::-1])
        for value, polygons in ((1, self.hair), (0, self.holes)):
            for polygon in polygons:
                cv2.fillPoly(layer, [np.round(polygon * size - 0.5).astype(np.int32)], value)
        return layer > 0


def load_outlines() -> tuple[HairOutline, ...]:
    """All outlines."""
    return tuple(
        HairOutline(
            entry["photo"],
            entry["sha256"],
            entry["face"],
            entry["tuning"],
            tuple(np.array(polygon) for polygon in entry["hair"]),
            tuple(np.array(polygon) for polygon in entry["holes"]),
        )
        for entry in json.loads(OUTLINES.read_text())
    )


def find_photos(places: Iterable[Path]) -> dict[str, Path]:
    """SHA-256 -> path of the files given and of those in the folders given."""
    files = [file for place in places for file in (sorted(place.iterdir()) if place.is_dir() else [place])]
    return {hashlib.sha256(file.read_bytes()).hexdigest(): file for file in files if file.is_file()}


def overlap(mask: NDArray, outline: NDArray) -> float:
    """Intersection over union of a mask (H, W) in [0, 1], cut at one half, with an outline (H, W) bool; 1 where both are empty."""
    solid = mask > 0.5
    union = int((solid | outline).sum())
    return 1.0 if union == 0 else float((solid & outline).sum() / union)
