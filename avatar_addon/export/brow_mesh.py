# SPDX-License-Identifier: GPL-3.0-or-later
"""The brows' strands as strips that move with the face."""

from __future__ import annotations

import bpy
import numpy as np
from mathutils.bvhtree import BVHTree

from ..scene.hair_worn import BROW_THICKNESS
from .hair_mesh import evaluated_strands, mesh_object
from .strand_mesh import resample, ribbons

# A strip of a brow hair's own width would shimmer: metres at thickness 1.
WIDTH = 0.00022
POINTS = 5
# A brow that a shape key moves less than this, metres, has no such key.
STILL = 2e-5


def brow_mesh(name: str, brows: bpy.types.Object, head: bpy.types.Object, with_keys: bool) -> bpy.types.Object:
    """A mesh object (not in a collection) of the brows as they are now; ``brows`` grows on ``head``, both are copies.

    with_keys: the head is at rest; the strips get those of its shape keys that move them, each strip as its root does.
    """
    strands = evaluated_strands(brows)
    points = resample(strands, POINTS)
    center = np.array(head.bound_box).mean(0)
    brow_object = mesh_object(name, ribbons(points, WIDTH * float(brows[BROW_THICKNESS]), center))
    if with_keys:
        _add_keys(brow_object, head, points[:, 0])
    return brow_object


def _add_keys(brow_object: bpy.types.Object, head: bpy.types.Object, roots: np.ndarray) -> None:
    """Shape keys, at 0, that carry each strip along with its root (N, 3)."""
    keys = head.data.shape_keys.key_blocks
    rest = _positions(keys[0].data)
    corners, weights = _on_surface(head.data, rest, roots)
    strips = len(brow_object.data.vertices) // len(roots)
    own = np.empty(len(brow_object.data.vertices) * 3, np.float32)
    brow_object.data.vertices.foreach_get("co", own)
    brow_object.shape_key_add(name=keys[0].name)
    for key in keys[1:]:
        moved = np.einsum("nkc,nk->nc", (_positions(key.data) - rest)[corners], weights)
        if np.abs(moved).max() > STILL:
            block = brow_object.shape_key_add(name=key.name, from_mix=False)
            block.data.foreach_set("co", own + np.repeat(moved, strips, 0).astype(np.float32).ravel())
            # From 5.0 on a new key is at 1.
            block.value = 0.0


def _on_surface(mesh: bpy.types.Mesh, rest: np.ndarray, places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Corners (N, 3) and barycentric weights (N, 3) of the triangles nearest to places (N, 3)."""
    mesh.calc_loop_triangles()
    triangles = np.empty(len(mesh.loop_triangles) * 3, np.int32)
    mesh.loop_triangles.foreach_get("vertices", triangles)
    triangles = triangles.reshape(-1, 3)
    tree = BVHTree.FromPolygons(rest.tolist(), triangles.tolist(), all_triangles=True)
    hits = [tree.find_nearest(place) for place in places.tolist()]
    corners = triangles[[hit[2] for hit in hits]]
    a, b, c = (rest[corners[:, number]] for number in range(3))
    found = np.array([tuple(hit[0]) for hit in hits])
    normal = np.cross(b - a, c - a)
    size = np.maximum((normal**2).sum(1), 1e-20)
    second = (np.cross(found - a, c - a) * normal).sum(1) / size
    third = (np.cross(b - a, found - a) * normal).sum(1) / size
    return corners, np.stack([1 - second - third, second, third], 1)


def _positions(points: bpy.types.bpy_prop_collection) -> np.ndarray:
    values = np.empty(len(points) * 3, np.float32)
    points.foreach_get("co", values)
    return values.reshape(-1, 3).astype(np.float64)
