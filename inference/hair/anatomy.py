# SPDX-License-Identifier: GPL-3.0-or-later
"""Where things are on one head, as hair needs it: the skull's centre, levels of the face, the size of the head."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..head.model import HeadModel

# Landmark numbers of MediaPipe's face mesh.
GLABELLA, SUBNASALE, MENTON = 9, 2, 152
RIGHT_TRAGUS, LEFT_TRAGUS = 234, 454
RIGHT_EYE, LEFT_EYE = 33, 263
FOREHEAD_SHARE = 0.58  # of the height from the glabella to the top of the head
REFERENCE_FACE = 0.125  # metres from glabella to menton on the head the styles were drawn on


@dataclass(frozen=True)
class Anatomy:
    """Measures of one head in the bundle's frame, metres.

    center: (3,) of the braincase, at the level of the upper forehead; scale: size relative to the styles' reference head.
    brow, nose, chin, hairline: levels (z) on the midline; eye, ear: (3,) midpoints between both eyes and both tragi;
    face_width: half the distance between the tragi.
    """

    center: NDArray
    scale: float
    brow: float
    nose: float
    chin: float
    hairline: float
    eye: NDArray
    ear: NDArray
    face_width: float

    def azimuth(self, points: NDArray) -> NDArray:
        """Degrees about the vertical through the centre: 0 to the front, +90 to the subject's left, 180 to the back."""
        offset = points - self.center
        return np.degrees(np.arctan2(offset[..., 0], -offset[..., 1]))

    def elevation(self, points: NDArray) -> NDArray:
        """Degrees above the horizontal plane through the centre."""
        offset = points - self.center
        return np.degrees(np.arctan2(offset[..., 2], np.hypot(offset[..., 0], offset[..., 1])))

    def direction(self, azimuth: float, elevation: float) -> NDArray:
        """Unit vector from the centre for an azimuth and elevation in degrees."""
        a, e = np.radians(azimuth), np.radians(elevation)
        return np.array([np.sin(a) * np.cos(e), -np.cos(a) * np.cos(e), np.sin(e)])


def measure(model: HeadModel, vertices: NDArray) -> Anatomy:
    """Measures of the head with these (V, 3) vertices, from its MediaPipe landmarks."""
    points = model.landmarks["mediapipe_478"].points(vertices.astype(np.float64))
    face = points[GLABELLA, 2] - points[MENTON, 2]
    scale = face / REFERENCE_FACE
    eye = (points[RIGHT_EYE] + points[LEFT_EYE]) / 2
    ear = (points[RIGHT_TRAGUS] + points[LEFT_TRAGUS]) / 2
    scalp = vertices[np.isfinite(model.scalp_uv[:, 0])]
    top = scalp[:, 2].max()
    # The classical thirds (hairline to glabella equals glabella to the base of the nose), on a low vault less.
    forehead = min(points[GLABELLA, 2] - points[SUBNASALE, 2], FOREHEAD_SHARE * (top - points[GLABELLA, 2]))
    center = np.array([ear[0], _skull_middle(scalp, top), points[GLABELLA, 2] + 0.015 * scale])
    return Anatomy(
        center=center,
        scale=float(scale),
        brow=float(points[GLABELLA, 2]),
        nose=float(points[SUBNASALE, 2]),
        chin=float(points[MENTON, 2]),
        hairline=float(points[GLABELLA, 2] + forehead),
        eye=eye,
        ear=ear,
        face_width=float(abs(points[LEFT_TRAGUS, 0] - points[RIGHT_TRAGUS, 0]) / 2),
    )


def _skull_middle(scalp: NDArray, top: float) -> float:
    """Depth (y) of the braincase's middle: halfway between its front and back in the upper 6 cm."""
    upper = scalp[scalp[:, 2] > top - 0.06]
    return float((upper[:, 1].min() + upper[:, 1].max()) / 2)
