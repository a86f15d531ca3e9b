# SPDX-License-Identifier: GPL-3.0-or-later
"""Portraits of the open head of which everything is known: geometry, camera, colours, light."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from inference.bundle import Camera
from inference.face.camera import FACING, from_extrinsics, project
from inference.face.types import FaceFit
from inference.head.model import HeadModel, rotation_matrices, vertex_normals
from inference.photo.types import FaceLandmarks, FoundFace, Photo
from inference.raster import interpolate, rasterize
from inference.texture.bake import bake_textures
from inference.texture.canvas import texture_canvas
from inference.texture.color import bytes_from_linear, linear_from_bytes
from inference.texture.types import Textures

PHOTO_SIZE, TEXTURE_SIZE = 480, 256
SKIN = np.array([0.50, 0.30, 0.22])
FOREIGN = np.array([0.05, 0.80, 0.10])  # a green that no skin has
PARTS = ("skin", "mouth", "eyes", "teeth")


@dataclass(frozen=True)
class Portrait:
    """photo, landmarks, fit: what ``bake_textures`` wants. truth (V, 3): linear colour of the skin; shown (H, W): head pixels."""

    photo: Photo
    landmarks: FaceLandmarks
    fit: FaceFit
    truth: NDArray
    shown: NDArray[np.bool_]

    def bake(self, model: HeadModel, hair: NDArray | None = None, **options) -> Textures:
        empty = np.zeros(self.photo.pixels.shape[:2], np.float32)
        hair = empty if hair is None else hair
        person = self.shown.astype(np.float32)
        return bake_textures(model, self.fit, self.photo, self.landmarks, hair, person, TEXTURE_SIZE, **options)


def skin_colors(model: HeadModel) -> NDArray:
    """(V, 3) linear: skin with darker brows, red lips and a darker patch on each cheek."""
    colors = np.tile(SKIN, (len(model.template), 1))
    for name, color in (("lips", [0.45, 0.12, 0.12]), ("brows", [0.10, 0.06, 0.04])):
        colors += model.masks[name][:, None] * (np.array(color) - colors)
    left = cheek(model)
    distance = np.minimum(*(np.linalg.norm(model.template - left * [side, 1, 1], axis=1) for side in (1, -1)))
    patch = np.exp(-((distance / 0.008) ** 2))
    return colors + patch[:, None] * (0.7 * SKIN - colors)


def cheek(model: HeadModel) -> NDArray:
    """Where the patch sits on the subject's left."""
    return model.landmarks["mediapipe_478"].points(model.template)[280]


def portrait(
    model: HeadModel,
    yaw: float = 0.0,
    light: NDArray | None = None,
    expression: dict[str, float] | None = None,
    iris: tuple[float, float, float] = (0.06, 0.10, 0.16),
    foreign: tuple[str, ...] = (),
    background: tuple[float, float, float] = (0.3, 0.3, 0.35),
    skin: NDArray | None = None,
) -> Portrait:
    """yaw in degrees; light (4,): constant and first-order terms; parts in ``foreign`` are green, "shirt" is the bust."""
    coefficients = np.zeros(len(model.expression_names))
    for name, value in (expression or {}).items():
        coefficients[model.expression_names.index(name)] = value
    vertices = model.shaped(None, coefficients).astype(np.float64)
    camera = _camera(model, yaw)
    colors = skin_colors(model) if skin is None else skin
    truth = colors.copy()
    for part in ("teeth", "mouth", "eyes"):
        only = np.setdiff1d(model.surface.part_vertices(part), model.surface.part_vertices("skin"))
        colors[only] = FOREIGN if part in foreign else (0.8, 0.78, 0.72)
    if "shirt" in foreign:
        colors += (model.masks["bust"] > 0.3)[:, None] * (FOREIGN - colors)

    triangles = model.surface.triangles(*PARTS)
    fragments = rasterize(project(camera, vertices), triangles, PHOTO_SIZE, PHOTO_SIZE)
    picture = interpolate(fragments, triangles, colors)
    if "eyes" not in foreign:
        _paint_irises(model, fragments, picture, iris)
    if light is not None:
        normals = vertex_normals(vertices, model.surface.triangles("skin", "mouth"))
        shade = np.clip(np.c_[np.ones(len(normals)), normals] @ light, 0.02, None)
        picture *= interpolate(fragments, triangles, shade[:, None])
    picture[~fragments.covered] = background
    points = project(camera, model.landmarks["mediapipe_478"].points(vertices))
    zero = np.zeros_like(model.template)
    fit = FaceFit(
        np.zeros(len(model.shape_names)), coefficients, np.zeros((len(model.joints.names), 3)), zero, zero, camera, 0.0
    )
    landmarks = FaceLandmarks(points, FoundFace((0, 0, PHOTO_SIZE, PHOTO_SIZE), 1.0))
    return Portrait(Photo("portrait", bytes_from_linear(picture)), landmarks, fit, truth, fragments.covered)


def with_pixels(one: Portrait, pixels: NDArray) -> Portrait:
    """The same portrait with another picture."""
    return replace(one, photo=Photo("portrait", pixels))


def linear_texture(textures: Textures) -> NDArray:
    """(S, S, 3) linear colour of the skin texture."""
    return linear_from_bytes(textures.skin)


def at_vertices(model: HeadModel, picture: NDArray) -> NDArray:
    """(V, 3) mean of a texture picture around each vertex."""
    atlas = texture_canvas(model, TEXTURE_SIZE).atlas
    return atlas.gather(picture) / np.maximum(atlas.area, 1e-6)[:, None]


def _camera(model: HeadModel, yaw: float) -> Camera:
    face = model.template[model.masks["face"] > 0.5].mean(0)
    rotation = FACING @ rotation_matrices(np.array([0, 0, np.radians(yaw)]))
    translation = np.array([0, 0, -0.9]) - rotation @ face
    half = PHOTO_SIZE / 2
    return from_extrinsics(rotation, translation, PHOTO_SIZE * 0.9 / 0.30, (half, half), PHOTO_SIZE, PHOTO_SIZE)


def _paint_irises(model: HeadModel, fragments, picture: NDArray, iris: tuple[float, float, float]) -> None:
    surface = model.surface
    chosen = np.isin(surface.face_parts, [surface.part_names.index(p) for p in PARTS])
    part, quad = surface.face_parts[chosen], surface.faces[chosen][:, 3] >= 0
    part = np.concatenate([part, part[quad]])
    seen = fragments.covered & (part[np.maximum(fragments.triangle, 0)] == surface.part_names.index("eyes"))
    corners = surface.uv[surface.uv_triangles(*PARTS)[fragments.triangle[seen]]]
    radius = np.linalg.norm(np.einsum("nkc,nk->nc", corners, fragments.barycentric[seen]) - 0.5, axis=1)[:, None]
    colored = np.where(radius < 0.25, iris, picture[seen])
    picture[seen] = np.where(radius < 0.09, 0.01, colored)
