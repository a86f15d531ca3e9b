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
from scipy.sparse import csr_array
from scipy.spatial import cKDTree

from ...smoothstep import smoothstep
from ..anatomy import Anatomy
from ..detail import resample
from ..grow import resolve_collisions
from ..head_surface import HeadSurface
from ..orientation.coding import OrientationMap, angle_between
from ..orientation.strands import BEHIND, MapView, map_of_strands
from ..variation import lengths
from .fields import OUTLINE_SPREAD, outline_field, signed_distance, turning_field

ROUNDS = 8
TURNING_ROUNDS = 4
ALIKE = 7  # points of a strand that move alike
TURN_GAIN = 0.9
DEGREE_WEIGHT = 0.008  # what a degree of wrong direction costs in IoU
ROOT_RAMP = 0.022  # metres along a strand until it moves freely
# Of the way from the root, and metres more, that a point may be displaced; metres at most. More rounds and longer ways fit the outline
# better, and tear locks apart where the photo shows nothing.
STRETCH, SHIFT, FARTHEST = 0.5, 0.012, 0.09
OUTSIDE = 3.0  # pixels beyond the photo's hair where a strand counts as astray
# About so many strands are moved by what the picture shows; the others go with so many of them.
JUDGED, CARRIERS = 900, 3
# So many strands share an offset, within so far (metres, over the whole course): turning sets neighbours apart, moving hardly does.
# ALONG: the share of a strand that moves alike.
BESIDE, TURNING_REACH, MOVING_REACH, ALONG = 24, 0.03, 0.012, 0.12
# Metres behind the eyes' outer corners that hair beside the face ends at; the share kept of what is farther in front.
CORNER_CLEARANCE, IN_FRONT_KEPT = 0.012, 0.25
SETTLING, FINEST_SPREAD = 0.85, 3.5  # from round to round; pixels of a map of 256
NEIGHBOURS = 12
SHORTEST_SHARE = 0.3
DEEPEST = 0.0008  # metres below the skin


@dataclass(frozen=True)
class Likeness:
    """iou: of the drawn hair with the photo's mask; degrees: mean undirected error of direction where both have hair.

    sure_degrees: the same weighted with how sure the photo's direction is; tangled hair has none.
    """

    iou: float
    degrees: float
    sure_degrees: float

    @property
    def score(self) -> float:
        """One figure of both, higher is better."""
        return self.iou - DEGREE_WEIGHT * float(np.nan_to_num(self.sure_degrees))


