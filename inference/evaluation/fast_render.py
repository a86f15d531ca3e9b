# SPDX-License-Identifier: GPL-3.0-or-later
"""A quick look at an avatar without Blender: textured, softly lit, seen from any camera. For measuring loops, not for show."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ..bundle import Camera
from ..face.camera import FACING, from_extrinsics, project
from ..head.model import Surface, rotation_matrices, vertex_normals
from ..raster import interpolate, rasterize

SUPERSAMPLING = 2
LIGHT = np.array([0.15, -0.9, 0.4]) / np.linalg.norm([0.15, -0.9, 0.4])
AMBIENT = 0.72
REMAP_WIDTH = 30_000  # OpenCV's remap takes rows of less than 32768 pixels
PLAIN_COLORS = {
    "mouth": (70, 28, 26),
    "teeth": (222, 214, 198),
    "gums": (160, 82, 78),
    "tongue": (172, 84, 80),
    "lashes": (28, 22, 18),
}


@dataclass(frozen=True)
class Look:
    """Pictures on the head: skin and eye textures (N, N, 3) uint8 sRGB, and the background's sRGB colour."""

    skin: NDArray
    eye: NDArray
    background: tuple[int, int, int] = (128, 128, 128)


def render(surface: Surface, vertices: NDArray, look: Look, camera: Camera) -> NDArray:
    """(height, width, 3) uint8 sRGB of the (V, 3) head."""
    parts = tuple(p for p in surface.part_names if p != "cornea")
    triangles, uv_triangles = surface.triangles(*parts), surface.uv_triangles(*parts)
    pixels = project(camera, vertices) * [SUPERSAMPLING, SUPERSAMPLING, 1]
    shown = _shown(surface.triangle_parts(*parts) == _part(surface, "mouth"), pixels[triangles])
    triangles, uv_triangles = triangles[shown], uv_triangles[shown]
    fragments = rasterize(pixels, triangles, camera.height * SUPERSAMPLING, camera.width * SUPERSAMPLING)
    seen = fragments.covered
    owner = fragments.triangle[seen]
    uv = np.einsum("nkc,nk->nc", surface.uv[uv_triangles[owner]], fragments.barycentric[seen])
    part = surface.triangle_parts(*parts)[shown][owner]
    colors = np.zeros((len(owner), 3), np.float32)
    for name in parts:
        mine = part == surface.part_names.index(name)
        colors[mine] = (
            PLAIN_COLORS[name] if name in PLAIN_COLORS else _lookup(look.eye if name == "eyes" else look.skin, uv[mine])
        )
    normals = interpolate(fragments, triangles, vertex_normals(vertices, triangles))[seen]
    shade = AMBIENT + (1 - AMBIENT) * np.clip(normals @ LIGHT, 0, 1) / LIGHT[1] ** 2
    picture = np.empty((*seen.shape, 3), np.float32)
    picture[:] = look.background
    picture[seen] = 255 * (np.clip(colors / 255, 0, 1) ** 2.2 * np.minimum(shade, 1.1)[:, None]) ** (1 / 2.2)
    small = cv2.resize(picture, (camera.width, camera.height), interpolation=cv2.INTER_AREA)
    return np.clip(small, 0, 255).astype(np.uint8)


def orbit_camera(face: NDArray, yaw_degrees: float, size: int = 512, distance: float = 1.2) -> Camera:
    """A portrait camera turned about (N, 3) points of the face; positive yaw shows the subject's left side."""
    rotation = FACING @ rotation_matrices(np.array([0.0, 0.0, -np.radians(yaw_degrees)]))
    middle = (face.min(0) + face.max(0)) / 2
    translation = np.array([0, 0, -distance]) - rotation @ middle
    return from_extrinsics(rotation, translation, size * distance / 0.27, (size / 2, size / 2), size, size)


def _shown(inside: NDArray, corners: NDArray) -> NDArray:
    """All triangles but the outside of the mouth bag, which the skin covers. Inside: (T,) bool; corners: (T, 3, 3) pixels."""
    a, b, c = (corners[:, k, :2] for k in range(3))
    turn = np.cross(b - a, c - a)  # y points down, so the front is clockwise
    return ~inside | (turn < 0)


def _part(surface: Surface, name: str) -> int:
    return surface.part_names.index(name) if name in surface.part_names else -1


def _lookup(texture: NDArray, uv: NDArray) -> NDArray:
    height, width = texture.shape[:2]
    x = (uv[:, 0] * width - 0.5).astype(np.float32)[None]
    y = ((1 - uv[:, 1]) * height - 0.5).astype(np.float32)[None]
    rows = [
        cv2.remap(
            texture,
            x[:, a : a + REMAP_WIDTH],
            y[:, a : a + REMAP_WIDTH],
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )
        for a in range(0, x.shape[1], REMAP_WIDTH)
    ]
    return np.concatenate([np.zeros((1, 0, 3), np.uint8), *rows], 1)[0].astype(np.float32)
