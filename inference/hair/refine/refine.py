# SPDX-License-Identifier: GPL-3.0-or-later
"""Strands brought closer to the photo: turned to its orientation map, moved to its outline, trimmed where it shows none.

The retrieved style gives the hair that the photo does not show; every change is a smooth field over the picture, applied at all depths
alike, so that the unseen back follows its silhouette. Roots stay where they are.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from ...smoothstep import smoothstep
from ..detail import resample
from ..grow import resolve_collisions
from ..head_surface import HeadSurface
from ..orientation.coding import OrientationMap, angle_between
from ..orientation.strands import BEHIND, MapView, map_of_strands
from .fields import outline_field, signed_distance, turning_field

ROUNDS = 5
TURNING_ROUNDS = 3
GAIN = 0.7
DEGREE_WEIGHT = 0.005  # what a degree of wrong direction costs in IoU
ROOT_RAMP = 0.022  # metres along a strand until it moves freely
STRETCH, SHIFT, FARTHEST = (
    0.35,
    0.008,
    0.06,
)  # of the way from the root, and metres more, that a point may be displaced, at most
OUTSIDE = 3.0  # pixels beyond the photo's hair where a strand counts as astray
NEIGHBOURS = 12
SHORTEST_SHARE = 0.3


@dataclass(frozen=True)
class Likeness:
    """iou: of the drawn hair with the photo's mask; degrees: mean undirected error of direction where both have hair."""

    iou: float
    degrees: float

    @property
    def score(self) -> float:
        """One figure of both, higher is better."""
        return self.iou - DEGREE_WEIGHT * float(np.nan_to_num(self.degrees))


def likeness(drawn: OrientationMap, wanted: OrientationMap, known: NDArray) -> Likeness:
    """How well drawn hair matches the photo's, inside the photo. degrees is NaN when they do not overlap."""
    both, either = drawn.hair & wanted.hair & known, (drawn.hair | wanted.hair) & known
    error = angle_between(drawn.angle, wanted.angle)[both]
    return Likeness(float(both.sum() / max(either.sum(), 1)), float(error.mean()) if error.size else float("nan"))


def refine(
    head: HeadSurface,
    view: MapView,
    wanted: OrientationMap,
    known: NDArray,
    strands: NDArray,
    rounds: int = ROUNDS,
) -> NDArray:
    """Strands (N, P, 3) float32 of a style on the head -> the same strands, closer to the photo.

    wanted: the photo's map in the view; known: (size, size) bool, inside the photo.
    """
    started = strands.astype(np.float64)
    along = _along(started)
    ramp = smoothstep(0, 1, along / (np.minimum(ROOT_RAMP, 0.7 * along[:, -1:]) + 1e-6))
    limit = np.minimum(STRETCH * along + SHIFT, FARTHEST)
    best, best_score = started, -np.inf
    current = started
    for turn in range(rounds + 1):
        drawn = map_of_strands(view, current)
        score = likeness(drawn, wanted, known).score
        if score > best_score:
            best, best_score = current, score
        if turn == rounds:
            break
        if turn < TURNING_ROUNDS:
            current = _turned(view, current, GAIN * turning_field(drawn, wanted), head)
            drawn = map_of_strands(view, current)
        current = _moved(view, current, GAIN * outline_field(drawn.hair & known, wanted.hair & known, known), ramp)
        current = _kept_near(current, started, limit)
        current = resolve_collisions(head, current)
    trimmed = _trimmed(view, best, signed_distance(wanted.hair | ~known))
    return resolve_collisions(head, trimmed).astype(np.float32)


def _along(strands: NDArray) -> NDArray:
    """(N, P) metres from the root."""
    along = np.cumsum(np.linalg.norm(np.diff(strands, axis=1), axis=2), axis=1)
    return np.concatenate([np.zeros((len(strands), 1)), along], 1)


