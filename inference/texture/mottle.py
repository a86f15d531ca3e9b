# SPDX-License-Identifier: GPL-3.0-or-later
"""Uneven colour for skin that no photo shows: blood and pigment in soft patches, as strong as on the person's face.

Like the finer detail it lives on the head in three dimensions, hence without seams.
"""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ..head.model import HeadModel
from ..smoothstep import smoothstep
from .atlas import texture_atlas
from .color import LUMINANCE

# Log colour of more blood and of more pigment: what haemoglobin and melanin absorb of red, green and blue.
BLOOD, PIGMENT = np.float32([-0.15, -1.0, -0.75]), np.float32([-0.5, -0.85, -1.1])
CELLS = 0.0035, 0.008, 0.018  # metres
SHARES = 0.5, 0.7, 0.5  # strength of each scale
BLOOD_SHARE, PIGMENT_SHARE = 1.0, 0.7
WEAKEST, STRONGEST = 0.028, 0.055  # deviation of log luminance
COLORED = 0.08, 0.3  # log ratio of red to green from which a picture is no grey one
COARSER = 4
LATTICE, SEED = 48, 9


def mottle(model: HeadModel, size: int, strength: float, usual: NDArray) -> NDArray[np.float32]:
    """(size, size, 3) log colour. strength: the face's own deviation of log luminance; usual (3,): its log colour."""
    deviation = float(np.clip(strength, WEAKEST, STRONGEST))
    patches = prepare_mottle(model, size)
    grey = 1 - smoothstep(*COLORED, float(usual[0] - usual[1]))
    if grey > 0:
        patches = patches + grey * (cv2.transform(patches, LUMINANCE[None])[..., None] - patches)
    return cv2.resize(deviation * patches, (size, size), interpolation=cv2.INTER_LINEAR)


@lru_cache(maxsize=2)
def prepare_mottle(model: HeadModel, size: int) -> NDArray[np.float32]:
    """(size / COARSER, size / COARSER, 3) log colour of unit strength."""
    atlas = texture_atlas(model, size)
    place = cv2.resize(atlas.spread(model.template), None, fx=1 / COARSER, fy=1 / COARSER, interpolation=cv2.INTER_AREA)
    random = np.random.default_rng(SEED)
    total = np.zeros_like(place)
    for color, weight in ((BLOOD, BLOOD_SHARE), (PIGMENT, PIGMENT_SHARE)):
        for cell, share in zip(CELLS, SHARES, strict=True):
            lattice = random.standard_normal((LATTICE,) * 3).astype(np.float32)
            at = (place / cell).reshape(-1, 3).T
            wave = ndimage.map_coordinates(lattice, at, order=2, mode="grid-wrap", prefilter=False)
            total += weight * share / wave.std() * wave.reshape(place.shape[:2])[..., None] * color
    return total.astype(np.float32)