def likeness(drawn: OrientationMap, wanted: OrientationMap, known: NDArray) -> Likeness:
    """How well drawn hair matches the photo's, inside the photo. degrees is NaN when they do not overlap."""
    both, either = drawn.hair & wanted.hair & known, (drawn.hair | wanted.hair) & known
    error, sure = angle_between(drawn.angle[both], wanted.angle[both]), wanted.confidence[both]
    degrees, sure_degrees = (
        float((error * weight).sum() / weight.sum()) if error.size else float("nan")
        for weight in (np.ones_like(sure), sure + 1e-3)
    )
    return Likeness(float(both.sum() / max(either.sum(), 1)), degrees, sure_degrees)


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
    strands = strands.astype(np.float32)
    some = np.arange(0, len(strands), max(1, len(strands) // JUDGED))
    moved = strands + _carried(strands, some, _best_offset(head, view, wanted, known, strands[some], rounds))
    trimmed = _trimmed(view, moved, signed_distance(wanted.hair | ~known))
    refined = resolve_collisions(head, _beside_the_face(head.anatomy, trimmed))
    # Between the lips no way leads out of the skin; strands that got there stay as they were grown.
    caught = (head.distance.sample(refined[:, 1:])[0] < -DEEPEST).any(1)
    refined[caught] = strands[caught]
    return refined.astype(np.float32)


def _best_offset(
    head: HeadSurface, view: MapView, wanted: OrientationMap, known: NDArray, started: NDArray, rounds: int
) -> NDArray:
    """(N, P, 3) by how much to move the points of strands for the best likeness that the rounds came to."""
    along = _along(started)
    wide, close = (_neighbours(started, reach) for reach in (TURNING_REACH, MOVING_REACH))
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
            current = _turned(view, current, TURN_GAIN * turning_field(drawn, wanted), head)
            current = started + _shared(current - started, wide)
            drawn = map_of_strands(view, current)
        # At first whole locks move, then the outline settles in its details.
        spread = max(OUTLINE_SPREAD * SETTLING**turn, FINEST_SPREAD)
        field = outline_field(drawn.hair & known, wanted.hair & known, known, spread)
        current = _kept_near(_moved(view, current, field, ramp), started, limit)
        current = resolve_collisions(head, started + _shared(current - started, close))
    return best - started


def _beside_the_face(anatomy: Anatomy, strands: NDArray) -> NDArray:
    """Strands with what hangs beside the face no farther in front than the eyes' corners: from the front the photo cannot tell."""
    x, y, z = (strands[..., k] for k in range(3))
    limit = anatomy.eye[1] + CORNER_CLEARANCE * anatomy.scale
    side = smoothstep(0.4, 0.75, np.abs(x - anatomy.center[0]) / anatomy.face_width)
    level = smoothstep(anatomy.hairline, anatomy.brow, z) * smoothstep(anatomy.chin - 0.12, anatomy.chin, z)
    moved = strands.copy()
    moved[..., 1] += (1 - IN_FRONT_KEPT) * np.clip(limit - y, 0, None) * side * level
    return moved


def _neighbours(strands: NDArray, reach: float) -> csr_array:
    """(N, N) weights, each row's sum 1, of the strands that run beside each of the (N, P, 3) strands."""
    distance, near = cKDTree(_course(strands)).query(_course(strands), k=min(BESIDE, len(strands)))
    distance, near = distance.reshape(len(strands), -1), near.reshape(len(strands), -1)
    weight = np.exp(-0.5 * (distance / reach) ** 2)
    weight /= weight.sum(1, keepdims=True)
    starts = np.arange(len(strands) + 1) * near.shape[1]
    return csr_array((weight.astype(np.float32).ravel(), near.ravel(), starts), (len(strands), len(strands)))


def _shared(offset: NDArray, beside: csr_array) -> NDArray:
    """Offsets (N, P, 3) evened out among neighbours and along each strand, or locks would tear and strands kink."""
    count, points, _ = offset.shape
    among = (beside @ offset.reshape(count, -1)).reshape(offset.shape)
    width = max(1, round(ALONG * points)) | 1
    smooth = cv2.blur(np.ascontiguousarray(among, np.float32), (width, 1), borderType=cv2.BORDER_REPLICATE)
    smooth[:, 0] = 0
    return smooth


def _course(strands: NDArray) -> NDArray:
    """(N, 9): where strands (N, P, 3) begin, are after a third, and end."""
    last = strands.shape[1] - 1
    return strands[:, [0, last // 3, last]].reshape(len(strands), -1)


def _carried(strands: NDArray, leaders: NDArray, offset: NDArray) -> NDArray:
    """(N, P, 3) offsets for all strands from those (K, P, 3) of the leaders (K,): every strand moves with those that run beside it."""
    if len(leaders) == len(strands):
        return offset
    course = _course(strands)
    distance, near = cKDTree(course[leaders]).query(course, k=min(CARRIERS, len(leaders)))
    weight = 1 / (distance.reshape(len(strands), -1) + 1e-4) ** 2
    weight = (weight / weight.sum(1, keepdims=True)).astype(np.float32)
    return np.einsum("nk,nkpc->npc", weight, offset[near.reshape(weight.shape)])


def _along(strands: NDArray) -> NDArray:
    """(N, P) metres from the root."""
    along = np.cumsum(lengths(np.diff(strands, axis=1)), axis=1)
    return np.concatenate([np.zeros((len(strands), 1), along.dtype), along], 1)


def _moved(view: MapView, strands: NDArray, field: NDArray, ramp: NDArray) -> NDArray:
    """Strands displaced in the picture's plane by a field of pixels."""
    place, depth = view.place(strands)
    # Alike along a strand, or its direction would suffer.
    step = cv2.blur(_looked_up(field, place), (ALIKE, 1), borderType=cv2.BORDER_REPLICATE) * ramp[..., None]
    metres = (depth / np.float32(view.camera.focal_px * view.to_map[0, 0]))[..., None] * step
    axes = view.camera.matrix_world[:3, :3].astype(np.float32)
    return strands + metres[..., :1] * axes[:, 0] - metres[..., 1:] * axes[:, 1]


def _turned(view: MapView, strands: NDArray, field: NDArray, head: HeadSurface) -> NDArray:
    """Strands bent about the line of sight by a field of angles, less the farther back they grow."""
    place, depth = view.place(strands)
    angle = _looked_up(field[..., None], place)[:, :-1, 0]
    middle = view.place(head.anatomy.center)[1]
    angle = angle * smoothstep(middle + 0.05, middle - 0.01, depth[:, :-1])
    axes = view.camera.matrix_world[:3, :3].astype(np.float32)
    local = np.diff(strands, axis=1) @ axes
    # Clockwise in the picture (y down) is clockwise seen along the line of sight: y up turns the other way.
    c, s = np.cos(angle), np.sin(angle)
    x, y = local[..., 0] * c + local[..., 1] * s, local[..., 1] * c - local[..., 0] * s
    steps = np.stack([x, y, local[..., 2]], -1) @ axes.T
    return np.concatenate([strands[:, :1], strands[:, :1] + np.cumsum(steps, axis=1)], 1)


def _kept_near(strands: NDArray, started: NDArray, limit: NDArray) -> NDArray:
    """No point farther than the limit (N, P) from where the style had it."""
    offset = strands - started
    return started + offset * np.minimum(1, limit / np.maximum(lengths(offset), 1e-9))[..., None]


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
