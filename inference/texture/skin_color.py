# SPDX-License-Identifier: GPL-3.0-or-later
"""Which pixels are this person's skin, by colour and by liveliness."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ..smoothstep import smoothstep
from . import face_areas
from .color_model import fit_color, opponent
from .contours import grow
from .view import View

# Standard deviations from which a colour is refused, and up to which it is sure.
ON_FACE, BESIDE_FACE = (3.8, 2.4), (2.8, 1.8)
SHINE_WEIGHT = 0.5
HAIR, LEAST_HAIR = 0.6, 300  # probability, pixels
HAIR_ODDS = 1.0  # log likelihood by which hair must explain a colour better than skin
SAMPLES = 6000
SPECK, BORDER, STRAND, STRAY = 0.001, 0.004, 0.002, 0.018  # metres
LIVELY_SCALES = 0.0003, 0.0025, 0.0015  # metres: finest detail, coarsest detail, neighbourhood
LIVELY, USUALLY_LIVELY = 0.05, 2.5  # log brightness, and multiples of the skin's own, beyond which detail is strands


def likely_skin(view: View, log: NDArray) -> NDArray[np.float32]:
    """(h, w) in [0, 1]: 1 where a pixel is the face's skin, and over brows, eyes, nose and lips whatever their colour.

    Between the brows and the chin a foreign colour counts only if it hangs together with the hair or the surroundings: creases, moles
    and shadows stay. log: (h, w, 3) log colour of the view.
    """
    like = _likeness(view, opponent(log))
    features = face_areas.features(view)
    foreign = (1 - grow((like > 0.5).astype(np.uint8), SPECK / view.pixel)) * (1 - features)
    free = face_areas.below_brows(view) & (1 - _near_hair(view))
    foreign &= (1 - free) | _connected(foreign, (face_areas.oval(view) == 0) | (view.hair > 0.5))
    # Whole areas of something else (collars, locks of hair) also darken and tint the skin along their border.
    border = 1 - _softly(grow(foreign, (SPECK + BORDER) / view.pixel), 0.5 * BORDER, view)
    like = np.minimum(np.maximum(like, _softly(free, 0.002, view)), border)
    like *= 1 - _softly(_strands(view, log) * (1 - features), 0.001, view)
    return np.maximum(like, _softly(features, 0.002, view))


def _likeness(view: View, colors: NDArray) -> NDArray[np.float32]:
    """(h, w) in [0, 1] by colour alone. On the lower face the colours around the mouth fit too, so that beards stay."""
    skin = fit_color(_some(colors[face_areas.bare_skin(view, face_areas.oval(view, 0.85))]))
    beard = fit_color(_some(colors[face_areas.bare_skin(view, face_areas.lower_face(view, 0.8))]))
    distance = skin.distance(colors)
    # Shine is skin too, but a bright thing beside the face is a collar.
    on_face = smoothstep(*ON_FACE, skin.distance(colors, SHINE_WEIGHT))
    like = np.where(face_areas.oval(view) > 0, on_face, smoothstep(*BESIDE_FACE, distance))
    hairy = view.hair > HAIR
    if hairy.sum() > LEAST_HAIR:
        hair = fit_color(_some(colors[hairy]))
        odds = (distance**2 - hair.distance(colors) ** 2) / 2 + hair.log_peak - skin.log_peak
        odds = cv2.GaussianBlur(np.clip(odds, -3, 6), (0, 0), STRAND / view.pixel)
        like = like * smoothstep(HAIR_ODDS + 1, HAIR_ODDS - 1, odds)
    bearded = smoothstep(*ON_FACE, beard.distance(colors)) * _softly(face_areas.lower_face(view), 0.003, view)
    return cv2.GaussianBlur(np.maximum(like, bearded).astype(np.float32), (0, 0), 1.0)


def _strands(view: View, log: NDArray) -> NDArray[np.uint8]:
    """Where brightness changes within a millimetre far more than skin does: single strands, edges. Beards do too, and are left out."""
    brightness = log.mean(-1)
    finest, coarsest, around = (scale / view.pixel for scale in LIVELY_SCALES)
    detail = cv2.GaussianBlur(brightness, (0, 0), finest) - cv2.GaussianBlur(brightness, (0, 0), coarsest)
    lively = cv2.GaussianBlur(np.abs(detail), (0, 0), around)
    usual = np.median(_some(lively[face_areas.bare_skin(view, face_areas.oval(view, 0.85))]))
    strands = (lively > LIVELY + USUALLY_LIVELY * usual).astype(np.uint8)
    return strands * (1 - face_areas.lower_face(view, 0.85))


def _connected(mask: NDArray[np.uint8], seeds: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """The parts of a mask that touch the seeds."""
    joined = ((mask > 0) | seeds).astype(np.uint8)
    _, labels = cv2.connectedComponents(joined, connectivity=4)
    reached = np.zeros(labels.max() + 1, np.uint8)
    reached[np.unique(labels[seeds])] = 1
    reached[0] = 0
    return reached[labels] & mask


def _near_hair(view: View) -> NDArray[np.uint8]:
    """Where single strands must be expected."""
    coarse = max(1, round(STRAY / view.pixel / 4))
    hair = (view.hair > 0.5).astype(np.uint8)
    small = cv2.resize(hair, None, fx=1 / coarse, fy=1 / coarse, interpolation=cv2.INTER_AREA)
    return cv2.resize(grow(small, STRAY / view.pixel / coarse), hair.shape[::-1], interpolation=cv2.INTER_NEAREST)


def _softly(mask: NDArray[np.uint8], radius: float, view: View) -> NDArray[np.float32]:
    return cv2.GaussianBlur(mask.astype(np.float32), (0, 0), radius / view.pixel)


def _some(samples: NDArray) -> NDArray:
    """Enough of the samples to know their distribution."""
    return samples[:: max(1, len(samples) // SAMPLES)]
