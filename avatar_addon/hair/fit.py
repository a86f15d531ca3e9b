# SPDX-License-Identifier: GPL-3.0-or-later
"""A style from its reference head to another: warp with the scalp, set the roots, stay out of the skin."""

from __future__ import annotations

import numpy as np
from mathutils.bvhtree import BVHTree

from ...inference.bundle import Hair, HairColor
from ...inference.bundle_style import StyleStrands
from ..scene.hair_scalp import Scalp

# Of a root or control point from the chart, in units of the chart: beyond it the head has no scalp there.
OFF_CHART = 0.01
SMOOTHING = 1e-3
WARPED_POINTS = 10
CLEARANCE = 0.0012
PASSES = 3
SOFTENING = 2


def fit_style(style: StyleStrands, scalp: Scalp, color: HairColor) -> Hair:
    """The style on this head, in the head object's own space; strands whose roots the head's chart lacks are left out."""
    chart = _chart(scalp)
    triangle, barycentric, found = _on_chart(chart, scalp, style.root_uv)
    control_triangle, control_barycentric, known = _on_chart(chart, scalp, style.control_uv)
    controls = _points(scalp, control_triangle, control_barycentric)
    warped = _carried(style.points[found], style.control_points[known], controls)
    roots = _points(scalp, triangle, barycentric)
    strands = warped + (roots - warped[:, 0])[:, None]
    strands = keep_outside(scalp, strands)
    return Hair(
        style=style.info.name,
        points=strands.astype(np.float32),
        root_vertices=scalp.triangles[triangle].astype(np.int32),
        root_barycentric=barycentric.astype(np.float32),
        radius=style.info.radius,
        strands=style.info.strands,
        color=color,
    )


