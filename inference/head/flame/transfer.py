# SPDX-License-Identifier: GPL-3.0-or-later
"""What the open head knows, carried over to FLAME's vertices through the registration.

Everything here is found from the two meshes; nothing of FLAME's makers is needed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..landmark_sets import derived_sets
from ..model import HeadModel, LandmarkEmbedding, vertex_normals
from .closest import Surface3D, SurfacePoints
from .mesh import mouth_and_neck
from .registration import Registration, Target, register

EYE_JOINTS = ("left_eye", "right_eye")
IRIS_REACH = 0.004  # metres from the eyeball within which a landmark belongs to it
UNFOLDING_STEPS = 200


@dataclass(frozen=True, eq=False)
class Correspondence:
    """The open head on a FLAME head: where each FLAME vertex lies on it, and the reverse for its landmarks.

    positions (V_open, 3): the open head's vertices laid onto FLAME. turn (3, 3): for displacements.
    on_open: a point of the open head's skin and mouth bag for each of FLAME's vertices (eyeballs too, where it means nothing).
    landmarks: MediaPipe's 478 on FLAME.
    """

    positions: NDArray
    turn: NDArray
    on_open: SurfacePoints
    landmarks: LandmarkEmbedding


def find_correspondence(open_head: HeadModel, flame: HeadModel) -> Correspondence:
    """Registers the open head to FLAME's template (some seconds). Raises ValueError for a mesh that is not FLAME's."""
    positions = flame.template.astype(np.float64)
    skin = flame.surface.triangles("skin")
    mouth, neck = mouth_and_neck(positions, skin)
    surface = Surface3D(positions, skin)
    target = Target(surface, np.concatenate([mouth, neck]), np.stack([eyeball(flame, name)[1] for name in EYE_JOINTS]))
    fitted = register(open_head, target)
    laid = Surface3D(fitted.positions, open_head.surface.triangles("skin", "mouth"))
    on_open = laid.closest(positions, _unit(vertex_normals(positions, flame.surface.triangles())))
    return Correspondence(fitted.positions, fitted.turn, on_open, _landmarks(open_head, flame, fitted, surface))


def eyeball(flame: HeadModel, joint: str) -> tuple[NDArray, NDArray, float]:
    """(vertex indices, centre (3,), radius in metres) of one of FLAME's eyeballs on the template."""
    number = flame.joints.names.index(joint)
    eyes = flame.surface.part_vertices("eyes")
    mine = eyes[flame.joints.weights[eyes, number] > 0.5]
    if not len(mine):  # all eyeball vertices hang on something else: tell them apart by side
        mine = eyes[np.sign(flame.template[eyes, 0]) == (1 if joint == "left_eye" else -1)]
    points = flame.template[mine].astype(np.float64)
    centre = (points.max(0) + points.min(0)) / 2
    return mine, centre, float(np.median(np.linalg.norm(points - centre, axis=1)))


def transferred_masks(open_head: HeadModel, flame: HeadModel, at: Correspondence) -> dict[str, NDArray]:
    """The open head's masks on FLAME's vertices, 0 on the eyeballs."""
    on_skin = np.zeros(len(flame.template), np.float32)
    on_skin[flame.surface.part_vertices("skin")] = 1
    return {
        name: (on_skin * at.on_open.of(mask[:, None])[:, 0]).astype(np.float32)
        for name, mask in open_head.masks.items()
    }


def transferred_directions(open_head: HeadModel, flame: HeadModel, at: Correspondence) -> NDArray:
    """(52, V, 3) float32: the open head's ARKit directions on FLAME's vertices; the eyeballs turn about their own centres."""
    basis = open_head.expression_basis
    moved = np.einsum("envc,nv->enc", basis[:, at.on_open.vertices], at.on_open.barycentric.astype(np.float32))
    moved = moved @ at.turn.T.astype(np.float32)
    eyes = open_head.surface.part_vertices("eyes")
    for joint in EYE_JOINTS:
        mine, centre, radius = eyeball(flame, joint)
        source = eyes[np.sign(open_head.template[eyes, 0]) == (1 if joint == "left_eye" else -1)]
        points = open_head.template[source].astype(np.float64)
        own = points - (points.max(0) + points.min(0)) / 2
        # A displacement field that is linear about the centre is the same at every size.
        system = np.c_[own / np.median(np.linalg.norm(own, axis=1)), np.ones(len(own))]
        maps = np.linalg.lstsq(system, np.moveaxis(basis[:, source], 1, 0).reshape(len(source), -1), rcond=None)[0]
        here = np.c_[(flame.template[mine] - centre) / radius, np.ones(len(mine))]
        shifts = np.moveaxis((here @ maps).reshape(len(mine), len(basis), 3), 0, 1)
        moved[:, mine] = shifts @ at.turn.T
    return moved.astype(np.float32)


