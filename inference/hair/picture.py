# SPDX-License-Identifier: GPL-3.0-or-later
"""Hair as a small picture: coverage and direction of strands seen by a camera, and the same measured in a photo."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ..bundle import Camera
from ..face.camera import project
from .distance import surface_samples
from .face_window import FaceWindow
from .head_surface import HeadSurface
from .orientation.strands import segment_samples

FULL_DENSITY = 0.0006  # pixels of strand per pixel and strand where hair counts as closed
BEHIND = 0.006  # metres a strand may lie behind the head's surface and still be seen


@dataclass(frozen=True)
class HairPicture:
    """coverage: (h, w) in [0, 1]. orientation: (h, w, 2) mean of (cos 2a, sin 2a) over the hair there.

    a is the direction from the x axis, y down. The mean's length is the coherence (1 parallel .. 0 tangled); it is zero off the hair.
    """

    coverage: NDArray
    orientation: NDArray


@dataclass(frozen=True)
class View:
    """A photo's camera and the small window it is compared in.

    depth: (h, w) of the head's surface, inf beside it; known: (h, w) bool, inside the photo.
    """

    camera: Camera
    window: FaceWindow
    depth: NDArray
    known: NDArray

    def pixels(self, points: NDArray) -> tuple[NDArray, NDArray]:
        """(..., 3) points -> window positions (..., 2) and depth (...)."""
        seen = project(self.camera, points)
        affine = self.window.to_window
        place = seen[..., :2] @ affine[:, :2].T + affine[:, 2]
        return place.astype(np.float32), seen[..., 2].astype(np.float32)


def make_view(camera: Camera, window: FaceWindow, head: HeadSurface) -> View:
    """The view with the depth of the head's skin, splatted from points on it."""
    skin = head.model.surface.triangles(head.model.surface.part_names[0])
    view = View(camera, window, np.full(window.shape, np.inf), window.covers((camera.height, camera.width)))
    place, depth = view.pixels(surface_samples(head.vertices, skin, 0.002)[0])
    rows, columns = window.shape
    column, row = np.floor(place).astype(np.int32).T
    inside = np.flatnonzero((column >= 0) & (column < columns) & (row >= 0) & (row < rows))
    np.minimum.at(view.depth.reshape(-1), row[inside] * columns + column[inside], depth[inside])
    # Close the pinholes between samples.
    closed = cv2.erode(np.minimum(view.depth, 1e3).astype(np.float32), np.ones((2, 2), np.uint8))
    view.depth[:] = np.where(closed < 1e3, closed, np.inf)
    return view


def draw(view: View, strands: NDArray) -> HairPicture:
    """The visible part of strands (N, P, 3)."""
    shape = view.window.shape
    if not len(strands):
        return HairPicture(np.zeros(shape), np.zeros((*shape, 2)))
    place, depth = view.pixels(strands.astype(np.float32, copy=False))
    cell, far, layers = segment_samples(place, depth, shape)
    seen = np.flatnonzero(far < view.depth.ravel()[cell] + BEHIND)
    cell = cell[seen]
    layers = np.stack([np.bincount(cell, layer[seen], shape[0] * shape[1]) for layer in layers]).reshape(3, *shape)
    blurred = np.stack([cv2.GaussianBlur(layer, (0, 0), 1.2) for layer in layers])
    covered = np.clip(blurred[0] / (FULL_DENSITY * len(strands)) - 0.25, 0, 1) * view.known
    return HairPicture(covered, np.moveaxis(blurred[1:], 0, -1) / (blurred[0] + 1e-3)[..., None])


def coverage(window: FaceWindow, mask: NDArray) -> NDArray:
    """(h, w) in [0, 1]: a photo's hair mask (H, W) in the window, 0 outside the photo."""
    return np.clip(window.take(mask.astype(np.float32)), 0, 1) * window.covers(mask.shape)


def measure_hair(window: FaceWindow, pixels: NDArray, mask: NDArray) -> HairPicture:
    """Coverage and strand direction in a photo (H, W, 3) with its hair mask (H, W).

    The direction is the structure tensor's at four times the window's resolution.
    """
    fine = window.finer(4)
    grey = cv2.cvtColor(fine.take(pixels), cv2.COLOR_RGB2GRAY).astype(np.float32)
    inside = (fine.take(mask.astype(np.float32)) > 0.5).astype(np.float32)
    inside = cv2.erode(inside, np.ones((5, 5), np.uint8))
    gx, gy = cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1)
    # The gradient runs across a strand: turning it by 90 degrees flips the sign of its double angle.
    double = np.dstack([gy * gy - gx * gx, -2 * gx * gy, gx * gx + gy * gy]) * inside[..., None]
    local = cv2.GaussianBlur(double, (0, 0), 1.5)
    unit = local[..., :2] / (np.hypot(local[..., 0], local[..., 1]) + 1e-3)[..., None]
    strength = np.minimum(np.sqrt(local[..., 2:]), 40.0) * inside[..., None]
    size = window.shape[::-1]
    summed = cv2.resize(cv2.GaussianBlur(unit * strength, (0, 0), 4), size, interpolation=cv2.INTER_AREA)
    total = cv2.resize(cv2.GaussianBlur(strength, (0, 0), 4), size, interpolation=cv2.INTER_AREA)
    return HairPicture(coverage(window, mask), summed / (total + 1e-3)[..., None])
