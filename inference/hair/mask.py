# SPDX-License-Identifier: GPL-3.0-or-later
"""Which pixels of a photo show the person's head hair.

A small network, trained on synthetic people (see ``segment/SOURCE.md``), judges the surroundings of the face; its answer is drawn
along the picture's edges at twice the resolution and reduced to what hangs together with the skull.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from .face_window import ABOVE, BELOW, FaceWindow, face_window
from .segment.color_classes import HAIR, color_classes, like_bare_skin
from .segment.color_cut import with_color_cut
from .segment.cues import ACROSS, ROWS, STREAK_SINE, cues
from .segment.forward import hair_logits, load_weights
from .segment.own_colors import with_own_colors

HIGH = 1.4  # face heights over the eyes that the window reaches when the hair does not end below its top
CUT_SHARE = 0.02  # of the window's top row
FINER = 2
# A photo is shown as if exposed to this median grey, never darker than it is: black hair before black then shows its streaks.
MEDIAN_GREY, STRONGEST_GAMMA = 0.4, 0.35
LIFTED = 0.75  # gamma of the mirrored look
EDGE_RADIUS, EDGE_STRENGTH = 5, 1e-4
PAIRS = ((0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2))
LOOSE, SURELY_PERSON = 0.02, 0.8  # face heights; person probability
GAP = 0.4  # of a face height: arms and hands part hair from the skull
# Below these shares of hair in the ring around the skull's top and beside the face a head counts as bald; under a hat
# hair shows beside the face only.
BALD_SHARE, HANGING_SHARE = 0.12, 0.35
# Above this share of smooth skin among the hair there is none.
BARE_SHARE = 0.5


def hair_mask(pixels: NDArray, landmarks: NDArray, person: NDArray) -> NDArray:
    """(H, W) float32 in [0, 1]: probability that a pixel is head hair of the person with these landmarks.

    pixels (H, W, 3) uint8 sRGB; landmarks (478, >=2) in pixels; person (H, W) in [0, 1]. All zero for a bald head.
    """
    mask, cut = _through(face_window(landmarks, ROWS), pixels, person)
    if cut:
        rows = round(ROWS * (HIGH + BELOW) / (ABOVE + BELOW))
        mask, _ = _through(face_window(landmarks, rows, HIGH), pixels, person)
    return mask


def _through(window: FaceWindow, pixels: NDArray, person: NDArray) -> tuple[NDArray, bool]:
    """The mask (H, W) as far as the window shows it, and whether the hair goes on above the window."""
    known = window.covers(person.shape)
    body = np.clip(window.take(person.astype(np.float32)), 0, 1) * known
    picture = window.take(pixels)
    exposure = _brightened(_gamma(picture, known))
    picture = cv2.LUT(picture, exposure)
    classes = color_classes(picture, body, window)
    hair = _judged(picture, body, classes, window) * _on_person(body, window)
    hair = with_color_cut(picture, with_own_colors(picture, hair, classes[HAIR], known), known)
    hair = _own(hair, window)
    if _bald(hair, known, window) or _bare(hair, like_bare_skin(picture, window)):
        return np.zeros(person.shape, np.float32), False
    cut = bool(((hair[0] > 0.5) & known[0]).mean() > CUT_SHARE)
    fine = window.finer(FINER)
    hair = _along_edges(
        cv2.LUT(fine.take(pixels), exposure), cv2.resize(hair, fine.shape[::-1], interpolation=cv2.INTER_LINEAR)
    )
    return np.clip(fine.give_back(hair, person.shape), 0, 1), cut


def _gamma(picture: NDArray, known: NDArray) -> float:
    """The exponent that brings the median grey of what the photo shows to :data:`MEDIAN_GREY`, at most 1."""
    grey = float(np.median(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)[known])) / 255 if known.any() else 1.0
    return float(np.clip(np.log(MEDIAN_GREY) / np.log(np.clip(grey, 0.01, 0.99)), STRONGEST_GAMMA, 1))


def _brightened(gamma: float) -> NDArray:
    """(256,) uint8 table of sRGB values."""
    return ((np.arange(256) / 255) ** gamma * 255 + 0.5).astype(np.uint8)


def _judged(picture: NDArray, body: NDArray, classes: NDArray, window: FaceWindow) -> NDArray:
    """(h, w) the network's answer, averaged with its answer to the mirrored picture with lifted shadows."""
    weights = load_weights()
    seen = cues(picture, body, classes, window)
    mirrored = cues(cv2.LUT(picture, _brightened(LIFTED)), body, classes, window)[:, :, ::-1].copy()
    mirrored[[ACROSS, STREAK_SINE]] *= -1
    logits = hair_logits(seen, weights) + hair_logits(mirrored, weights)[:, ::-1]
    return 1 / (1 + np.exp(-logits / 2))


