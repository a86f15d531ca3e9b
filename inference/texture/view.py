# SPDX-License-Identifier: GPL-3.0-or-later
"""The photo prepared for texturing: cut around the head, at the scale of the texels, with everything given in its pixels."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ..face.camera import project
from ..face.types import FaceFit
from ..head.model import HeadModel, vertex_normals
from ..photo.types import FaceLandmarks, Photo
from .atlas import SKIN_PARTS, Atlas

SHARPNESS = 1.25  # photo pixels kept per texel
MARGIN = 0.06  # of the head's box


@dataclass(frozen=True, eq=False)
class View:
    """pixels (h, w, 3) uint8: the cut and scaled photo. points (478, 2): landmarks in its pixels.

    hair, person: (h, w) float32. vertices (V, 3): the posed head; normals (V, 3).
    places (V, 3): x, y in the view's pixels and depth in metres. facing (V,): cosine between normal and the direction to the camera.
    moved (V,): metres by which the photo's expression moves a vertex. pixel: metres that a pixel of the view covers at the face.
    """

    pixels: NDArray[np.uint8]
    points: NDArray
    hair: NDArray[np.float32]
    person: NDArray[np.float32]
    vertices: NDArray
    normals: NDArray
    places: NDArray
    facing: NDArray
    moved: NDArray
    pixel: float


def prepare_view(
    model: HeadModel, fit: FaceFit, photo: Photo, landmarks: FaceLandmarks, hair: NDArray, person: NDArray, atlas: Atlas
) -> View:
    """Cuts and scales the photo so that a texel of the face meets about one pixel."""
    vertices = model.forward(fit.shape, fit.expression, fit.pose, fit.offsets + fit.photo_offsets).astype(np.float64)
    normals = vertex_normals(vertices, model.surface.triangles(*_present(model, SKIN_PARTS)))
    toward = fit.camera.matrix_world[:3, 3] - vertices
    facing = (normals * toward).sum(1) / np.linalg.norm(toward, axis=1)
    places = project(fit.camera, vertices)

    skin = places[model.surface.part_vertices("skin"), :2]
    low, high = skin.min(0), skin.max(0)
    height, width = photo.pixels.shape[:2]
    margin = MARGIN * (high - low).max()
    x0, y0 = np.clip(np.floor(low - margin), 0, [width - 2, height - 2]).astype(int)
    x1, y1 = np.clip(np.ceil(high + margin), [x0 + 2, y0 + 2], [width, height]).astype(int)
    wanted = min(1.0, SHARPNESS / _pixels_per_texel(model, places, facing, atlas))
    size = tuple(max(2, round(length * wanted)) for length in (x1 - x0, y1 - y0))
    scale = np.array(size) / [x1 - x0, y1 - y0]

    def cut(picture: NDArray) -> NDArray:
        return cv2.resize(np.ascontiguousarray(picture[y0:y1, x0:x1]), size, interpolation=cv2.INTER_AREA)

    places[:, :2] = (places[:, :2] - [x0, y0]) * scale
    face = model.masks["face"] > 0.5
    pixel = float(np.median(places[face, 2])) / (fit.camera.focal_px * scale.mean())
    return View(
        cut(photo.pixels),
        (landmarks.points[:, :2] - [x0, y0]) * scale,
        cut(hair.astype(np.float32)),
        cut(person.astype(np.float32)),
        vertices,
        normals,
        places,
        facing,
        np.linalg.norm(model.shaped(None, fit.expression) - model.template, axis=1),
        pixel,
    )


def _present(model: HeadModel, parts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(part for part in parts if part in model.surface.part_names)


def _pixels_per_texel(model: HeadModel, places: NDArray, facing: NDArray, atlas: Atlas) -> float:
    """Median length in photo pixels of a texel on the part of the face that looks at the camera."""
    triangles, uv_triangles = model.surface.triangles("skin"), model.surface.uv_triangles("skin")
    front = (facing[triangles] > 0.7).all(1) & (model.masks["face"][triangles] > 0.5).all(1)
    if not front.any():
        return 1.0
    photo_area = _areas(places[triangles[front]][..., :2])
    texel_area = _areas(model.surface.uv[uv_triangles[front]] * atlas.size)
    return float(np.sqrt(np.median(photo_area / np.maximum(texel_area, 1e-9))))


def _areas(corners: NDArray) -> NDArray:
    a, b = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    return np.abs(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]) / 2
