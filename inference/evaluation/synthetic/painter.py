# SPDX-License-Identifier: GPL-3.0-or-later
"""Procedural skin, brows, lips, eyes, hair and light, different for every seed, so that a detector takes a head for a photo."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from ...bundle import Camera
from ...face.camera import project
from ...head.model import HeadModel, vertex_normals
from ...raster import Fragments, interpolate, rasterize
from ...smoothstep import smoothstep
from .light import lit

SUPERSAMPLING = 2
IRIS_UV_RADIUS, PUPIL_UV_RADIUS = 0.25, 0.11
INNER_COLORS = {"mouth": (0.05, 0.01, 0.01), "gums": (0.35, 0.06, 0.06), "tongue": (0.36, 0.1, 0.1)}
# Middle lines of the brows: landmark pairs (upper, lower edge) from the nose outward.
BROW_LINES = (
    ((107, 55), (66, 65), (105, 52), (63, 53), (70, 46)),
    ((336, 285), (296, 295), (334, 282), (293, 283), (300, 276)),
)


@dataclass(frozen=True)
class _Pixels:
    """What the painter knows of each covered pixel: template place (N, 3), part (N,), eye uv (N, 2), lips and scalp (N,)."""

    place: NDArray
    part: NDArray
    uv: NDArray
    lips: NDArray
    scalp: NDArray


def paint(model: HeadModel, vertices: NDArray, camera: Camera, random: np.random.Generator) -> NDArray:
    """The posed head (V, 3) seen by the camera, (height, width, 3) uint8 sRGB, in random colours and light."""
    parts = tuple(p for p in model.surface.part_names if p != "cornea")
    triangles = model.surface.triangles(*parts)
    pixels = project(camera, vertices) * [SUPERSAMPLING, SUPERSAMPLING, 1]
    front = _front(pixels[triangles])
    triangles = triangles[front]
    fragments = rasterize(pixels, triangles, camera.height * SUPERSAMPLING, camera.width * SUPERSAMPLING)
    seen = fragments.covered
    normals = interpolate(fragments, triangles, vertex_normals(vertices, triangles))[seen]
    places = interpolate(fragments, triangles, vertices)[seen]
    albedo = _albedo(model, _pixels(model, parts, fragments, triangles, front), random)
    picture = np.empty((*seen.shape, 3))
    picture[:] = _background(seen.shape, random)
    picture[seen] = lit(albedo, normals, places, camera.matrix_world[:3, 3], random)
    small = cv2.resize(picture, (camera.width, camera.height), interpolation=cv2.INTER_AREA)
    return _developed(small, random)


def _front(corners: NDArray) -> NDArray:
    """(T,) whether a triangle with (T, 3, 3) corners in pixels (y down, so the front is clockwise) faces the camera."""
    a, b, c = (corners[:, k, :2] for k in range(3))
    return np.cross(b - a, c - a) < 0


def _pixels(
    model: HeadModel, parts: tuple[str, ...], fragments: Fragments, triangles: NDArray, front: NDArray
) -> _Pixels:
    seen = fragments.covered
    owner, share = fragments.triangle[seen], fragments.barycentric[seen]
    corners = triangles[owner]
    uv = np.einsum("nkc,nk->nc", model.surface.uv[model.surface.uv_triangles(*parts)[front][owner]], share)
    place = np.einsum("nkc,nk->nc", model.template[corners], share)
    lips, scalp = (np.einsum("nk,nk->n", model.masks[name][corners], share) for name in ("lips", "scalp"))
    return _Pixels(place, model.surface.triangle_parts(*parts)[front][owner], uv, lips, scalp)


def _albedo(model: HeadModel, at: _Pixels, random: np.random.Generator) -> NDArray:
    """(N, 3) linear reflectance."""
    tone = np.array([0.62, 0.36, 0.25]) * random.uniform(0.12, 1.15) * random.uniform(0.9, 1.1, 3)
    hair = random.uniform(0.005, 0.35) * np.array([1, 0.7, 0.5]) ** random.uniform(0.3, 1.5)
    color = np.tile(tone, (len(at.place), 1))
    color *= 1 + random.uniform(0.02, 0.12) * _noise(at.place, random, 0.02)[:, None]
    color *= 1 + random.uniform(0.0, 0.08) * _noise(at.place, random, 0.004)[:, None]
    _blend(color, tone * [1.0, 0.75, 0.7], random.uniform(0, 0.6) * _cheeks(at.place))
    if random.random() < 0.25:
        _blend(color, hair * 0.5 + tone * 0.3, random.uniform(0.2, 0.8) * _beard(at.place, random))
    lips = tone * random.uniform([0.7, 0.3, 0.3], [1.0, 0.7, 0.7])
    _blend(color, lips, np.clip(at.lips * random.uniform(0.7, 1.3), 0, 1))
    _blend(color, hair, random.uniform(0.35, 0.95) * _brows(model, at.place, random))
    _blend(color, tone * random.uniform(0.3, 0.8), random.uniform(0, 0.7) * _eye_shadow(at.place))
    _blend(color, hair, _hair(at, random))
    for name, inner in INNER_COLORS.items():
        color[at.part == model.surface.part_names.index(name)] = inner
    color[at.part == model.surface.part_names.index("teeth")] = np.array([0.7, 0.66, 0.55]) * random.uniform(0.6, 1.1)
    color[at.part == model.surface.part_names.index("lashes")] = hair * 0.3
    _paint_eyes(color, at.part == model.surface.part_names.index("eyes"), at.uv, random)
    return np.maximum(color, 0.003)


def _blend(color: NDArray, other: NDArray, share: NDArray) -> None:
    color += np.clip(share, 0, 1)[:, None] * (other - color)


def _noise(place: NDArray, random: np.random.Generator, scale: float) -> NDArray:
    """(N,) smooth noise of about unit size that varies over ``scale`` metres."""
    number = random.normal(size=(8, 3)) / scale
    wave = place.astype(np.float32) @ number.T.astype(np.float32) + random.uniform(0, 6.3, 8).astype(np.float32)
    return np.cos(wave).sum(1) / 2


def _cheeks(place: NDArray) -> NDArray:
    away = (np.abs(place[:, 0]) - 0.036) ** 2 + (place[:, 2] + 0.038) ** 2
    return np.exp(-away / (2 * 0.014**2))


def _beard(place: NDArray, random: np.random.Generator) -> NDArray:
    edge = random.uniform(-0.062, -0.04) + 0.2 * np.maximum(np.abs(place[:, 0]) - 0.03, 0)
    return smoothstep(edge + 0.008, edge - 0.008, place[:, 2]) * smoothstep(-0.13, -0.11, place[:, 2])


def _eye_shadow(place: NDArray) -> NDArray:
    away = ((np.abs(place[:, 0]) - 0.031) / 0.017) ** 2 + ((place[:, 2] - 0.003) / 0.011) ** 2
    return np.exp(-away) * smoothstep(0.03, 0.0, place[:, 1])


def _brows(model: HeadModel, place: NDArray, random: np.random.Generator) -> NDArray:
    """(N,) in [0, 1]: a band along each brow; where it sits and how bushy it is differs between people."""
    up, tilt, thick = random.normal(0, 0.0012), random.normal(0, 0.03), random.uniform(0.0016, 0.0042)
    inside = np.zeros(len(place))
    near = np.flatnonzero((place[:, 2] > 0.002) & (place[:, 2] < 0.045) & (place[:, 1] < 0.03))
    for line in _brow_lines(model):
        middle = np.abs(line[:, 0]).mean()
        moved = line + np.stack([0 * line[:, 0], up + tilt * (np.abs(line[:, 0]) - middle)], 1)
        distance = np.full(len(near), np.inf)
        for number, (a, b) in enumerate(pairwise(moved)):
            along = np.clip((place[near][:, [0, 2]] - a) @ (b - a) / ((b - a) ** 2).sum(), 0, 1)
            gap = np.linalg.norm(place[near][:, [0, 2]] - a - along[:, None] * (b - a), axis=1)
            taper = 1 - 0.55 * (number + along) / 4
            distance = np.minimum(distance, gap / taper)
        inside[near] = np.maximum(inside[near], smoothstep(1.5 * thick, 0.6 * thick, distance))
    return inside


@lru_cache(maxsize=2)
def _brow_lines(model: HeadModel) -> tuple[NDArray, ...]:
    """(5, 2) x and z of each brow's middle line on the template."""
    points = model.landmarks["mediapipe_478"].points(model.template.astype(np.float64))
    return tuple(
        np.array([(points[upper] + points[lower])[[0, 2]] / 2 for upper, lower in line]) for line in BROW_LINES
    )