def transferred_scalp(open_head: HeadModel, flame: HeadModel, at: Correspondence) -> NDArray:
    """(V, 2) float32 scalp chart without overlaps, NaN off the scalp."""
    known = np.isfinite(open_head.scalp_uv[at.on_open.vertices]).all((1, 2))
    known &= np.isin(np.arange(len(known)), flame.surface.part_vertices("skin"))
    chart = np.full((len(flame.template), 2), np.nan)
    chart[known] = at.on_open.of(np.nan_to_num(open_head.scalp_uv).astype(np.float64))[known]
    return _unfolded(chart, flame.surface.triangles("skin")).astype(np.float32)


def _unfolded(chart: NDArray, triangles: NDArray) -> NDArray:
    """The chart with folded triangles smoothed out; vertices that stay folded leave it."""
    inside = triangles[np.isfinite(chart[triangles]).all((1, 2))]
    sign = np.sign(np.median(_signed_area(chart[inside])))
    for _ in range(UNFOLDING_STEPS):
        folded = sign * _signed_area(chart[inside]) <= 0
        if not folded.any():
            return chart
        touched = np.unique(inside[folded])
        near = inside[np.isin(inside, touched).any(1)]
        total, count = np.zeros_like(chart), np.zeros(len(chart))
        for k in range(3):
            for other in ((k + 1) % 3, (k + 2) % 3):
                np.add.at(total, near[:, k], chart[near[:, other]])
                np.add.at(count, near[:, k], 1)
        chart[touched] = total[touched] / count[touched, None]
    chart[np.unique(inside[sign * _signed_area(chart[inside]) <= 0])] = np.nan
    return chart


def _signed_area(corners: NDArray) -> NDArray:
    a, b = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    return a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]


def _landmarks(open_head: HeadModel, flame: HeadModel, fitted: Registration, surface: Surface3D) -> LandmarkEmbedding:
    """MediaPipe's landmarks: on the skin the nearest place, irises in the same direction from the eyeball's centre."""
    known = open_head.landmarks["mediapipe_478"]
    points = known.points(fitted.positions)
    normals = known.points(vertex_normals(fitted.positions, open_head.surface.triangles()))
    found = surface.closest(points, _unit(normals))
    vertices, weights = found.vertices.copy(), found.barycentric.copy()
    own = known.points(open_head.template.astype(np.float64))
    balls = flame.surface.triangles("eyes")
    on_eye = np.isin(known.vertices, open_head.surface.part_vertices("eyes", "cornea")).any(1)
    for joint in EYE_JOINTS:
        source = open_head.joints.regressor[open_head.joints.names.index(joint)] @ open_head.template
        mine, centre, radius = eyeball(flame, joint)
        rows = np.flatnonzero(on_eye & (np.sign(own[:, 0]) == np.sign(source[0])))
        direction = _unit(own[rows] - source)
        ball = Surface3D(flame.template.astype(np.float64), balls[np.isin(balls[:, 0], mine)])
        there = ball.closest(centre + radius * direction, direction)
        vertices[rows], weights[rows] = there.vertices, there.barycentric
    return LandmarkEmbedding(vertices.astype(np.int32), weights.astype(np.float32), known.sigma)


def landmark_sets(at: Correspondence) -> dict[str, LandmarkEmbedding]:
    """All sets the product uses, from the transferred 478."""
    return derived_sets(at.landmarks)


def _unit(vectors: NDArray) -> NDArray:
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
