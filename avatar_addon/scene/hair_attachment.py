# SPDX-License-Identifier: GPL-3.0-or-later
"""Strands follow the head's surface: each turns with the triangle that its root sits on.

Blender's *Deform Curves on Surface* does the same, but looks every root up in the texture coordinates of two whole heads, twice as
long as all else that a moving face costs. So guides remember their triangle; strands that were grown from them, drawn by hand or
moved elsewhere, and heads with other vertices, are left to Blender's node.
"""

from __future__ import annotations

import bpy
import numpy as np

from ..compat import set_modifier_input
from .hair_sliders import add_slider, drive
from .node_fields import Fields, finish_group, new_group
from .nodes import add_node

GROUP = "Portrait Avatar Hair on Head"
SURFACE_UV, ROOT_UV = "surface_uv_coordinate", "root_uv"
CORNERS, WEIGHTS = ("root_corner_1", "root_corner_2", "root_corner_3"), "root_weights"
PLACE, NORMAL, EDGE = "root_position", "root_normal", "root_edge"
# A root is where it was bound while its texture coordinate and its place differ by no more (metres).
SAME = 1e-5


def bind_roots(
    curves: bpy.types.Curves, head_object: bpy.types.Object, corners: np.ndarray, weights: np.ndarray, uv: np.ndarray
) -> None:
    """Put each curve's root on a triangle of the head at rest: corners (N, 3) vertices, weights (N, 3), uv (N, 2)."""
    mesh = head_object.data
    positions, normals = (np.empty(len(mesh.vertices) * 3, np.float32) for _ in range(2))
    mesh.vertices.foreach_get("co", positions)
    mesh.vertices.foreach_get("normal", normals)
    positions, normals = positions.reshape(-1, 3)[corners], normals.reshape(-1, 3)[corners]
    for name, column in zip(CORNERS, corners.T, strict=True):
        set_curve_attribute(curves, name, "INT", "CURVE", column.astype(np.int32))
    for name, values in (
        (WEIGHTS, weights),
        (PLACE, np.einsum("nkc,nk->nc", positions, weights)),
        (NORMAL, np.einsum("nkc,nk->nc", normals, weights)),
        (EDGE, positions[:, 1] - positions[:, 0]),
    ):
        set_curve_attribute(curves, name, "FLOAT_VECTOR", "CURVE", values.astype(np.float32))
    for name in (SURFACE_UV, ROOT_UV):
        set_curve_attribute(curves, name, "FLOAT2", "CURVE", uv.astype(np.float32))


def attach(strands: bpy.types.Object, head_object: bpy.types.Object) -> bpy.types.NodesModifier:
    """The modifier that lets strands follow the head; its input "Thickness" multiplies their radius."""
    modifier = strands.modifiers.new(GROUP, "NODES")
    modifier.node_group = _group()
    set_modifier_input(modifier, "Head", head_object)
    return modifier


def attach_with_slider(strands: bpy.types.Object, head_object: bpy.types.Object, slider: str, description: str) -> None:
    """As :func:`attach`; a slider named so thickens the strands."""
    add_slider(strands, slider, 1.0, 0.0, 2.0, description)
    drive(attach(strands, head_object), "Thickness", "v", {"v": slider})


def set_curve_attribute(curves: bpy.types.Curves, name: str, kind: str, domain: str, values: np.ndarray) -> None:
    """An attribute of curves, made where it is missing; vectors are (N, C)."""
    attribute = curves.attributes.get(name) or curves.attributes.new(name, kind, domain)
    attribute.data.foreach_set("value" if values.ndim == 1 else "vector", values.ravel())


def _group() -> bpy.types.NodeTree:
    """Made once per file."""
    group = bpy.data.node_groups.get(GROUP)
    if group is not None:
        return group
    group, source = new_group(GROUP)
    thickness = group.interface.new_socket("Thickness", in_out="INPUT", socket_type="NodeSocketFloat")
    thickness.default_value, thickness.min_value = 1.0, 0.0
    group.interface.new_socket("Head", in_out="INPUT", socket_type="NodeSocketObject")
    fields = Fields(group)
    # A driver on the radius itself would not do: Blender 5 takes driven values below 0.0001 for 0.
    radius = fields.math("MULTIPLY", fields.source("GeometryNodeInputRadius", "Radius"), source.outputs["Thickness"])
    curves = add_node(group, "GeometryNodeSetCurveRadius", {0: source.outputs["Geometry"], "Radius": radius}).outputs[0]
    info = add_node(
        group, "GeometryNodeObjectInfo", {"Object": source.outputs["Head"]}, transform_space="RELATIVE"
    ).outputs["Geometry"]
    by_lookup = add_node(group, "GeometryNodeDeformCurvesOnSurface", {0: curves}).outputs[0]
    turned = add_node(
        group, "FunctionNodeTransformPoint", {"Vector": _position(fields), "Transform": _turn(fields, info)}
    )
    by_triangle = fields.moved(curves, turned.outputs[0])
    finish_group(group, fields.if_else(_where_bound(fields, curves, info), by_triangle, by_lookup))
    return group


