# SPDX-License-Identifier: GPL-3.0-or-later
"""What every estimator answers."""

from __future__ import annotations

from dataclasses import dataclass, field

from numpy import ndarray

from ..bundle import Camera


@dataclass(frozen=True)
class FaceFit:
    """A head model explained by one photo.

    The head stands in its own frame (metres, Z up, looking to -Y); the camera carries the whole head pose.
    shape (S,), expression (E,), pose (J, 3) axis-angle of the joints.
    offsets (V, 3): free-form identity in metres, part of the neutral head.
    photo_offsets (V, 3): what the photo's expression has beyond the expression basis; only together with ``expression``.
    residual: RMS landmark distance in percent of the inter-iris distance.
    """

    shape: ndarray
    expression: ndarray
    pose: ndarray
    offsets: ndarray
    photo_offsets: ndarray
    camera: Camera
    residual: float
    warnings: tuple[str, ...] = field(default=())
