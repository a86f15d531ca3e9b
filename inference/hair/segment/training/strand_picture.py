# SPDX-License-Identifier: GPL-3.0-or-later
"""Many thin strands drawn as a camera sees them: coverage, light, shine, and what tells one strand from the next."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ....bundle import Camera
from ....face.camera import project

FINE = 1.5  # strands are drawn at this many times the picture's resolution
POINTS = 700_000
NEAR = 0.005  # metres a strand may lie behind a surface and still be seen


@dataclass(frozen=True)
class Lamps:
    """directions (L, 3) unit vectors toward the lamps, strength (L,), sky: light from everywhere."""

    directions: NDArray
    strength: NDArray
    sky: float

    def diffuse(self, normals: NDArray, wrap: float) -> NDArray:
        """(N,) Lambertian light, softened by ``wrap``."""
        facing = np.clip((normals @ self.directions.T + wrap) / (1 + wrap), 0, None)
        return self.sky * (0.8 + 0.2 * normals[:, 2]) + facing @ self.strength


@dataclass(frozen=True)
class StrandPicture:
    """All (h, w) in [0, 1]. alpha: coverage; light, shine; tint: differs between strands; along: root 0 to tip 1; roots: their density."""

    alpha: NDArray
    light: NDArray
    shine: NDArray
    tint: NDArray
    along: NDArray
    roots: NDArray


def draw_strands(
    strands: NDArray, camera: Camera, depth: NDArray, lamps: Lamps, center: NDArray, random: np.random.Generator
) -> StrandPicture:
    """Strands (N, P, 3) in front of surfaces of the given depth (h, w); center: the middle of the head."""
    shape = depth.shape
    hair = _thicken(strands, camera.focal_px * FINE / depth[np.isfinite(depth)].mean(), random)
    seen = project(camera, hair) * [FINE, FINE, 1]
    segment = np.diff(seen[..., :2], axis=1)
    count = np.maximum(1, np.ceil(np.hypot(segment[..., 0], segment[..., 1]))).astype(int).ravel()
    count = np.minimum(count, 60)
    start = np.repeat(seen[:, :-1].reshape(-1, 3), count, axis=0)
    step = np.repeat(np.diff(seen, axis=1).reshape(-1, 3), count, axis=0)
    first = np.repeat(np.cumsum(count) - count, count)
    part = ((np.arange(len(first)) - first + 0.5) / np.repeat(count, count))[:, None]
    place = start + part * step
    column, row = place[:, 0].astype(int), place[:, 1].astype(int)
    fine = (int(shape[0] * FINE), int(shape[1] * FINE))
    inside = (place[:, 0] >= 0) & (place[:, 1] >= 0) & (column < fine[1]) & (row < fine[0])
    base = np.minimum((np.stack([row, column], 1)[inside] / FINE).astype(int), np.array(shape) - 1)
    inside[inside] = place[inside, 2] < depth[base[:, 0], base[:, 1]] + NEAR
    order = np.flatnonzero(inside)
    order = order[np.argsort(-place[order, 2])]  # the nearest is written last
    cell = row[order] * fine[1] + column[order]
    owner = np.repeat(np.arange(len(count)), count)[order]
    values = _shading(hair, lamps, camera, center, random)[owner].astype(np.float32)
    drawn = np.zeros((fine[0] * fine[1], 5), np.float32)
    drawn[cell] = np.column_stack([np.ones(len(cell), np.float32), values])
    far = np.zeros(fine[0] * fine[1], np.float32)
    far[cell] = place[order, 2]
    drawn = drawn.reshape(*fine, 5)
    drawn[..., 1] *= _occlusion(far.reshape(fine), drawn[..., 0])
    alpha, layers = (
        cv2.resize(part, shape[::-1], interpolation=cv2.INTER_AREA) for part in (drawn[..., 0], drawn[..., 1:])
    )
    layers = layers / np.maximum(alpha, 1e-3)[..., None]
    return StrandPicture(alpha, *np.moveaxis(np.clip(layers, 0, 1), -1, 0), _root_density(strands, camera, depth))


def _thicken(strands: NDArray, pixels_per_metre: float, random: np.random.Generator) -> NDArray:
    """More strands, about each given one, enough to close the hair."""
    length = np.linalg.norm(np.diff(strands, axis=1), axis=-1).sum(1)
    copies = int(np.clip(POINTS / (length.sum() * pixels_per_metre), 3, 16))
    number, points = strands.shape[:2]
    along = np.linspace(0, 1, points)[:, None]
    apart = random.normal(0, random.uniform(0.0015, 0.0035), (number, copies, 1, 3)) * (0.5 + 0.5 * along)
    frizz = random.uniform(0.0, 0.0035) * np.minimum(1, length / 0.08)[:, None, None, None]
    walk = np.cumsum(random.normal(size=(number, copies, points, 3)), axis=2) / np.sqrt(points)
    wild = np.where(random.random((number, copies, 1, 1)) < 0.06, 3.0, 1.0)
    return (strands[:, None] + apart + frizz * wild * walk * along).reshape(-1, points, 3)


def _shading(hair: NDArray, lamps: Lamps, camera: Camera, center: NDArray, random: np.random.Generator) -> NDArray:
    """(N * (P - 1), 4) light, shine, tint and place along the strand of every segment (Kajiya and Kay 1989, with the hair's bulk)."""
    tangent = np.diff(hair, axis=1)
    tangent /= np.maximum(np.linalg.norm(tangent, axis=-1, keepdims=True), 1e-9)
    middle = (hair[:, :-1] + hair[:, 1:]) / 2
    outward = middle - center
    outward /= np.linalg.norm(outward, axis=-1, keepdims=True)
    outward -= tangent * (outward * tangent).sum(-1, keepdims=True) * 0.7
    view = camera.matrix_world[:3, 3] - middle
    view /= np.linalg.norm(view, axis=-1, keepdims=True)
    light = lamps.sky * np.ones(tangent.shape[:2])
    shine = np.zeros(tangent.shape[:2])
    sharp = random.uniform(15, 70)
    for toward, strength in zip(lamps.directions, lamps.strength, strict=True):
        lit = np.clip((outward @ toward + 0.35) / 1.35, 0, 1)
        across = np.sqrt(np.clip(1 - (tangent @ toward) ** 2, 0, 1))
        light += strength * lit * across
        half = view + toward
        half /= np.linalg.norm(half, axis=-1, keepdims=True)
        shine += strength * lit * np.clip(1 - ((half * tangent).sum(-1) + 0.06) ** 2, 0, 1) ** sharp
    tint = np.broadcast_to(random.random(len(hair))[:, None], light.shape)
    along = np.broadcast_to(np.linspace(0, 1, light.shape[1]), light.shape)
    return np.stack([light / 2, shine / 2, tint, along], -1).reshape(-1, 4)


def _occlusion(far: NDArray, covered: NDArray) -> NDArray:
    """(h, w): strands that lie behind their neighbours get less light."""
    weight = cv2.GaussianBlur(covered, (0, 0), 4)
    mean = cv2.GaussianBlur(far, (0, 0), 4) / np.maximum(weight, 1e-3)
    return np.exp(-np.clip((far - mean) / 0.012, -0.5, 2.0)) * np.clip(0.55 + 0.45 * weight, 0, 1)


def _root_density(strands: NDArray, camera: Camera, depth: NDArray) -> NDArray:
    """(h, w) in [0, 1]: where hair grows out of the visible scalp."""
    place = project(camera, strands[:, 0])
    column, row = place[:, 0].astype(int), place[:, 1].astype(int)
    inside = (place[:, 0] >= 0) & (place[:, 1] >= 0) & (column < depth.shape[1]) & (row < depth.shape[0])
    row, column, far = row[inside], column[inside], place[inside, 2]
    seen = far < depth[row, column] + 0.003
    density = np.zeros(depth.shape, np.float32)
    np.add.at(density, (row[seen], column[seen]), 1)
    return np.clip(cv2.GaussianBlur(density, (0, 0), 2.5) * 18, 0, 1)