def _carried(strands: np.ndarray, source: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Strands (N, P, 3) under :func:`warp`, which is so smooth that a few points of each strand tell where the others go."""
    count = strands.shape[1]
    sites = np.unique(np.round(np.linspace(0, count - 1, WARPED_POINTS)).astype(int))
    shift = warp(source, target, strands[:, sites]) - strands[:, sites]
    share = np.stack([np.interp(np.arange(count), sites, row) for row in np.eye(len(sites))], 1).astype(np.float32)
    return strands + np.einsum("ps,nsc->npc", share, shift, optimize=True)


def warp(source: np.ndarray, target: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Points (..., 3) carried along by the smoothest map of space that takes ``source`` (K, 3) to ``target`` (K, 3).

    A thin-plate spline in three dimensions (kernel r) with an affine part, slightly smoothing (Bookstein 1989; Wahba 1990).
    """
    count = len(source)
    size = np.linalg.norm(source - source.mean(0), axis=1).mean()
    kernel = np.linalg.norm(source[:, None] - source[None], axis=2)
    system = np.zeros((count + 4, count + 4))
    # -r is the conditionally positive definite kernel, so smoothing is subtracted.
    system[:count, :count] = kernel - SMOOTHING * count * size * np.eye(count)
    system[:count, count] = system[count, :count] = 1
    system[:count, count + 1 :], system[count + 1 :, :count] = source, source.T
    weights = np.linalg.solve(system, np.concatenate([target, np.zeros((4, 3))])).astype(np.float32)
    flat = points.reshape(-1, 3).astype(np.float32)
    warped = weights[count] + flat @ weights[count + 1 :]
    for block in range(0, len(flat), 8192):
        part = slice(block, block + 8192)
        squared = (flat[part] ** 2).sum(1)[:, None] - 2 * flat[part] @ source.T.astype(np.float32) + (source**2).sum(1)
        warped[part] += np.sqrt(np.maximum(squared, 0)).astype(np.float32) @ weights[:count]
    return warped.reshape(points.shape)


def keep_outside(scalp: Scalp, strands: np.ndarray) -> np.ndarray:
    """Strands (N, P, 3) with every point but the root at least CLEARANCE above the skin; neighbours on a strand yield with it."""
    strands = strands.copy()
    share = np.minimum(np.arange(strands.shape[1]) / 3, 1).astype(np.float32)
    wanted = np.broadcast_to(CLEARANCE * share, strands.shape[:2])
    near = _maybe_inside(scalp, strands)
    for number in range(PASSES):
        push = np.zeros_like(strands)
        push[near] = _way_out(scalp, strands[near], wanted[near])
        if number < PASSES - 1:
            push = _softened(push)
        push[:, 0] = 0
        strands += push
        near &= np.linalg.norm(push, axis=2) > 0
    return strands


def _maybe_inside(scalp: Scalp, strands: np.ndarray) -> np.ndarray:
    """(N, P) bool: points not certainly free, because the head reaches as far out in their direction."""
    skin = scalp.vertices[np.unique(scalp.skin)]
    middle = scalp.vertices[np.unique(scalp.triangles)].mean(0)
    reach = np.zeros((32, 64))
    np.maximum.at(reach, _direction(skin - middle), np.linalg.norm(skin - middle, axis=1))
    padded = np.pad(np.pad(reach, ((1, 1), (0, 0)), mode="edge"), ((0, 0), (1, 1)), mode="wrap")
    widest = np.max([padded[i : i + 32, j : j + 64] for i in range(3) for j in range(3)], axis=0)
    offset = strands - middle
    return np.linalg.norm(offset, axis=2) < widest[_direction(offset)] + 0.004


def _direction(offset: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Cells (32, 64) of a sphere that vectors (..., 3) point to."""
    across = np.hypot(offset[..., 0], offset[..., 1])
    row = np.arctan2(offset[..., 2], across) / np.pi + 0.5
    column = np.arctan2(offset[..., 1], offset[..., 0]) / (2 * np.pi) + 0.5
    return np.minimum((row * 32).astype(int), 31), np.minimum((column * 64).astype(int), 63)


def _way_out(scalp: Scalp, points: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """(M, 3) to add to each point so that it stands ``wanted`` (M,) metres above the skin nearest to it."""
    find = scalp.surface.find_nearest
    hits = np.array([find(point)[2:] for point in points.tolist()]).reshape(-1, 2)
    nearest, distance = hits[:, 0].astype(int), hits[:, 1]
    normal = scalp.skin_normals[nearest]
    height = ((points - scalp.vertices[scalp.skin[nearest, 0]]) * normal).sum(1)
    missing = np.maximum(wanted - np.where(height < 0, -distance, distance), 0)
    return normal * missing[:, None]


def _softened(push: np.ndarray) -> np.ndarray:
    """Pushes spread along the strand, so that it bends instead of breaking."""
    for _ in range(SOFTENING):
        padded = np.pad(push, ((0, 0), (1, 1), (0, 0)), mode="edge")
        spread = (padded[:, :-2] + 2 * padded[:, 1:-1] + padded[:, 2:]) / 4
        longer = np.linalg.norm(spread, axis=2) > np.linalg.norm(push, axis=2)
        push = np.where(longer[..., None], spread, push)
    return push


def _chart(scalp: Scalp) -> BVHTree:
    """The scalp's chart as a flat mesh of its own."""
    corners = scalp.uv[scalp.triangles].reshape(-1, 2)
    flat = np.concatenate([corners, np.zeros((len(corners), 1), np.float32)], 1)
    return BVHTree.FromPolygons(flat.tolist(), np.arange(len(flat)).reshape(-1, 3).tolist(), all_triangles=True)


def _on_chart(chart: BVHTree, scalp: Scalp, uv: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Where chart positions (N, 2) lie: triangle (M,) and barycentric (M, 3) of those on the chart, and which these are (N,)."""
    hits = [chart.find_nearest((u, v, 0.0), OFF_CHART) for u, v in uv.tolist()]
    found = np.array([hit[2] is not None for hit in hits], bool)
    triangle = np.array([hit[2] for hit in hits if hit[2] is not None], int)
    place = np.array([tuple(hit[0])[:2] for hit in hits if hit[2] is not None]).reshape(-1, 2)
    corners = scalp.uv[scalp.triangles[triangle]].astype(np.float64)
    areas = [_twice_area(place, corners[:, k], corners[:, (k + 1) % 3]) for k in (1, 2, 0)]
    barycentric = np.stack(areas, 1) / np.where(sum(areas) == 0, 1, sum(areas))[:, None]
    barycentric = np.clip(barycentric, 0, 1) + 1e-9
    return triangle, barycentric / barycentric.sum(1, keepdims=True), found


def _twice_area(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> np.ndarray:
    """(N,) signed, of triangles in the plane."""
    return (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])


def _points(scalp: Scalp, triangle: np.ndarray, barycentric: np.ndarray) -> np.ndarray:
    """(N, 3) on the scalp."""
    return np.einsum("nkc,nk->nc", scalp.vertices[scalp.triangles[triangle]], barycentric)
