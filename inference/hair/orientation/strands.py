# SPDX-License-Identifier: GPL-3.0-or-later
"""The orientation map of 3D strands seen by a camera."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ...bundle import Camera
from ...face.camera import project
from ..distance import surface_samples
from ..head_surface import HeadSurface
from .coding import OrientationMap

SPAN = 0.62  # metres at the head's depth that the square map shows: from a hand above the head to the chest
EYES_BELOW_TOP = 0.34  # of the map's height
SAMPLE_STEP, MOST_SAMPLES = 1.3, 8  # pixels between samples of a segment; of one segment
BEHIND = 0.006  # metres a strand may lie behind the head's surface and still be seen
LAYER = 0.015  # metres below the outermost hair that still count as seen
COVERED = 0.00014  # pixels of strand per pixel and strand where hair (100,000 hairs of 0.08 mm) hides the skin, on a map of 256
SKIN_STEP = 0.0025


@dataclass(frozen=True)
class MapView:
    """A square map of a camera's picture.

    to_map: (2, 3) affine, camera pixels -> map pixels; size: pixels; depth: (size, size) of the body's surface, inf beside it.
    """

    camera: Camera
    to_map: NDArray
    size: int
    depth: NDArray

    def place(self, points: NDArray) -> tuple[NDArray, NDArray]:
        """(..., 3) points -> map positions (..., 2), depth (...) in metres."""
        return _placed(self.camera, self.to_map, points)

    def halved(self) -> MapView:
        """The same view in half as many pixels."""
        half = self.size // 2
        nearest = self.depth[: 2 * half, : 2 * half].reshape(half, 2, half, 2).min((1, 3))
        return MapView(self.camera, self.to_map / 2, half, nearest)


def map_view(
    camera: Camera, head: HeadSurface, size: int = 256, jitter: tuple[float, float, float] = (1, 0, 0)
) -> MapView:
    """The view that frames a head: ``SPAN`` metres wide, upright in the picture, the eyes at a third of its height.

    jitter: factor of the scale, and shifts to the right and down as shares of the size.
    """
    eye = project(camera, head.anatomy.eye)
    scale = size / (SPAN * head.anatomy.scale) * eye[2] / camera.focal_px * jitter[0]
    target = size * np.array([0.5 + jitter[1], EYES_BELOW_TOP + jitter[2]])
    to_map = np.array([[scale, 0, 0], [0, scale, 0]])
    to_map[:, 2] = target - scale * eye[:2]
    return MapView(camera, to_map, size, _surface_depth(camera, to_map, head, size))


def map_of_strands(view: MapView, strands: NDArray) -> OrientationMap:
    """Strands (N, P, 3) as the map's camera sees them: the outermost layer not hidden by the body."""
    size = view.size
    body = np.isfinite(view.depth)
    if not len(strands):
        return OrientationMap(np.zeros((size, size), bool), body, np.zeros((size, size, 2)))
    place, depth = view.place(strands.astype(np.float32, copy=False))
    cell, far, layers = segment_samples(place, depth, (size, size))
    seen = np.flatnonzero(far < view.depth.ravel()[cell] + BEHIND)
    cell, far, layers = cell[seen], far[seen], layers[:, seen]
    seen = np.flatnonzero(far < _outermost(cell, far, size)[cell] + LAYER)
    cell, layers = cell[seen], layers[:, seen]
    sums = np.stack([np.bincount(cell, layer, size * size) for layer in layers], -1).astype(np.float32)
    blurred = cv2.GaussianBlur(sums.reshape(size, size, 3), (0, 0), 1.5 * size / 256)
    hair = blurred[..., 0] > COVERED * len(strands) * 256 / size
    double = blurred[..., 1:] / (blurred[..., :1] + 1e-9) * hair[..., None]
    return OrientationMap(hair, body & ~hair, double)


def visible_points(view: MapView, points: NDArray, tolerance: float = 0.05) -> NDArray:
    """(...) bool: which points (..., 3) the camera sees, as HairNet defines it: no more than ``tolerance`` behind what is nearest."""
    place, depth = view.place(points)
    inside = ((place >= 0) & (place < view.size)).all(-1)
    column, row = np.clip(place, 0, view.size - 1).astype(int).reshape(-1, 2).T
    cell = row * view.size + column
    nearest = np.minimum(_outermost(cell[inside.ravel()], depth[inside], view.size), view.depth.ravel())
    return inside & (depth < nearest[cell].reshape(depth.shape) + tolerance)


def _placed(camera: Camera, to_map: NDArray, points: NDArray) -> tuple[NDArray, NDArray]:
    seen = project(camera, points)
    place = seen[..., :2] @ to_map[:, :2].T + to_map[:, 2]
    return place.astype(np.float32), seen[..., 2].astype(np.float32)


def segment_samples(place: NDArray, depth: NDArray, shape: tuple[int, int]) -> tuple[NDArray, NDArray, NDArray]:
    """Points along strands (N, P, 2) in a picture, where they fall into it: their cell, depth, and (3, K) what each stands for.

    That is a length in pixels, and the length times the double angle's cosine and sine.
    """
    step = np.diff(place, axis=1).reshape(-1, 2)
    x, y = step[:, 0], step[:, 1]
    length = np.sqrt(x * x + y * y) + 1e-9
    # Few segments are longer than this; their samples lie a little farther apart.
    usual = np.partition(length, int(0.9 * len(length)))[int(0.9 * len(length))]
    fine = int(np.clip(np.ceil(usual / SAMPLE_STEP), 1, MOST_SAMPLES))
    part = ((np.arange(fine, dtype=np.float32) + 0.5) / fine)[:, None]
    start = place[:, :-1].reshape(-1, 2)
    column, row = (np.floor(start[:, k] + part * step[:, k]).astype(np.int32).ravel() for k in range(2))
    inside = np.flatnonzero((column >= 0) & (column < shape[1]) & (row >= 0) & (row < shape[0]))
    segment = inside % len(length)
    # Double angle of a step (x, y): (x^2 - y^2, 2xy) / length^2.
    layers = np.stack([length, (x * x - y * y) / length, 2 * x * y / length]) / fine
    far = ((depth[:, :-1] + depth[:, 1:]) / 2).ravel()
    return (row[inside] * shape[1] + column[inside]), far[segment], layers[:, segment]


def _outermost(cell: NDArray, far: NDArray, size: int) -> NDArray:
    """(size * size,) depth of the nearest sample about each pixel."""
    nearest = np.full(size * size, 1e3, np.float32)
    np.minimum.at(nearest, cell, far.astype(np.float32))
    return cv2.erode(nearest.reshape(size, size), np.ones((3, 3), np.uint8)).ravel()


def _surface_depth(camera: Camera, to_map: NDArray, head: HeadSurface, size: int) -> NDArray:
    skin = head.model.surface.triangles(head.model.surface.part_names[0])
    place, far = _placed(camera, to_map, surface_samples(head.vertices, skin, SKIN_STEP * 256 / size)[0])
    column, row = np.floor(place).astype(np.int32).T
    inside = np.flatnonzero((column >= 0) & (column < size) & (row >= 0) & (row < size))
    # Closed pinholes between samples come with it.
    depth = _outermost(row[inside] * size + column[inside], far[inside], size).reshape(size, size)
    return np.where(depth < 1e3, depth, np.inf)
