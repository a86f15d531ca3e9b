# SPDX-License-Identifier: GPL-3.0-or-later
"""Shoulders and hats for synthetic people: the open head ends at the collar bones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ....head.model import HeadModel, rotation_matrices
from ...anatomy import Anatomy

AROUND, DEEP = 40, 26
TOP, BOTTOM = -0.135, -0.75
LIFT = 0.006  # metres hair lies off the clothes


@dataclass(frozen=True)
class Solid:
    """vertices (V, 3) metres; triangles (T, 3); chart (V, 2): coordinates for patterns and edges, metres."""

    vertices: NDArray
    triangles: NDArray
    chart: NDArray


@dataclass(frozen=True)
class Torso:
    """A stack of ellipses about ``center``, turned. solid: its surface; chart: along the girth, and below the neck's base.

    height, wide, thick, middle (D,): of each ellipse, highest first, in the torso's own frame.
    """

    solid: Solid
    center: NDArray
    turned: NDArray
    height: NDArray
    wide: NDArray
    thick: NDArray
    middle: NDArray

    def draped(self, strands: NDArray, before: float) -> NDArray:
        """Strands (N, P, 3) with what lay inside moved onto the chest, or the back if a strand passes the neck behind y = ``before``."""
        local = (strands - self.center) @ self.turned + self.center
        wide, thick, middle = (
            np.interp(-local[..., 2], -self.height, size) for size in (self.wide, self.thick, self.middle)
        )
        low = np.argmin(np.abs(local[..., 2] - TOP), axis=1)
        front = local[np.arange(len(local)), low, 1] < before
        bulge = (thick + LIFT) * np.sqrt(np.clip(1 - (local[..., 0] / wide) ** 2, 0, 1))
        y = local[..., 1]
        inside = (local[..., 2] < TOP) & (np.abs(y - middle) < bulge)
        moved = local.copy()
        moved[..., 1] = np.where(inside, middle + np.where(front[:, None], -bulge, bulge), y)
        return (moved - self.center) @ self.turned.T + self.center


@dataclass(frozen=True)
class Hat:
    """What sits on the head between two planes: ``front`` on the lower one, ``normal`` up, ``limit`` metres apart."""

    solid: Solid
    front: NDArray
    normal: NDArray
    limit: float
    center: NDArray

    def pressed(self, strands: NDArray) -> NDArray:
        """Strands (N, P, 3) with what the hat covers moved into the head, where nobody sees it."""
        above = (strands - self.front) @ self.normal
        covered = (above > 0) & (above < self.limit)
        return np.where(covered[..., None], self.center + 0.5 * (strands - self.center), strands)


def torso(random: np.random.Generator) -> Torso:
    """Neck base, shoulders and chest, turned a little against the head."""
    shoulder, depth = random.uniform(0.18, 0.26), random.uniform(0.10, 0.15)
    slope, middle = random.uniform(0.03, 0.085), random.uniform(0.05, 0.09)
    level = np.linspace(0, 1, DEEP) ** 1.6
    height = TOP + (BOTTOM - TOP) * level
    below = TOP - height
    rise = 1 - np.exp(-((below / slope) ** 1.5))
    wide = 0.062 + (shoulder - 0.062) * rise
    thick = 0.066 + (depth - 0.066) * np.minimum(1, below / 0.12)
    angle = np.linspace(0, 2 * np.pi, AROUND, endpoint=False)
    x = wide[:, None] * np.sin(angle)
    lean = middle - 0.02 * np.minimum(1, below / 0.15)
    y = lean[:, None] - thick[:, None] * np.cos(angle)
    points = np.stack([x, y, np.broadcast_to(height[:, None], x.shape)], -1).reshape(-1, 3)
    turned = rotation_matrices(np.array([0, random.normal(0, 0.05), random.normal(0, 0.25)]))
    center = np.array([0, middle, TOP])
    chart = np.stack([wide[:, None] * np.sin(angle), np.broadcast_to(below[:, None], x.shape)], -1).reshape(-1, 2)
    solid = Solid((points - center) @ turned.T + center, _grid(DEEP, AROUND), chart)
    return Torso(solid, center, turned, height, wide, thick, lean)


def hat(model: HeadModel, vertices: NDArray, anatomy: Anatomy, random: np.random.Generator) -> Hat:
    """A cap, with a peak or a brim at times, or a headband over the skull above a tilted plane.

    chart: azimuth, and metres above the plane.
    """
    skin = model.surface.triangles(model.surface.part_names[0])
    normal = np.array([random.normal(0, 0.08), random.uniform(-0.45, 0.1), 1.0])
    normal /= np.linalg.norm(normal)
    front = np.array([0.0, vertices[:, 1].min() + 0.03, random.uniform(0.045, 0.075)])
    above = (vertices - front) @ normal
    limit = random.uniform(0.02, 0.05) if random.random() < 0.4 else 1.0
    inside = (above > -0.004) & (above < limit) & (model.masks["ears"] < 0.3)
    kept = skin[inside[skin].all(1)]
    center = vertices[inside].mean(0) if inside.any() else front
    outward = vertices - center
    outward /= np.maximum(np.linalg.norm(outward, axis=1, keepdims=True), 1e-6)
    loose = random.uniform(0.006, 0.02) if limit == 1.0 else 0.005
    peak = random.uniform(0, 0.05) * (limit == 1.0)
    grown = vertices + loose * outward + peak * np.clip(above / 0.1, 0, 1)[:, None] * normal
    azimuth = np.radians(anatomy.azimuth(vertices)) * 0.09
    crown = Solid(grown, kept, np.stack([azimuth, above], 1))
    edge = grown[inside & (above < 0.012)]
    if limit == 1.0 and random.random() < 0.6 and len(edge) >= 12:
        crown = _joined(crown, _brim(edge, normal, random))
    return Hat(crown, front, normal, limit, center)


def _brim(edge: NDArray, normal: NDArray, random: np.random.Generator) -> Solid:
    """A peak to the front, or a brim all around: a ring that leaves the crown's lowest points (E, 3) outward and a little down."""
    middle = edge.mean(0)
    offset = edge - middle
    angle = np.linspace(-np.pi, np.pi, AROUND, endpoint=False)  # 0 faces forward
    radius = np.quantile(np.abs(offset[:, :2]), 0.9, axis=0)
    round_head = np.stack([np.sin(angle) * radius[0], -np.cos(angle) * radius[1], np.zeros(AROUND)], 1)
    round_head[:, 2] = -(round_head[:, :2] @ normal[:2]) / normal[2]
    reach = random.uniform(0.03, 0.09)
    if random.random() < 0.6:  # a peak
        reach = reach * np.clip(1 - (angle / random.uniform(1.0, 1.5)) ** 2, 0, 1)
    direction = round_head / np.linalg.norm(round_head, axis=1, keepdims=True)
    outer = round_head + np.broadcast_to(reach, AROUND)[:, None] * (direction - [0, 0, random.uniform(0, 0.5)])
    points = middle + np.concatenate([round_head, outer])
    chart = np.stack([np.tile(angle * 0.09, 2), np.repeat([0.0, -0.03], AROUND)], 1)
    return Solid(points, _grid(2, AROUND), chart)


def _joined(one: Solid, other: Solid) -> Solid:
    """Two surfaces as one."""
    triangles = np.concatenate([one.triangles, other.triangles + len(one.vertices)])
    return Solid(np.concatenate([one.vertices, other.vertices]), triangles, np.concatenate([one.chart, other.chart]))


def _grid(rows: int, columns: int) -> NDArray:
    """(T, 3) triangles of a tube."""
    first = np.arange(rows * columns).reshape(rows, columns)
    a, b = first[:-1], np.roll(first, -1, 1)[:-1]
    c, d = first[1:], np.roll(first, -1, 1)[1:]
    return np.concatenate([np.stack([a, c, b], -1).reshape(-1, 3), np.stack([b, c, d], -1).reshape(-1, 3)])
