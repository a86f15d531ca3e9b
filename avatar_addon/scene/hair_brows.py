# SPDX-License-Identifier: GPL-3.0-or-later
"""Brow hairs that grow where the skin's picture shows brows, in their colour; the painted brow below fills the gaps."""

from __future__ import annotations

import bpy
import numpy as np

from ...inference.bundle import HeadMesh
from .hair_attachment import attach_with_slider, bind_roots, set_curve_attribute
from .hair_material import strand_color, strand_surface
from .hair_scalp import CHART_HIGH, CHART_LOW
from .hair_worn import BROW_THICKNESS
from .head_object import SCALP_UV_MAP
from .nodes import Color, finish, new_material, rgba

LANDMARKS, LANDMARK_COUNT = "mediapipe_478", 478
# Upper and lower edge on MediaPipe's mesh, each from the temple to the nose: the subject's right, then left.
EDGES = (
    ((70, 63, 105, 66, 107), (46, 53, 52, 65, 55)),
    ((300, 293, 334, 296, 336), (276, 283, 282, 295, 285)),
)
# The outline is looked at a little beyond the landmarks; hairs grow where the picture is dark there.
WIDER, HIGHER = 1.12, 1.45
CANDIDATES, HAIRS, POINTS = 12_000, 260, 6
# Faces under the brows lie beside the scalp's chart, where nothing overlaps them.
BESIDE = np.array([2.0, 0.0])
RADIUS, LENGTH, LIFT = 0.00006, 0.0065, 0.2
FAINTEST = 0.06
PICTURE = 1024


def build_brows(
    name: str, head: HeadMesh, skin: bpy.types.Image | None, head_object: bpy.types.Object
) -> bpy.types.Object | None:
    """Both brows as one Curves object (not yet in a collection) that follows the face.

    None for a head without landmarks or picture, and where the picture shows no brows.
    """
    if skin is None or len(head.landmark_vertices.get(LANDMARKS, ())) < LANDMARK_COUNT:
        return None
    corners = head.vertices[head.landmark_vertices[LANDMARKS]]
    landmarks = np.einsum("lkc,lk->lc", corners, head.landmark_barycentric[LANDMARKS])
    pixels, random = _pixels(skin), np.random.default_rng(0)
    free = _free_faces(head, head_object)
    sides = [_one_brow(head, free, landmarks[list(up)], landmarks[list(low)], pixels, random) for up, low in EDGES]
    sides = [side for side in sides if side is not None]
    if not sides:
        return None
    points, corners, weights, uv, colors = (np.concatenate(part) for part in zip(*sides, strict=True))
    curves = bpy.data.hair_curves.new(name)
    curves.add_curves([POINTS] * len(points))
    curves.position_data.foreach_set("vector", np.ascontiguousarray(points, np.float32).ravel())
    taper = np.linspace(1.0, 0.25, POINTS, dtype=np.float32) * RADIUS
    for attribute, kind, domain, values in (
        ("resolution", "INT", "CURVE", np.ones(len(points), np.int32)),
        ("radius", "FLOAT", "POINT", np.tile(taper, len(points))),
    ):
        set_curve_attribute(curves, attribute, kind, domain, values)
    bind_roots(curves, head_object, corners, weights, uv + BESIDE)
    _chart_beside(head, head_object, free)
    curves.surface, curves.surface_uv_map = head_object, SCALP_UV_MAP
    curves.materials.append(_material(name, _linear(np.quantile(colors, 0.1, axis=0))))
    brows = bpy.data.objects.new(name, curves)
    brows.parent = head_object
    attach_with_slider(
        brows, head_object, BROW_THICKNESS, "How thick the strands of the brows are; 0 leaves the brows of the photo"
    )
    return brows


def _one_brow(
    head: HeadMesh,
    free: np.ndarray,
    top: np.ndarray,
    bottom: np.ndarray,
    pixels: np.ndarray,
    random: np.random.Generator,
) -> tuple[np.ndarray, ...] | None:
    """Points (N, POINTS, 3); the roots' triangles (N, 3), their place in them (N, 3), their texture coordinates (N, 2) and colours (N, 3).

    free: (F,) faces to grow on; top, bottom: (5, 3) edges of the brow.
    """
    outline = np.concatenate([top, bottom[::-1]])[:, [0, 2]]
    middle = outline.mean(0)
    outline = middle + (outline - middle) * (WIDER, HIGHER)
    roots, normals, corners, weights, uv = _candidates(head, free, outline, random)
    if not len(roots):
        return None
    size = np.array([pixels.shape[1], pixels.shape[0]])
    column, row = np.clip((uv * size).astype(int), 0, size - 1).T
    colors = pixels[row, column]
    light = colors @ (0.2126, 0.7152, 0.0722)
    inside = _inside(outline, roots[:, [0, 2]])
    if inside.sum() < 50:
        return None
    bare, dark = np.quantile(light, 0.7), np.quantile(light[inside], 0.03)
    if bare - dark < FAINTEST:
        return None
    darkness = np.where(inside, np.clip((bare - light) / (bare - dark) - 0.25, 0, 1) ** 1.2, 0)
    chosen = np.flatnonzero(random.random(len(roots)) < darkness / darkness.sum() * HAIRS)
    outer, inner = (top[0] + bottom[0]) / 2, (top[-1] + bottom[-1]) / 2
    points = _hairs(roots[chosen], normals[chosen], inner, outer, random)
    return points, corners[chosen], weights[chosen], uv[chosen], colors[chosen]


