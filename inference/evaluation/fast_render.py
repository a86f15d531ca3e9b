# SPDX-License-Identifier: GPL-3.0-or-later
"""A quick look at an avatar without Blender: textured, lit, seen from any camera. For measuring loops, not for show.

Light is computed in linear sRGB on twice the picture's resolution, and averaged there before it is encoded, as a camera does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from ..bundle import Camera
from ..face.camera import FACING, from_extrinsics, project
from ..head.model import Surface, rotation_matrices, vertex_normals
from ..photo.srgb import linear_from_srgb, srgb_from_linear
from ..raster import Fragments, rasterize
from .occlusion import sky_seen, with_bounces
from .spherical_light import PORTRAIT_LIGHT, SphericalLight

SUPERSAMPLING = 2
REMAP_WIDTH = 30_000  # OpenCV's remap takes rows of less than 32768 pixels
PLAIN_COLORS = {
    "mouth": (70, 28, 26),
    "teeth": (222, 214, 198),
    "gums": (160, 82, 78),
    "tongue": (172, 84, 80),
    "lashes": (28, 22, 18),
}
# Parts that stand on the surface or inside the mouth, with the share of a pixel that they cover: lashes are hairs on wider strips.
LASHES, LASHES_COVER = "lashes", 0.7


@dataclass(frozen=True)
class Look:
    """Pictures on the head: skin and eye textures (N, N, 3) uint8 sRGB, and the background's sRGB colour.

    colors: part -> linear sRGB of parts without a picture, in place of PLAIN_COLORS.
    """

    skin: NDArray
    eye: NDArray
    background: tuple[int, int, int] = (128, 128, 128)
    colors: Mapping[str, tuple[float, float, float]] = field(default_factory=dict)


@dataclass(frozen=True)
class Seen:
    """What a camera sees of a head, before light, on the finer grid (h, w) = SUPERSAMPLING x the picture.

    albedo: (h, w, 3) float32 linear, darkened where skin stands around eyes and mouth. normal: (h, w, 3) float32 unit, head frame.
    depth: (h, w) metres, inf off the head. part: (h, w) int8 index into the surface's parts, -1 off the head.
    """

    albedo: NDArray
    normal: NDArray
    depth: NDArray
    part: NDArray

    @property
    def covered(self) -> NDArray:
        return self.part >= 0


def render(
    surface: Surface, vertices: NDArray, look: Look, camera: Camera, light: SphericalLight = PORTRAIT_LIGHT
) -> NDArray:
    """(height, width, 3) uint8 sRGB of the (V, 3) head before the look's background."""
    seen = see(surface, vertices, look, camera)
    linear = np.empty_like(seen.albedo)
    linear[:] = linear_from_srgb(np.array(look.background, np.float32) / 255)
    covered = seen.covered
    linear[covered] = seen.albedo[covered] * light.on(seen.normal[covered])
    return developed(linear)


def see(surface: Surface, vertices: NDArray, look: Look, camera: Camera) -> Seen:
    """The (V, 3) head as the camera sees it."""
    head = _layer(surface, vertices, look, camera, tuple(p for p in surface.part_names if p not in ("cornea", LASHES)))
    inner = head.covered & (head.part != surface.part_names.index("skin"))
    if inner.any():  # the skin's texture has its own shade
        metre = camera.focal_px * SUPERSAMPLING / float(np.median(head.depth[inner]))
        head.albedo[inner] *= with_bounces(sky_seen(head.depth, inner, metre), head.albedo[inner])
    if LASHES in surface.part_names:
        lashes = _layer(surface, vertices, look, camera, (LASHES,))
        share = (LASHES_COVER * (lashes.depth < head.depth))[..., None]
        head.albedo[:] += np.float32(share) * (lashes.albedo - head.albedo)
    return head


def developed(linear: NDArray) -> NDArray:
    """A finer picture (h, w, 3) of linear light -> (height, width, 3) uint8 sRGB."""
    size = linear.shape[1] // SUPERSAMPLING, linear.shape[0] // SUPERSAMPLING
    return (255 * srgb_from_linear(cv2.resize(linear, size, interpolation=cv2.INTER_AREA)) + 0.5).astype(np.uint8)


