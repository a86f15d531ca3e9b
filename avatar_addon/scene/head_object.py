# SPDX-License-Identifier: GPL-3.0-or-later
"""The head's mesh: polygons, texture coordinates, parts, masks and shape keys."""

from __future__ import annotations

import bpy
import numpy as np

from ...inference.bundle import HeadMesh
from ..emotion.sliders import MIRRORED_PHOTO_KEY, PHOTO_KEY

UV_MAP = "UVMap"
DENSITY_MASK = "hair_density"
SCALP_UV_MAP = "Scalp"


def build_head(name: str, head: HeadMesh, materials: list[bpy.types.Material]) -> bpy.types.Object:
    """The head as a mesh object (not yet in a collection): one material slot per part.

    Shape keys: ARKit's names, the photo's expression and its mirror image, all at 0.
    """
    mesh = bpy.data.meshes.new(name)
    _fill_polygons(mesh, head, materials)
    _add_uv_map(mesh, UV_MAP, head.uv[_corners(head.uv_faces)])
    scalp = np.where(np.isnan(head.scalp_uv), 0.0, head.scalp_uv)
    on_scalp = _faces_on_scalp(head)
    # Faces off the scalp collapse into one point far from the chart: they must not overlap it under a hair root.
    corners = scalp[_corners(head.faces)]
    corners[~np.repeat(on_scalp, _corner_counts(head.faces))] = (-0.5, -0.5)
    _add_uv_map(mesh, SCALP_UV_MAP, corners)
    _add_density_mask(mesh, head, on_scalp)
    mesh.uv_layers[UV_MAP].active_render = True
    mesh.uv_layers.active = mesh.uv_layers[UV_MAP]
    for mask, values in head.masks.items():
        attribute = mesh.attributes.new(mask, "FLOAT", "POINT")
        attribute.data.foreach_set("value", np.ascontiguousarray(values, np.float32))
    head_object = bpy.data.objects.new(name, mesh)
    # Writes the attribute "rest_position" that hair and skin pores stick to.
    head_object.add_rest_position_attribute = True
    head_object.shape_key_add(name="Basis")
    for key_name, deltas in zip(head.key_names, head.key_deltas, strict=True):
        add_shape_key(head_object, key_name, head.vertices + deltas)
    add_shape_key(head_object, PHOTO_KEY, head.vertices + head.photo_delta)
    if len(head.mirrored_photo_delta):
        add_shape_key(head_object, MIRRORED_PHOTO_KEY, head.vertices + head.mirrored_photo_delta)
    return head_object


def add_shape_key(head_object: bpy.types.Object, name: str, positions: np.ndarray) -> bpy.types.ShapeKey:
    """A shape key at value 0 (Blender 5 starts them at 1), range 0..1; positions (V, 3) metres."""
    key = head_object.shape_key_add(name=name, from_mix=False)
    key.value = 0.0
    key.slider_min, key.slider_max = 0.0, 1.0
    key.points.foreach_set("co", np.ascontiguousarray(positions, np.float32).ravel())
    return key


def _fill_polygons(mesh: bpy.types.Mesh, head: HeadMesh, materials: list[bpy.types.Material]) -> None:
    counts = _corner_counts(head.faces)
    mesh.vertices.add(len(head.vertices))
    mesh.vertices.foreach_set("co", np.ascontiguousarray(head.vertices, np.float32).ravel())
    mesh.loops.add(int(counts.sum()))
    mesh.loops.foreach_set("vertex_index", _corners(head.faces))
    mesh.polygons.add(len(counts))
    mesh.polygons.foreach_set("loop_start", np.concatenate([[0], np.cumsum(counts)[:-1]]).astype(np.int32))
    for material in materials:
        mesh.materials.append(material)
    mesh.polygons.foreach_set("material_index", head.face_parts.astype(np.int32))
    mesh.polygons.foreach_set("use_smooth", np.ones(len(counts), bool))
    mesh.update(calc_edges=True)


def _add_density_mask(mesh: bpy.types.Mesh, head: HeadMesh, on_scalp: np.ndarray) -> None:
    """1 where hair may grow: a root on a face that is not wholly on the scalp chart could not follow the surface."""
    mask = np.ones(len(head.vertices), np.float32)
    off = head.faces[~on_scalp]
    mask[off[off >= 0]] = 0.0
    mesh.attributes.new(DENSITY_MASK, "FLOAT", "POINT").data.foreach_set("value", mask)


def _add_uv_map(mesh: bpy.types.Mesh, name: str, uv: np.ndarray) -> None:
    layer = mesh.uv_layers.new(name=name, do_init=False)
    layer.uv.foreach_set("vector", np.ascontiguousarray(uv, np.float32).ravel())


def _corner_counts(faces: np.ndarray) -> np.ndarray:
    return (faces >= 0).sum(1)


def _corners(faces: np.ndarray) -> np.ndarray:
    """(corners,) the indices of all face corners in order, triangles without their -1."""
    return faces[faces >= 0].astype(np.int32)


def _faces_on_scalp(head: HeadMesh) -> np.ndarray:
    off = np.isnan(head.scalp_uv).any(1)
    return ~np.where(head.faces >= 0, off[head.faces], False).any(1)
