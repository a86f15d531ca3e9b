# SPDX-License-Identifier: GPL-3.0-or-later
"""DECA's scaled orthographic camera, and the pinhole camera of the bundle that shows the same."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..bundle import Camera
from ..face.camera import from_extrinsics
from ..head.flame.frame import FROM_FLAME, to_flame
from .crop import SIDE, Crop

DISTANCE = 10.0  # metres; from there a head looks as from infinity (1 % at its front)
PIXEL_CENTRE = 0.5  # the photo's pixel i covers [i, i + 1) in the product, and has its centre at i for DECA


def project(points: NDArray, camera: NDArray) -> NDArray:
    """(..., 3) FLAME-frame points and (s, tx, ty) -> (..., 3): x right, y down in [-1, 1] over the crop, z smaller is nearer."""
    scale, tx, ty = camera
    return scale * (points + np.array([tx, ty, 0.0])) * [1.0, -1.0, -1.0]


def crop_pixels(projected: NDArray) -> NDArray:
    """(..., 2 or 3) projected -> (..., 2) crop pixels as the landmarks were trained (pixel centres at integers)."""
    return SIDE * (projected[..., :2] / 2 + 0.5)


def bundle_camera(
    camera: NDArray, rotation: NDArray, pivot: NDArray, crop: Crop, center: NDArray, size: tuple[int, int]
) -> Camera:
    """The pinhole camera, DISTANCE away, that shows the head at rest where DECA's shows it turned.

    camera: (s, tx, ty). rotation: (3, 3) of the root in FLAME's frame, about ``pivot`` (3,), the root joint in the product's frame.
    center (3,): the place in the product's frame whose size is kept exactly. size: the photo's width and height.
    """
    scale, tx, ty = (float(value) for value in camera)
    turn = rotation @ FROM_FLAME.T  # product frame -> FLAME's, turned; FLAME's axes are the camera's
    joint = to_flame(pivot)
    shift = joint - turn @ pivot + [tx, ty, 0.0]
    shift[2] = -DISTANCE - (turn @ center)[2]
    per_metre = scale * SIDE / 2 * crop.scale
    principal = crop.to_photo(np.array([SIDE / 2, SIDE / 2])) + PIXEL_CENTRE
    return from_extrinsics(turn, shift, per_metre * DISTANCE, (principal[0], principal[1]), *size)


def rescaled(camera: NDArray, before: NDArray, after: NDArray) -> NDArray:
    """(s, tx, ty) that shows the points ``after`` (L, 3) where ``camera`` shows ``before`` (L, 3), by least squares; FLAME frame."""
    seen = project(before, camera)[:, :2] * [1, -1]
    plane = after[:, :2]
    middle, seen_middle = plane.mean(0), seen.mean(0)
    off = plane - middle
    scale = float((off * (seen - seen_middle)).sum() / (off**2).sum())
    shift = seen_middle / scale - middle
    return np.array([scale, *shift])
