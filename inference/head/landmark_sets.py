# SPDX-License-Identifier: GPL-3.0-or-later
"""Landmark sets expressed in MediaPipe's numbering (right = the subject's right, which is left in the picture)."""

from __future__ import annotations

import numpy as np

from .model import LandmarkEmbedding

# The 68 iBUG points: jaw line, right and left brow, nose bridge, nostrils, right and left eye, outer and inner lips.
IBUG_68 = (
    *(162, 234, 93, 58, 172, 136, 149, 148, 152, 377, 378, 365, 397, 288, 323, 454, 389),
    *(71, 63, 105, 66, 107),
    *(336, 296, 334, 293, 301),
    *(168, 197, 5, 4),
    *(75, 97, 2, 326, 305),
    *(33, 160, 158, 133, 153, 144),
    *(362, 385, 387, 263, 373, 380),
    *(61, 39, 37, 0, 267, 269, 291, 405, 314, 17, 84, 181),
    *(78, 82, 13, 312, 308, 317, 14, 87),
)

OUTER_EYES = (33, 263)
# Outlines of the brows.
RIGHT_BROW = (70, 63, 105, 66, 107, 55, 65, 52, 53, 46)
LEFT_BROW = (300, 293, 334, 296, 336, 285, 295, 282, 283, 276)

# The 7 points of the NoW protocol, as positions in the iBUG set: eye corners (right outer, right inner, left inner,
# left outer), nose bottom, mouth corners (right, left).
NOW_7 = (36, 39, 42, 45, 33, 48, 54)


def derived_sets(mediapipe: LandmarkEmbedding) -> dict[str, LandmarkEmbedding]:
    """All three sets from the 478 landmarks."""
    ibug = _rows(mediapipe, np.array(IBUG_68))
    return {"mediapipe_478": mediapipe, "ibug_68": ibug, "now_7": _rows(ibug, np.array(NOW_7))}


def _rows(embedding: LandmarkEmbedding, index: np.ndarray) -> LandmarkEmbedding:
    return LandmarkEmbedding(embedding.vertices[index], embedding.barycentric[index], embedding.sigma[index])