def _hair(at: _Pixels, random: np.random.Generator) -> NDArray:
    """(N,) hair on the scalp, often hanging into forehead, temples and ears; a few heads are bald."""
    if random.random() < 0.08:
        return np.zeros(len(at.place))
    share = smoothstep(0.3, 0.7, at.scalp)
    x, y, z = np.abs(at.place[:, 0]), at.place[:, 1], at.place[:, 2]
    ragged = 0.004 * _noise(at.place, random, 0.01)
    above = smoothstep(-0.002, 0.004, z + ragged - random.uniform(0.045, 0.08))
    share = np.maximum(share, above)
    if random.random() < 0.5:  # hair beside the face
        side = random.uniform(0.052, 0.085)
        share = np.maximum(share, smoothstep(-0.002, 0.003, x + ragged - side) * ((y > -0.01) & (z > -0.1)))
    return share


def _paint_eyes(color: NDArray, eyes: NDArray, uv: NDArray, random: np.random.Generator) -> None:
    radius = np.linalg.norm(uv[eyes] - 0.5, axis=1)[:, None]
    iris = random.uniform([0.02, 0.02, 0.02], [0.2, 0.2, 0.25])
    white = np.array([0.75, 0.72, 0.68]) * random.uniform(0.7, 1.1)
    painted = np.where(radius < IRIS_UV_RADIUS, iris, white)
    color[eyes] = np.where(radius < PUPIL_UV_RADIUS, 0.005, painted)


def _background(size: tuple[int, int], random: np.random.Generator) -> NDArray:
    """(H, W, 3) linear: soft clouds of colour."""
    coarse = random.uniform(0.0, 0.8) + random.uniform(0, 0.2) * (
        random.normal(size=(4, 4, 1)) + 0.4 * random.normal(size=(4, 4, 3))
    )
    tint = random.uniform(0.6, 1, 3)
    return np.clip(cv2.resize(coarse, size[::-1], interpolation=cv2.INTER_CUBIC), 0.003, 1) * tint


def _developed(linear: NDArray, random: np.random.Generator) -> NDArray:
    """Linear light -> uint8 sRGB with a camera's exposure, contrast, blur and noise."""
    picture = np.clip(linear * random.uniform(0.85, 1.3), 0, 1) ** (1 / random.uniform(1.9, 2.4))
    if random.random() < 0.1:
        picture = np.repeat(picture @ [[0.3], [0.6], [0.1]], 3, axis=2)
    if random.random() < 0.4:
        picture = cv2.GaussianBlur(picture, (0, 0), random.uniform(0.3, 1.0))
    picture = picture + random.normal(scale=random.uniform(0.002, 0.02), size=picture.shape)
    return (np.clip(picture, 0, 1) * 255).astype(np.uint8)
