# SPDX-License-Identifier: GPL-3.0-or-later
"""Eyeballs and corneas: the pole is on the optical axis (-Y), rings are dense near the iris."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SEGMENTS = 24
IRIS_ANGLE = np.radians(28.7)  # 5.9 mm of iris on a 12.3 mm ball
RING_DEGREES = (5, 10, 15, 20, 25, 28.7, 33, 38, 44, 51, 59, 68, 78, 89, 101, 114, 128, 143, 160)
CORNEA_DEGREES = (4, 9, 14, 19, 24, 28.7, 33, 37, 42)
CORNEA_EDGE = np.radians(42)
CORNEA_BULGE = 0.035  # of the radius: 0.43 mm over a 12.3 mm ball
IRIS_RECESS = 0.05  # of the radius: the iris lies flatter than the ball


@dataclass(frozen=True)
class Eyeball:
    """Unit ball: vertices (V, 3) centred at 0, faces (F, 4), uv (V, 2) polar, iris boundary at 0.25 from (0.5, 0.5), back pole at 0.5."""

    vertices: NDArray
    faces: NDArray
    uv: NDArray


def unit_eyeball() -> Eyeball:
    """The ball with a slightly sunken iris."""
    angles = np.radians(RING_DEGREES)
    inside = np.clip(1 - (angles / IRIS_ANGLE) ** 2, 0, None)
    radii = 1 - IRIS_RECESS * inside
    return _cap(angles, radii, 1 - IRIS_RECESS, closed=True)


def unit_cornea() -> Eyeball:
    """The clear shell over the iris, blending into the ball at its edge."""
    angles = np.radians(CORNEA_DEGREES)
    return _cap(angles, _cornea_radius(angles), float(_cornea_radius(np.zeros(1))[0]), closed=False)


def _cornea_radius(angle: NDArray) -> NDArray:
    """A dome that meets the ball tangentially, 0.2 % above it at the edge so that the two never fight for a pixel."""
    share = np.clip(angle / CORNEA_EDGE, 0, 1)
    return 1.002 + CORNEA_BULGE * (1 - share**2) ** 2


def _cap(angles: NDArray, radii: NDArray, pole_radius: float, closed: bool) -> Eyeball:
    around = np.arange(SEGMENTS) * 2 * np.pi / SEGMENTS
    angle = np.repeat(angles, SEGMENTS)
    turn = np.tile(around, len(angles))
    direction = np.stack([np.sin(angle) * np.cos(turn), -np.cos(angle), np.sin(angle) * np.sin(turn)], 1)
    rings = direction * np.repeat(radii, SEGMENTS)[:, None]
    poles = [[0.0, -pole_radius, 0.0], [0.0, 1.0, 0.0]][: 2 if closed else 1]
    vertices = np.concatenate([rings, poles])
    spread = _uv_radius(angle)[:, None] * np.stack([np.cos(turn), np.sin(turn)], 1)
    uv = 0.5 + np.concatenate([spread, [[0.0, 0.0], [0.5, 0.0]][: len(poles)]])
    return Eyeball(vertices, _faces(len(angles), closed), uv)


def _uv_radius(angle: NDArray) -> NDArray:
    outside = 0.25 + 0.25 * (angle - IRIS_ANGLE) / (np.pi - IRIS_ANGLE)
    return np.where(angle < IRIS_ANGLE, 0.25 * angle / IRIS_ANGLE, outside)


def _faces(rings: int, closed: bool) -> NDArray:
    step = np.arange(SEGMENTS)
    following = (step + 1) % SEGMENTS
    none = np.full(SEGMENTS, -1)
    front = rings * SEGMENTS
    faces = [np.stack([np.full(SEGMENTS, front), step, following, none], 1)]
    for ring in range(rings - 1):
        a, b = ring * SEGMENTS, (ring + 1) * SEGMENTS
        faces.append(np.stack([a + step, b + step, b + following, a + following], 1))
    if closed:
        last = (rings - 1) * SEGMENTS
        faces.append(np.stack([last + step, np.full(SEGMENTS, front + 1), last + following, none], 1))
    return np.concatenate(faces)