def orbit_camera(face: NDArray, yaw_degrees: float, size: int = 512, distance: float = 1.2) -> Camera:
    """A portrait camera turned about (N, 3) points of the face; positive yaw shows the subject's left side."""
    rotation = FACING @ rotation_matrices(np.array([0.0, 0.0, -np.radians(yaw_degrees)]))
    middle = (face.min(0) + face.max(0)) / 2
    translation = np.array([0, 0, -distance]) - rotation @ middle
    return from_extrinsics(rotation, translation, size * distance / 0.27, (size / 2, size / 2), size, size)


def _layer(surface: Surface, vertices: NDArray, look: Look, camera: Camera, parts: tuple[str, ...]) -> Seen:
    triangles, uv_triangles = surface.triangles(*parts), surface.uv_triangles(*parts)
    pixels = project(camera, vertices) * [SUPERSAMPLING, SUPERSAMPLING, 1]
    shown = (surface.triangle_parts(*parts) == _index(surface, LASHES)) | _front(pixels[triangles])
    triangles, uv_triangles = triangles[shown], uv_triangles[shown]
    fragments = rasterize(pixels, triangles, camera.height * SUPERSAMPLING, camera.width * SUPERSAMPLING)
    covered = fragments.covered
    owner = fragments.triangle[covered]
    part = np.full(covered.shape, -1, np.int8)
    part[covered] = surface.triangle_parts(*parts)[shown][owner]
    uv = np.einsum("nkc,nk->nc", surface.uv[uv_triangles[owner]], fragments.barycentric[covered])
    albedo = np.zeros((*covered.shape, 3), np.float32)
    albedo[covered] = _albedo(surface, look, part[covered], uv)
    normal = np.zeros((*covered.shape, 3), np.float32)
    normal[covered] = _normals(fragments, vertices, triangles)
    return Seen(albedo, normal, fragments.depth, part)


def _albedo(surface: Surface, look: Look, part: NDArray, uv: NDArray) -> NDArray[np.float32]:
    """(N, 3) linear."""
    color = np.zeros((len(part), 3), np.float32)
    for index in np.unique(part):
        name, mine = surface.part_names[index], part == index
        if name in PLAIN_COLORS:
            plain = linear_from_srgb(np.array(PLAIN_COLORS[name], np.float32) / 255)
            color[mine] = look.colors.get(name, plain)
        else:
            color[mine] = _lookup(look.eye if name == "eyes" else look.skin, uv[mine])
    return color


def _normals(fragments: Fragments, vertices: NDArray, triangles: NDArray) -> NDArray[np.float32]:
    """(N, 3) unit normals of the covered pixels."""
    covered = fragments.covered
    corners = vertex_normals(vertices, triangles)[triangles[fragments.triangle[covered]]].astype(np.float32)
    normals = np.einsum("nkc,nk->nc", corners, fragments.barycentric[covered])
    return normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)


def _front(corners: NDArray) -> NDArray:
    """(T,) whether triangles with corners (T, 3, 3) in pixels face the camera: all that can be seen of closed surfaces."""
    a, b, c = (corners[:, k, :2] for k in range(3))
    return np.cross(b - a, c - a) < 0  # y points down, so the front is clockwise


def _index(surface: Surface, part: str) -> int:
    return surface.part_names.index(part) if part in surface.part_names else -1


@lru_cache(maxsize=1)
def _linear_bytes() -> NDArray[np.float32]:
    return linear_from_srgb(np.arange(256) / 255).astype(np.float32)


def _lookup(texture: NDArray, uv: NDArray) -> NDArray[np.float32]:
    """(N, 3) linear colours of a uint8 sRGB texture, bilinear."""
    height, width = texture.shape[:2]
    x = (uv[:, 0] * width - 0.5).astype(np.float32)[None]
    y = ((1 - uv[:, 1]) * height - 0.5).astype(np.float32)[None]
    linear = _linear_bytes()[texture]
    rows = [
        cv2.remap(
            linear,
            x[:, a : a + REMAP_WIDTH],
            y[:, a : a + REMAP_WIDTH],
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )
        for a in range(0, x.shape[1], REMAP_WIDTH)
    ]
    return np.concatenate([np.zeros((1, 0, 3), np.float32), *rows], 1)[0]