def _candidates(
    head: HeadMesh, free: np.ndarray, outline: np.ndarray, random: np.random.Generator
) -> tuple[np.ndarray, ...]:
    """Places spread over the free faces around an outline (K, 2) in x and z: positions, normals, triangles, places in them, texture
    coordinates."""
    quads = head.faces[:, 3] >= 0
    skin = np.concatenate([free, free[quads]])
    triangles = np.concatenate([head.faces[:, :3], head.faces[quads][:, [0, 2, 3]]])[skin]
    textures = np.concatenate([head.uv_faces[:, :3], head.uv_faces[quads][:, [0, 2, 3]]])[skin]
    corners = head.vertices[triangles].astype(np.float64)
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    area = np.linalg.norm(normals, axis=1)
    normals /= np.maximum(area, 1e-12)[:, None]
    center = corners.mean(1)[:, [0, 2]]
    near = ((center > outline.min(0) - 0.006) & (center < outline.max(0) + 0.006)).all(1) & (normals[:, 1] < -0.2)
    if not near.any():
        return np.zeros((0, 3)), np.zeros((0, 3)), np.zeros((0, 3), int), np.zeros((0, 3)), np.zeros((0, 2))
    triangle = random.choice(np.flatnonzero(near), CANDIDATES, p=area[near] / area[near].sum())
    u, v = random.random((2, CANDIDATES))
    u, v = np.where(u + v > 1, 1 - u, u), np.where(u + v > 1, 1 - v, v)
    weights = np.stack([1 - u - v, u, v], 1)
    uv = np.einsum("nkc,nk->nc", head.uv[textures[triangle]], weights)
    return np.einsum("nkc,nk->nc", corners[triangle], weights), normals[triangle], triangles[triangle], weights, uv


def _hairs(
    roots: np.ndarray, normals: np.ndarray, inner: np.ndarray, outer: np.ndarray, random: np.random.Generator
) -> np.ndarray:
    """(N, POINTS, 3): upright at the nose, along the brow further out, slightly down at its end; close to the skin."""
    way = outer - inner
    share = np.clip((roots - inner) @ way / (way @ way), 0, 1)
    along = way / np.linalg.norm(way) - normals * (normals @ way / np.linalg.norm(way))[:, None]
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    up = np.cross(normals, along)
    up *= np.sign(up[:, 2:])
    angle = np.radians(62 * (1 - share) ** 1.5 - 16 * share + 9 * random.normal(size=len(roots)))[:, None]
    direction = np.cos(angle) * along + np.sin(angle) * up
    length = LENGTH * (0.65 + 0.45 * np.sin(np.pi * np.clip(share, 0.1, 0.9))) * random.uniform(0.65, 1.1, len(roots))
    steps = np.linspace(0, 1, POINTS)[None, :, None]
    # Hairs bend outwards and lie down again.
    course = steps * direction[:, None] + 0.2 * steps**2 * (along - 0.3 * up)[:, None]
    height = LIFT * steps * (1 - 0.6 * steps) * normals[:, None]
    return roots[:, None] + length[:, None, None] * (course + height)


def _free_faces(head: HeadMesh, head_object: bpy.types.Object) -> np.ndarray:
    """(F,) bool: skin off the scalp's chart."""
    layer = head_object.data.uv_layers[SCALP_UV_MAP].uv
    chart = np.empty(len(layer) * 2, np.float32)
    layer.foreach_get("vector", chart)
    on_chart = ((chart > CHART_LOW) & (chart < CHART_HIGH)).reshape(-1, 2).all(1)
    counts = (head.faces >= 0).sum(1)
    starts = np.cumsum(counts) - counts
    return (head.face_parts == 0) & ~np.logical_or.reduceat(on_chart, starts)


def _chart_beside(head: HeadMesh, head_object: bpy.types.Object, faces: np.ndarray) -> None:
    """Give these faces (F,) the skin's texture coordinates, beside the scalp's chart."""
    layer = head_object.data.uv_layers[SCALP_UV_MAP].uv
    chart = np.empty(len(layer) * 2, np.float32)
    layer.foreach_get("vector", chart)
    chart = chart.reshape(-1, 2)
    corners = np.repeat(faces, (head.faces >= 0).sum(1))
    chart[corners] = head.uv[head.uv_faces[head.uv_faces >= 0]][corners] + BESIDE
    layer.foreach_set("vector", chart.ravel())


def _inside(outline: np.ndarray, places: np.ndarray) -> np.ndarray:
    """(N,) bool: places (N, 2) within a polygon (K, 2), by counting the sides to their right."""
    x, y = places.T
    inside = np.zeros(len(places), bool)
    for (ax, ay), (bx, by) in zip(outline, np.roll(outline, -1, axis=0), strict=True):
        if ay != by:
            inside ^= ((ay > y) != (by > y)) & (x < (bx - ax) * (y - ay) / (by - ay) + ax)
    return inside


def _pixels(image: bpy.types.Image) -> np.ndarray:
    """(H, W, 3) as stored (sRGB), row 0 at the bottom; large pictures are made smaller."""
    small = image.copy()
    if max(small.size) > PICTURE:
        small.scale(PICTURE, PICTURE)
    width, height = small.size
    values = np.empty(width * height * 4, np.float32)
    small.pixels.foreach_get(values)
    bpy.data.images.remove(small)
    return values.reshape(height, width, 4)[..., :3]


def _linear(color: np.ndarray) -> Color:
    return tuple(np.where(color < 0.04045, color / 12.92, ((color + 0.055) / 1.055) ** 2.4).tolist())


def _material(name: str, color: Color) -> bpy.types.Material:
    material, tree = new_material(name)
    finish(tree, strand_surface(tree, rgba(strand_color(color)), 0.35))
    material.diffuse_color = rgba(color)
    return material
