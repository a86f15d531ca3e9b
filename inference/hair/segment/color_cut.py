# SPDX-License-Identifier: GPL-3.0-or-later
"""Hair cut out along edges and colours where the network is unsure: GrabCut (Rother, Kolmogorov and Blake 2004)."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

# Chosen on the five real photos for tuning.
SURELY_HAIR, SURELY_OTHER = 0.8, 0.2
ROUNDS = 2
LEAST = 20  # sure pixels of either kind, below which nothing is cut


def with_color_cut(picture: NDArray, hair: NDArray, known: NDArray) -> NDArray:
    """(h, w) float32 the mean of the probability ``hair`` and of the best cut between what it is sure of.

    picture: (h, w, 3) uint8 sRGB; known: (h, w) bool, in the photo.
    """
    sure, other = hair > SURELY_HAIR, hair < SURELY_OTHER
    if min(sure.sum(), other.sum()) < LEAST:
        return hair
    labels = np.where(hair > 0.5, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    labels[sure], labels[other] = cv2.GC_FGD, cv2.GC_BGD
    cv2.setRNGSeed(0)  # the colour clusters begin at random
    lab = cv2.cvtColor(picture, cv2.COLOR_RGB2LAB)
    cv2.grabCut(lab, labels, None, np.zeros((1, 65)), np.zeros((1, 65)), ROUNDS, cv2.GC_INIT_WITH_MASK)
    inside = (labels == cv2.GC_FGD) | (labels == cv2.GC_PR_FGD)
    return ((hair + inside) / 2 * known).astype(np.float32)