def _on_person(body: NDArray, window: FaceWindow) -> NDArray:
    """(h, w) in [0, 1]: 0 where surely nobody is; a few loose strands may stand out."""
    size = 2 * max(1, round(LOOSE * window.face_height)) + 1
    reach = cv2.dilate(body, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)))
    return np.clip(reach / SURELY_PERSON, 0, 1)


def _along_edges(picture: NDArray, layer: NDArray) -> NDArray:
    """A layer smoothed along the picture's edges: guided filter (He, Sun and Tang 2013) with the colours as guide."""
    guide = picture.astype(np.float32) / 255
    size = (2 * EDGE_RADIUS + 1,) * 2
    mean, mean_layer = cv2.blur(guide, size), cv2.blur(layer, size)
    joint = cv2.blur(guide * layer[..., None], size) - mean * mean_layer[..., None]
    a, b, c, d, e, f = (cv2.blur(guide[..., k] * guide[..., m], size) - mean[..., k] * mean[..., m] for k, m in PAIRS)
    a, d, f = a + EDGE_STRENGTH, d + EDGE_STRENGTH, f + EDGE_STRENGTH
    # The inverse of the symmetric matrix ((a, b, c), (b, d, e), (c, e, f)) by its cofactors.
    cofactors = (d * f - e * e, c * e - b * f, b * e - c * d, a * f - c * c, b * c - a * e, a * d - b * b)
    determinant = a * cofactors[0] + b * cofactors[1] + c * cofactors[2]
    rows = ((0, 1, 2), (1, 3, 4), (2, 4, 5))
    slope = np.dstack([sum(cofactors[n] * joint[..., k] for k, n in enumerate(row)) / determinant for row in rows])
    offset = mean_layer - (slope * mean).sum(-1)
    return np.clip((cv2.blur(slope, size) * guide).sum(-1) + cv2.blur(offset, size), 0, 1)


def _own(hair: NDArray, window: FaceWindow) -> NDArray:
    """The parts of the mask that reach the skull of the person meant, over the width of an arm, or lie on the chest below the chin."""
    solid = (hair > 0.5).astype(np.uint8)
    gap = max(3, int(GAP * window.face_height)) | 1
    count, labels = cv2.connectedComponents(cv2.dilate(solid, np.ones((gap, gap), np.uint8)))
    near = (window.oval > -0.3) & (window.oval < 0.25) & (window.down < 0.35)
    chest = (window.down > 0.5) & (np.abs(window.across - window.neck) < 0.6)
    size = np.maximum(np.bincount(labels[solid > 0], minlength=count), 1)
    kept = np.bincount(labels[near & (solid > 0)], minlength=count) > 0
    kept |= np.bincount(labels[chest & (solid > 0)], minlength=count) > 0.7 * size
    kept[0] = False
    return hair * kept[labels]


def _bald(hair: NDArray, known: NDArray, window: FaceWindow) -> bool:
    """Whether forehead, temples and the places beside the face hold next to no hair, as far as the photo shows them."""
    ring = (window.oval > 0.02) & (window.oval < 0.22) & (window.down < 0.0) & known
    beside = (window.oval > 0.02) & (window.oval < 0.3) & (window.down > 0.1) & (window.down < 0.6) & known
    hanging = beside.any() and hair[beside].mean() >= HANGING_SHARE
    return not ring.any() or (hair[ring].mean() < BALD_SHARE and not hanging)


def _bare(hair: NDArray, like_skin: NDArray) -> bool:
    """Whether what was taken for hair is mostly bare scalp."""
    solid = hair > 0.5
    return not solid.any() or bool(like_skin[solid].mean() > BARE_SHARE)
