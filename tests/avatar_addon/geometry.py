# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading vertex positions out of Blender."""

from __future__ import annotations

import bpy
import numpy as np


def rest_positions(item: bpy.types.Object) -> np.ndarray:
    """(V, 3) of the mesh as stored."""
    return _positions(item.data.vertices)


def evaluated_positions(item: bpy.types.Object) -> np.ndarray:
    """(V, 3) after shape keys and modifiers."""
    item.update_tag()
    depsgraph = bpy.context.evaluated_depsgraph_get()
    depsgraph.update()
    return _positions(item.evaluated_get(depsgraph).data.vertices)


def key_positions(item: bpy.types.Object, name: str) -> np.ndarray:
    return _positions(item.data.shape_keys.key_blocks[name].points)


def strand_points(item: bpy.types.Object) -> tuple[np.ndarray, np.ndarray]:
    """All points (P, 3) of evaluated curves and where each curve starts (N + 1,)."""
    item.update_tag()
    depsgraph = bpy.context.evaluated_depsgraph_get()
    depsgraph.update()
    curves = item.evaluated_get(depsgraph).data
    points = np.empty(len(curves.points) * 3, np.float32)
    curves.position_data.foreach_get("vector", points)
    starts = np.empty(len(curves.curves) + 1, np.int32)
    curves.curve_offset_data.foreach_get("value", starts)
    return points.reshape(-1, 3), starts


def in_world(item: bpy.types.Object, positions: np.ndarray) -> np.ndarray:
    matrix = np.array(item.matrix_world)
    return positions @ matrix[:3, :3].T + matrix[:3, 3]


def uv_of(item: bpy.types.Object, layer: int = 0) -> np.ndarray:
    """(corners, 2)"""
    data = item.data.uv_layers[layer].uv
    uv = np.empty(len(data) * 2, np.float32)
    data.foreach_get("vector", uv)
    return uv.reshape(-1, 2)


def corner_vertices(item: bpy.types.Object) -> np.ndarray:
    index = np.empty(len(item.data.loops), np.int32)
    item.data.loops.foreach_get("vertex_index", index)
    return index


def farthest_match(found: np.ndarray, expected: np.ndarray) -> float:
    """The largest distance from a row of ``found`` to its nearest row of ``expected``, or the other way round."""
    there = np.linalg.norm(found - expected[nearest(found, expected)], axis=1).max()
    return max(there, np.linalg.norm(expected - found[nearest(expected, found)], axis=1).max())


def nearest(rows: np.ndarray, among: np.ndarray) -> np.ndarray:
    """(N,) index into ``among`` of the row nearest to each of ``rows``."""
    rows, among = rows.astype(np.float64), among.astype(np.float64)
    blocks = [rows[start : start + 1024] for start in range(0, len(rows), 1024)]
    return np.concatenate([((among**2).sum(1)[None] - 2 * block @ among.T).argmin(1) for block in blocks])


def _positions(points) -> np.ndarray:
    values = np.empty(len(points) * 3, np.float32)
    points.foreach_get("co", values)
    return values.reshape(-1, 3)