def _where_bound(fields: Fields, curves: bpy.types.NodeSocket, head: bpy.types.NodeSocket) -> bpy.types.NodeSocket:
    """Whether all roots are where they were bound, on the head they were bound to."""
    rest = _on_triangle(fields, head, fields.attribute("rest_position", "FLOAT_VECTOR"))
    moved = fields.measure("DISTANCE", rest, fields.attribute(PLACE, "FLOAT_VECTOR"))
    slid = fields.measure(
        "DISTANCE", fields.attribute(SURFACE_UV, "FLOAT_VECTOR"), fields.attribute(ROOT_UV, "FLOAT_VECTOR")
    )
    inputs = {"Geometry": curves}
    node = add_node(fields.tree, "GeometryNodeAttributeStatistic", inputs, data_type="FLOAT", domain="CURVE")
    fields.tree.links.new(
        fields.math("MAXIMUM", moved, slid), next(s for s in node.inputs if s.enabled and s.name == "Attribute")
    )
    farthest = next(socket for socket in node.outputs if socket.enabled and socket.name == "Max")
    return fields.math("LESS_THAN", farthest, SAME)


def _turn(fields: Fields, head: bpy.types.NodeSocket) -> bpy.types.NodeSocket:
    """The rigid motion of each curve's triangle from rest to now, evaluated once per curve."""
    rest = _frame(fields, *(fields.attribute(name, "FLOAT_VECTOR") for name in (PLACE, NORMAL, EDGE)))
    position = _position(fields)
    edge = fields.vector(
        "SUBTRACT", *(_at_corner(fields, head, position, fields.attribute(name, "INT")) for name in CORNERS[1::-1])
    )
    normal = _on_triangle(fields, head, fields.source("GeometryNodeInputNormal", "Normal"))
    now = _frame(fields, _on_triangle(fields, head, position), normal, edge)
    back = add_node(fields.tree, "FunctionNodeInvertMatrix", {"Matrix": rest}).outputs["Matrix"]
    motion = add_node(fields.tree, "FunctionNodeMatrixMultiply", {0: now, 1: back}).outputs[0]
    node = add_node(fields.tree, "GeometryNodeFieldOnDomain", domain="CURVE", data_type="FLOAT4X4")
    fields.tree.links.new(motion, next(socket for socket in node.inputs if socket.enabled))
    return next(socket for socket in node.outputs if socket.enabled)


def _frame(
    fields: Fields, place: bpy.types.NodeSocket, normal: bpy.types.NodeSocket, edge: bpy.types.NodeSocket
) -> bpy.types.NodeSocket:
    """A matrix with its origin at the place, Z along the normal and X along the edge as far as Z lets it."""
    kind = "FunctionNodeAlignRotationToVector"
    upright = add_node(fields.tree, kind, {"Vector": normal}, axis="Z").outputs["Rotation"]
    turned = add_node(fields.tree, kind, {"Rotation": upright, "Vector": edge}, axis="X", pivot_axis="Z")
    inputs = {"Translation": place, "Rotation": turned.outputs["Rotation"]}
    return add_node(fields.tree, "FunctionNodeCombineTransform", inputs).outputs["Transform"]


def _on_triangle(fields: Fields, head: bpy.types.NodeSocket, field: bpy.types.NodeSocket) -> bpy.types.NodeSocket:
    """A vector field of the head at each curve's root."""
    weights = add_node(
        fields.tree, "ShaderNodeSeparateXYZ", {"Vector": fields.attribute(WEIGHTS, "FLOAT_VECTOR")}
    ).outputs
    corners = [
        fields.scale(_at_corner(fields, head, field, fields.attribute(name, "INT")), weight)
        for name, weight in zip(CORNERS, weights, strict=True)
    ]
    return fields.add(*corners)


def _at_corner(
    fields: Fields, head: bpy.types.NodeSocket, field: bpy.types.NodeSocket, index: bpy.types.NodeSocket
) -> bpy.types.NodeSocket:
    node = add_node(
        fields.tree, "GeometryNodeSampleIndex", {"Geometry": head}, data_type="FLOAT_VECTOR", domain="POINT"
    )
    for name, value in (("Value", field), ("Index", index)):
        fields.tree.links.new(value, next(s for s in node.inputs if s.enabled and s.name == name))
    return next(socket for socket in node.outputs if socket.enabled)


def _position(fields: Fields) -> bpy.types.NodeSocket:
    return fields.source("GeometryNodeInputPosition", "Position")
