# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes stains off plain skin: shadows of hair, patches of light, smears of what hid it.

Faces are alike on both sides, and what stands out on one side only, in a line or a wide patch, lay before the skin. Moles and freckles
are small and round: they stay. Folds lie on both sides: they stay, unless they are deeper than skin in even light shows.
"""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from ..smoothstep import smoothstep
from .atlas import Atlas
from .color import LUMINANCE

COARSER = 4  # texels of the texture to one of the work
FINE, WIDE = 0.0011, 0.016  # of the texture's side: scales between which a stain's width lies
# Log luminance by which plain skin may be darker and brighter than its mirror image, and than the skin around it; outer cheeks and
# temples have no folds.
DARKER, BRIGHTER = 0.07, 0.09
DEEPER, SHINIER, OUTER_DEEPER = 0.22, 0.12, 0.06
# Of this skin's own deviation at that scale, at least: beside the mirror image, around, on outer cheeks.
DEVIATIONS = 2.0, 3.5, 2.5
REMOVED = 1.1  # of what lies beyond, as far as this scale shows it; blurring takes some
LEAST_LENGTH, DIRECTIONS = 0.027, 10  # of the texture's side: shorter marks are the person's
NEAR = 5  # pixels of the work
SURE = 0.3, 0.7  # share of plain skin around a place that is judged


def even_stains(atlas: Atlas, log: NDArray, plain: NDArray, outer: NDArray) -> float:
    """Evens the log colour (size, size, 3) of the skin where ``plain`` (size, size) in [0, 1]; in place.

    outer: (size, size) in [0, 1], the face beside its features.

    Answers the deviation of log luminance that the plain skin has at the scale of stains: how mottled it is.
    """
    size = len(log) // COARSER
    coarse = cv2.resize(np.dstack([log, plain, outer]), (size, size), interpolation=cv2.INTER_AREA)
    weight = coarse[..., 3] * cv2.resize(atlas.covered.astype(np.float32), (size, size), interpolation=cv2.INTER_AREA)
    band = _mean(coarse[..., :3], weight, FINE * size) - _mean(coarse[..., :3], weight, WIDE * size)
    known = smoothstep(*SURE, weight)
    x, y = _mirror(atlas)
    other = cv2.remap(np.dstack([band, known]), x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    alone = cv2.transform(band, LUMINANCE[None]) * known
    # No face is a mirror image to the millimetre: a mark counts as on both sides when its like is near.
    opposite, both = cv2.transform(other[..., :3], LUMINANCE[None]), known * other[..., 3]
    near = np.ones((NEAR, NEAR), np.uint8)
    darker_beside = (cv2.erode(opposite, near) - alone) * both
    brighter_beside = (alone - cv2.dilate(opposite, near)) * both
    sure = known > 0.9
    usual = 1.4826 * float(np.median(np.abs(alone[sure]))) if sure.any() else 0.0
    least_beside, least_around, least_outer = usual * np.array(DEVIATIONS, np.float32)
    deeper = max(DEEPER, least_around) + coarse[..., 4] * (max(OUTER_DEEPER, least_outer) - max(DEEPER, least_around))
    darker = np.maximum(darker_beside - max(DARKER, least_beside), -alone - deeper)
    brighter = np.maximum(brighter_beside - max(BRIGHTER, least_beside), alone - max(SHINIER, least_around))
    stain = REMOVED * (_long_parts(darker, size) - _long_parts(brighter, size))
    # A stain's hue goes with its darkness.
    share = np.clip(stain / np.where(np.abs(alone) > 0.02, -alone, np.inf), 0, 1)[..., None]
    change = stain[..., None] + share * (cv2.transform(band, LUMINANCE[None])[..., None] - band)
    change = cv2.GaussianBlur(change.astype(np.float32), (0, 0), 0.45) * known[..., None]
    log += cv2.resize(change, log.shape[1::-1], interpolation=cv2.INTER_LINEAR) * plain[..., None]
    return usual


def _mean(values: NDArray, weight: NDArray, sigma: float) -> NDArray:
    blurred = cv2.GaussianBlur(np.dstack([values * weight[..., None], weight]), (0, 0), sigma)
    return blurred[..., :3] / np.maximum(blurred[..., 3:], 1e-3)


@lru_cache(maxsize=3)
def _mirror(atlas: Atlas) -> tuple[NDArray, NDArray]:
    size = (atlas.size // COARSER,) * 2
    shift = 0.5 / COARSER - 0.5
    return tuple(
        cv2.resize(m, size, interpolation=cv2.INTER_LINEAR) / COARSER + np.float32(shift)
        for m in (atlas.mirror_x, atlas.mirror_y)
    )


def _long_parts(excess: NDArray, size: int) -> NDArray:
    """What of a positive excess lies on a straight stretch of at least the length, in any direction."""
    excess = np.maximum(excess, 0).astype(np.float32)
    around = np.ones((3, 3), np.uint8)
    wider = cv2.dilate(excess, around)  # so that a line need not meet a narrow stretch to the pixel
    length = max(3, round(LEAST_LENGTH * size))
    long = np.max([cv2.morphologyEx(wider, cv2.MORPH_OPEN, line) for line in _lines(length)], axis=0)
    return np.minimum(excess, long)


@lru_cache(maxsize=3)
def _lines(length: int) -> tuple[NDArray, ...]:
    lines = []
    for angle in np.arange(DIRECTIONS) * np.pi / DIRECTIONS:
        half = (length - 1) / 2
        end = half * np.array([np.cos(angle), np.sin(angle)])
        kernel = np.zeros((length, length), np.uint8)
        first, second = (tuple(np.round(half + s * end).astype(int).tolist()) for s in (-1, 1))
        lines.append(cv2.line(kernel, first, second, 1))
    return tuple(lines)
