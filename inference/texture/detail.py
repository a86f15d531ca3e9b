# SPDX-License-Identifier: GPL-3.0-or-later
"""Skin-like detail for places the photo does not show.

Noise that lives on the head in three dimensions, hence without seams or stretching, as strong in each octave as this skin's own detail.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ..head.model import HeadModel
from .atlas import texture_atlas

BANDS = 4  # octaves; the finest has a wavelength of about two texels of the face
LATTICE = 96
STRONGEST = (0.05, 0.04, 0.025, 0.015)  # standard deviation of log colour that skin may have in each octave
WEAKEST = (0.014, 0.014, 0.010, 0.0)  # the same that skin has at least, seen closely
LEAST_TEXELS = 400
LEAST_BEARD, SURE_BEARD, STUBBLE = 0.05, 0.6, 4.0  # levels; strongest detail of beards against that of skin
SEED = 5


@dataclass(frozen=True)
class MadeDetail:
    """Two pictures (size, size, 3) of log colour: fill for places that the photo does not show, as strong in every octave as the trusted
    plain skin's or beard's; missing, to be added to plain skin of a photo too coarse to show any. strength (3,): the plain skin's."""

    fill: NDArray[np.float32]
    missing: NDArray[np.float32]
    strength: NDArray[np.float32]


def made_detail(model: HeadModel, detail: NDArray, clean: NDArray, beard: NDArray) -> MadeDetail:
    """detail: (size, size, 3) log colour beyond the smooth skin colour; clean: (size, size) in [0, 1], 1 where it is trusted plain skin;
    beard: (size, size) in [0, 1]."""
    noise = prepare_noise(model, len(clean))
    strongest, least = (np.array(bounds, np.float32)[:, None] for bounds in (STRONGEST, WEAKEST))
    strength = np.minimum(_octave_strengths(detail, clean * (1 - beard)), strongest)
    missing = np.sqrt(np.maximum(least**2 - strength**2, 0))
    fill = noise @ np.maximum(strength, least)
    if beard.max() > LEAST_BEARD:
        stubble = np.minimum(_octave_strengths(detail, clean * (beard > SURE_BEARD)), STUBBLE * strongest)
        rows = np.flatnonzero(beard.max(1) > LEAST_BEARD)
        rows = slice(rows[0], rows[-1] + 1)
        fill[rows] += beard[rows, :, None] * (noise[rows] @ np.maximum(stubble - strength, 0))
    return MadeDetail(fill, noise @ missing, np.sqrt((np.maximum(strength, least) ** 2).sum(0)))


def _octave_strengths(detail: NDArray, clean: NDArray) -> NDArray[np.float32]:
    """(BANDS, 3) robust standard deviation of the detail's octaves on clean skin, finest first."""
    strengths = np.zeros((BANDS, 3), np.float32)
    sure = (clean > 0.85).astype(np.uint8)
    for band in range(BANDS):
        coarser = cv2.pyrDown(detail)
        size = detail.shape[1], detail.shape[0]
        chosen = cv2.erode(sure, np.ones((5, 5), np.uint8)) > 0
        if chosen.sum() * 4**band > LEAST_TEXELS:
            octave = detail[chosen] - cv2.pyrUp(coarser, dstsize=size)[chosen]
            strengths[band] = 1.4826 * np.median(np.abs(octave), 0)
        detail, sure = coarser, sure[::2, ::2]
    return strengths


@lru_cache(maxsize=2)
def prepare_noise(model: HeadModel, size: int) -> NDArray[np.float32]:
    """(size, size, BANDS) noise of unit deviation; octaves finer than the texels of a place are faded out there."""
    atlas = texture_atlas(model, size)
    place = atlas.spread(model.template)
    texel = np.maximum(
        np.linalg.norm(np.gradient(place, axis=0), axis=-1), np.linalg.norm(np.gradient(place, axis=1), axis=-1)
    )
    texel = np.maximum(cv2.blur(texel.astype(np.float32), (9, 9)), 1e-6)
    face = np.median(texel[atlas.spread(model.masks["face"]) > 0.9])
    lattice = np.random.default_rng(SEED).standard_normal((LATTICE,) * 3).astype(np.float32)
    bands = []
    for band in range(BANDS):
        cell = face * 1.2 * 2**band
        at = (place / cell + 31.7 * band).reshape(-1, 3).T
        wave = ndimage.map_coordinates(lattice, at, order=1, mode="grid-wrap", prefilter=False).reshape(size, size)
        wave *= np.minimum(1, cell / texel) / wave.std()
        bands.append(wave)
    return np.stack(bands, -1).astype(np.float32)