def _moved(view: MapView, strands: NDArray, field: NDArray, ramp: NDArray) -> NDArray:
    """Strands displaced in the picture's plane by a field of pixels."""
    place, depth = view.place(strands)
    step = _looked_up(field, place) * ramp[..., None]
    metres = (depth / (view.camera.focal_px * view.to_map[0, 0]))[..., None] * step
    axes = view.camera.matrix_world[:3, :3]
    return strands + metres[..., :1] * axes[:, 0] - metres[..., 1:] * axes[:, 1]


def _turned(view: MapView, strands: NDArray, field: NDArray, head: HeadSurface) -> NDArray:
    """Strands bent about the line of sight by a field of angles, less the farther back they grow."""
    place, depth = view.place(strands)
    angle = _looked_up(field[..., None], place)[:, :-1, 0]
    middle = view.place(head.anatomy.center)[1]
    angle = angle * smoothstep(middle + 0.05, middle - 0.01, depth[:, :-1])
    axes = view.camera.matrix_world[:3, :3]
    local = np.diff(strands, axis=1) @ axes
    # Clockwise in the picture (y down) is clockwise seen along the line of sight: y up turns the other way.
    c, s = np.cos(angle), np.sin(angle)
    x, y = local[..., 0] * c + local[..., 1] * s, local[..., 1] * c - local[..., 0] * s
    steps = np.stack([x, y, local[..., 2]], -1) @ axes.T
    return np.concatenate([strands[:, :1], strands[:, :1] + np.cumsum(steps, axis=1)], 1)


def _kept_near(strands: NDArray, started: NDArray, limit: NDArray) -> NDArray:
    """No point farther than the limit (N, P) from where the style had it."""
    offset = strands - started
    length = np.linalg.norm(offset, axis=2)
    return started + offset * np.minimum(1, limit / np.maximum(length, 1e-9))[..., None]


def _trimmed(view: MapView, strands: NDArray, outside: NDArray) -> NDArray:
    """Strands that stay astray: cut where they leave the photo's hair, or given a neighbour's shape when little would be left."""
    place, depth = view.place(strands)
    column, row = np.clip(place, 0, view.size - 1).astype(int).reshape(-1, 2).T
    surface = view.depth[row, column].reshape(depth.shape)
    inside_map = ((place >= 0) & (place < view.size)).all(-1)
    astray = inside_map & (outside[row, column].reshape(depth.shape) > OUTSIDE) & (depth < surface + BEHIND)
    last = strands.shape[1] - 1
    # What remains astray from there to the tip; a wave that looks out and comes back is left alone.
    rest = np.cumsum(astray[:, ::-1], axis=1)[:, ::-1] / np.arange(last + 1, 0, -1)
    leaves = astray & (rest > 0.6)
    share = np.where(leaves.any(1), leaves.argmax(1) / last, 1.0)
    near = cKDTree(strands[:, 0]).query(strands[:, 0], k=min(NEIGHBOURS, len(strands)))[1].reshape(len(strands), -1)
    few = share < SHORTEST_SHARE
    if few.any() and not few.all():
        whole = cKDTree(strands[~few, 0]).query(strands[few, 0])[1]
        lent = np.flatnonzero(~few)[whole]
        strands = strands.copy()
        strands[few] += strands[lent] - strands[lent, :1] - (strands[few] - strands[few, :1])
        share = np.where(few, 1.0, share)
        share[few] = share[lent]
    # Neighbours are cut alike, or single hairs would stand out of the others.
    return resample(strands, last + 1, np.minimum(share + 0.05, np.median(share[near], axis=1)))


def _looked_up(field: NDArray, place: NDArray) -> NDArray:
    """A field (h, w, C) at positions (N, P, 2) -> (N, P, C), bilinear; the border's value beyond it."""
    x, y = (place[..., k].astype(np.float32) - 0.5 for k in range(2))
    values = cv2.remap(field.astype(np.float32), x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return values.reshape(*place.shape[:2], -1)
