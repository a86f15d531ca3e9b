# SPDX-License-Identifier: GPL-3.0-or-later
"""A random head of a model as a picture that a face detector accepts."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ...bundle import Camera
from ...face.camera import FACING, from_extrinsics, project
from ...raster import Fragments, interpolate, rasterize
from ..model import HeadModel, rotation_matrices, vertex_normals

SIZE = 384
SUPERSAMPLING = 2
IRIS_UV_RADIUS, PUPIL_UV_RADIUS = 0.25, 0.11
PART_COLORS = {
    "mouth": (0.25, 0.08, 0.08),
    "teeth": (0.85, 0.82, 0.75),
    "gums": (0.6, 0.25, 0.25),
    "tongue": (0.65, 0.3, 0.3),
    "lashes": (0.05, 0.04, 0.03),
}


@dataclass(frozen=True)
class PaintedHead:
    """picture (SIZE, SIZE, 3) uint8 sRGB, the head's vertices (V, 3) and the camera that saw it."""

    picture: NDArray
    vertices: NDArray
    camera: Camera


def paint_random_head(
    model: HeadModel, random: np.random.Generator, shape_spread: float = 0.8, turn: float = 35.0
) -> PaintedHead:
    """A head of random shape, mild expression, pose, camera distance, skin and light. ``turn``: greatest yaw in degrees."""
    shape = model.shape_mean + shape_spread * model.shape_deviation * random.normal(size=len(model.shape_mean))
    vertices = model.shaped(shape, _random_expression(model, random)).astype(np.float64)
    camera = _random_camera(model, random, turn)
    return PaintedHead(paint(model, vertices, camera, random), vertices, camera)


def paint(model: HeadModel, vertices: NDArray, camera: Camera, random: np.random.Generator) -> NDArray:
    """The posed head seen by the camera, (height, width, 3) uint8 sRGB, in random colours and light."""
    parts = tuple(p for p in model.surface.part_names if p != "cornea")
    triangles = model.surface.triangles(*parts)
    pixels = project(camera, vertices) * [SUPERSAMPLING, SUPERSAMPLING, 1]
    fragments = rasterize(pixels, triangles, camera.height * SUPERSAMPLING, camera.width * SUPERSAMPLING)
    normals = interpolate(fragments, triangles, vertex_normals(vertices, triangles))
    colors = _colors(model, parts, fragments, triangles, random)
    picture = colors * _random_light(normals, random)[..., None]
    background = random.uniform(0.05, 0.9, 3)
    picture = np.where(fragments.covered[..., None], picture, background)
    small = cv2.resize(picture, (camera.width, camera.height), interpolation=cv2.INTER_AREA)
    small += random.normal(scale=0.008, size=small.shape)
    return (np.clip(small, 0, 1) * 255).astype(np.uint8)


def _random_expression(model: HeadModel, random: np.random.Generator) -> NDArray:
    expression = np.zeros(len(model.expression_names))
    active = random.choice(len(expression), size=random.integers(0, 6), replace=False)
    expression[active] = random.uniform(0, 0.7, len(active))
    if random.random() < 0.25 and "jawOpen" in model.expression_names:
        expression[model.expression_names.index("jawOpen")] = random.uniform(0.1, 0.6)
    return expression


def _random_camera(model: HeadModel, random: np.random.Generator, turn: float) -> Camera:
    distance = random.uniform(0.6, 1.6)
    pitch, yaw, roll = np.radians(random.uniform([-15, -turn, -10], [15, turn, 10]))
    about_x, about_y, about_z = (
        rotation_matrices(a * axis) for a, axis in zip((pitch, roll, yaw), np.eye(3), strict=True)
    )
    turning = about_z @ about_x @ about_y
    rotation = FACING @ turning
    face = model.template[model.masks["face"] > 0.5].mean(0)
    translation = np.array([0, 0, -distance]) - rotation @ face + [*random.uniform(-0.01, 0.01, 2), 0]
    focal = SIZE * distance / random.uniform(0.22, 0.32)
    return from_extrinsics(rotation, translation, focal, (SIZE / 2, SIZE / 2), SIZE, SIZE)


def _colors(
    model: HeadModel, parts: tuple[str, ...], fragments: Fragments, triangles: NDArray, random: np.random.Generator
) -> NDArray:
    skin = np.array([0.82, 0.62, 0.52]) * random.uniform(0.35, 1.1) * random.uniform(0.95, 1.05, 3)
    hair = random.uniform(0.02, 0.35) * np.array([1, 0.8, 0.6])
    lips = skin * random.uniform([0.75, 0.45, 0.45], [0.95, 0.7, 0.7])
    per_vertex = np.tile(skin, (len(model.template), 1))
    for mask, color, strength in (("lips", lips, 1.0), ("brows", hair, 0.8), ("scalp", hair, 1.0)):
        share = model.masks[mask][:, None] * strength
        per_vertex = per_vertex * (1 - share) + color * share
    for part in parts:
        if part in PART_COLORS:
            per_vertex[model.surface.part_vertices(part)] = PART_COLORS[part]
    picture = interpolate(fragments, triangles, per_vertex)
    _paint_eyes(model, parts, fragments, picture, random)
    return picture


def _paint_eyes(
    model: HeadModel, parts: tuple[str, ...], fragments: Fragments, picture: NDArray, random: np.random.Generator
) -> None:
    """Sclera, iris and pupil from the polar texture coordinates of the eyeballs."""
    is_eye = model.surface.triangle_parts(*parts) == model.surface.part_names.index("eyes")
    seen = fragments.covered & is_eye[np.maximum(fragments.triangle, 0)]
    corners = model.surface.uv[model.surface.uv_triangles(*parts)[fragments.triangle[seen]]]
    uv = np.einsum("nkc,nk->nc", corners, fragments.barycentric[seen])
    radius = np.linalg.norm(uv - 0.5, axis=1)[:, None]
    iris = random.uniform([0.1, 0.1, 0.1], [0.45, 0.4, 0.45])
    color = np.where(radius < IRIS_UV_RADIUS, iris, [0.9, 0.88, 0.86])
    picture[seen] = np.where(radius < PUPIL_UV_RADIUS, 0.02, color)


def _random_light(normals: NDArray, random: np.random.Generator) -> NDArray:
    direction = np.array([random.uniform(-0.8, 0.8), -1.0, random.uniform(-0.2, 0.9)])
    direction /= np.linalg.norm(direction)
    ambient = random.uniform(0.35, 0.7)
    return ambient + (1.05 - ambient) * np.clip(normals @ direction, 0, 1)
