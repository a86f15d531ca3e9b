# SPDX-License-Identifier: GPL-3.0-or-later
"""Polygons and texture coordinates of a dressed FLAME head: the skin's chart (FLAME's or ours), polar eyes, the borrowed parts' own."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..model import HeadModel
from .bare_head import FlameUV
from .chart_cache import cached
from .model_file import VERTICES
from .mouth_bag import RINGS, MouthBag
from .transfer import EYE_JOINTS, eyeball
from .unwrap import unwrap

IRIS = 0.0059  # metres
IRIS_RADIUS = 0.25  # of the polar chart, as inference/texture/eye.py paints it
FACE_DENSITY, BAG_DENSITY = 6.0, 0.35  # map area per surface area, beside 1 elsewhere
BACK = np.radians(170)


def head_chart(
    bare: HeadModel, open_head: HeadModel, bag: MouthBag, borrowed: NDArray, chart: FlameUV | None, face: NDArray
) -> tuple[NDArray, NDArray, NDArray, NDArray]:
    """(uv (T, 2), uv_faces (F, 4), faces (F, 4), face_parts (F,)).

    borrowed: the open head's vertices behind FLAME's and the bag's; face (5023,): mask of what deserves texels.
    """
    skin, eyes = bare.surface.triangles("skin"), bare.surface.triangles("eyes")
    if chart is None:
        density = np.concatenate([1 + (FACE_DENSITY - 1) * face, np.full(len(bag.positions), BAG_DENSITY)])
        positions = np.concatenate([bare.template, bag.positions]).astype(np.float64)
        closed = np.concatenate([skin, bag.triangles])
        uv, flat = cached("chart", (bare, open_head), lambda: unwrap(positions, closed, density))
    else:
        uv, flat = _with_bag(chart.uv, skin, bare.surface.uv_triangles("skin"), bag)
    pieces = [(np.concatenate([skin, bag.triangles]), uv, flat, np.repeat([0, 1], [len(skin), len(bag.triangles)]))]
    eye_uv, eye_flat = _polar(bare, eyes)
    pieces.append((eyes, eye_uv, eye_flat, np.full(len(eyes), 2)))
    first = VERTICES + len(bag.positions)
    position = np.full(len(open_head.template), -1)
    position[borrowed] = first + np.arange(len(borrowed))
    faces, uv_faces, parts, uvs, count = [], [], [], [], 0
    for triangles, piece_uv, piece_flat, piece_parts in pieces:
        faces.append(np.c_[triangles, np.full(len(triangles), -1)])
        uv_faces.append(np.c_[piece_flat + count, np.full(len(triangles), -1)])
        parts.append(piece_parts)
        uvs.append(piece_uv)
        count += len(piece_uv)
    surface = open_head.surface
    for number, name in enumerate(surface.part_names):
        mine = surface.face_parts == number
        if name in ("skin", "mouth", "eyes"):
            continue
        old = surface.faces[mine]
        faces.append(np.where(old >= 0, position[old], -1))
        uv_faces.append(np.where(old >= 0, surface.uv_faces[mine] + count, -1))
        parts.append(np.full(mine.sum(), number))
    uvs.append(surface.uv)
    return (
        np.concatenate(uvs).astype(np.float32),
        np.concatenate(uv_faces).astype(np.int32),
        np.concatenate(faces).astype(np.int32),
        np.concatenate(parts).astype(np.uint8),
    )


def _with_bag(uv: NDArray, skin: NDArray, flat: NDArray, bag: MouthBag) -> tuple[NDArray, NDArray]:
    """FLAME's own chart of the skin; the bag fills the hole that the mouth's rim leaves in it."""
    place = np.zeros(VERTICES, int)
    place[skin.ravel()] = flat.ravel()
    rim = uv[place[bag.rim]]
    centre = rim.mean(0)
    shares = 1 - np.arange(1, RINGS + 1) / (RINGS + 1)
    rings = [centre + share * (rim - centre) for share in shares]
    own = bag.triangles >= VERTICES
    bag_flat = np.where(own, bag.triangles - VERTICES + len(uv), place[np.minimum(bag.triangles, VERTICES - 1)])
    return np.concatenate([uv, *rings, centre[None]]), np.concatenate([flat, bag_flat])


def _polar(bare: HeadModel, triangles: NDArray) -> tuple[NDArray, NDArray]:
    """Polar chart of both eyeballs, corner by corner: the pupil in the middle, the iris' border at 0.25, the back at 0.5."""
    uv = np.zeros((len(triangles), 3, 2))
    for joint in EYE_JOINTS:
        mine, centre, radius = eyeball(bare, joint)
        own = np.isin(triangles[:, 0], mine)
        off = bare.template[triangles[own]] - centre
        polar = np.arctan2(np.hypot(off[..., 0], off[..., 2]), -off[..., 1])
        angle = np.arctan2(off[..., 2], off[..., 0])
        # The back pole has no angle of its own: it takes that of the triangle it closes.
        steady = np.where(polar < BACK, 1.0, 0.0)
        mean = np.arctan2((steady * np.sin(angle)).sum(1), (steady * np.cos(angle)).sum(1))
        angle = np.where(polar < BACK, angle, mean[:, None])
        border = np.arcsin(min(IRIS / radius, 0.9))
        beyond = IRIS_RADIUS + (0.5 - IRIS_RADIUS) * (polar - border) / (np.pi - border)
        distance = np.where(polar < border, IRIS_RADIUS * polar / border, beyond)
        uv[own] = 0.5 + np.stack([distance * np.cos(angle), distance * np.sin(angle)], -1)
    return uv.reshape(-1, 2), np.arange(3 * len(triangles)).reshape(-1, 3)
