# SPDX-License-Identifier: GPL-3.0-or-later
"""The head as hair needs it, read back from its Blender object: no bundle is needed to change the hairstyle."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import bpy
import numpy as np
from mathutils.bvhtree import BVHTree

from .head_object import SCALP_UV_MAP

# Faces off the chart lie at -0.5, see head_object, those under the brows at 2 and beyond, see hair_brows.
CHART_LOW, CHART_HIGH = -0.25, 1.25


@dataclass(frozen=True)
class Scalp:
    """vertices (V, 3): the neutral head in metres. uv (V, 2): on the scalp chart, NaN off it.

    triangles (T, 3): those wholly on the chart. skin (S, 3): all triangles of the skin, which hair must stay out of.
    """

    vertices: np.ndarray
    uv: np.ndarray
    triangles: np.ndarray
    skin: np.ndarray

    @cached_property
    def surface(self) -> BVHTree:
        """The skin, to ask for the nearest point."""
        return BVHTree.FromPolygons(self.vertices.tolist(), self.skin.tolist(), all_triangles=True)

    @cached_property
    def skin_normals(self) -> np.ndarray:
        """(S, 3) unit normals of the skin's triangles."""
        a, b, c = (self.vertices[self.skin[:, k]] for k in range(3))
        normal = np.cross(b - a, c - a)
        return normal / np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-12)


def read_scalp(head_object: bpy.types.Object) -> Scalp:
    """The scalp of an avatar's head. Raises KeyError for a mesh without the chart."""
    mesh = head_object.data
    mesh.calc_loop_triangles()
    corners = _read(mesh.loop_triangles, "loops", np.int32, 3)
    triangles = _read(mesh.loop_triangles, "vertices", np.int32, 3)
    polygon = _read(mesh.loop_triangles, "polygon_index", np.int32, 1)[:, 0]
    part = _read(mesh.polygons, "material_index", np.int32, 1)[:, 0]
    chart = _read(mesh.uv_layers[SCALP_UV_MAP].uv, "vector", np.float32, 2)[corners]
    keys = mesh.shape_keys
    vertices = _read(keys.reference_key.points if keys else mesh.vertices, "co", np.float32, 3)
    on_chart = ((chart > CHART_LOW) & (chart < CHART_HIGH)).all((1, 2))
    uv = np.full((len(vertices), 2), np.nan, np.float32)
    uv[triangles[on_chart]] = chart[on_chart]
    return Scalp(vertices, uv, triangles[on_chart], triangles[part[polygon] == 0])


def _read(items: bpy.types.bpy_prop_collection, name: str, dtype: type, width: int) -> np.ndarray:
    values = np.empty(len(items) * width, dtype)
    items.foreach_get(name, values)
    return values.reshape(-1, width)
