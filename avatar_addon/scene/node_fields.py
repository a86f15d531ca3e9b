# SPDX-License-Identifier: GPL-3.0-or-later
"""Writing fields of geometry nodes as formulas: every function adds a node and answers its output socket."""

from __future__ import annotations

import bpy

from ..compat import choose_mode
from .nodes import add_node

Value = bpy.types.NodeSocket | float | tuple[float, float, float]


class Fields:
    """The formulas of one node tree. Vectors and numbers are sockets or constants."""

    def __init__(self, tree: bpy.types.NodeTree) -> None:
        self.tree = tree

    def math(self, operation: str, *values: Value, clamp: bool = False) -> bpy.types.NodeSocket:
        """A number from numbers: "ADD", "MULTIPLY", "POWER", "SMOOTH_MIN" ..."""
        inputs = dict(enumerate(values))
        return add_node(self.tree, "ShaderNodeMath", inputs, operation=operation, use_clamp=clamp).outputs[0]

    def vector(self, operation: str, *values: Value) -> bpy.types.NodeSocket:
        """A vector from vectors: "ADD", "NORMALIZE", "CROSS_PRODUCT" ..."""
        return self._vector(operation, values).outputs["Vector"]

    def measure(self, operation: str, *values: Value) -> bpy.types.NodeSocket:
        """A number from vectors: "LENGTH", "DOT_PRODUCT", "DISTANCE"."""
        return self._vector(operation, values).outputs["Value"]

    def scale(self, vector: Value, factor: Value) -> bpy.types.NodeSocket:
        """vector * factor"""
        inputs = {"Vector": vector, "Scale": factor}
        return add_node(self.tree, "ShaderNodeVectorMath", inputs, operation="SCALE").outputs["Vector"]

    def add(self, *vectors: Value) -> bpy.types.NodeSocket:
        """The sum of two or more vectors."""
        total = vectors[0]
        for vector in vectors[1:]:
            total = self.vector("ADD", total, vector)
        return total

    def smooth(self, value: Value, low: float, high: float) -> bpy.types.NodeSocket:
        """0 below ``low``, 1 above ``high``, smooth between."""
        inputs = {"Value": value, "From Min": low, "From Max": high}
        return add_node(self.tree, "ShaderNodeMapRange", inputs, interpolation_type="SMOOTHSTEP").outputs["Result"]

    def decay(self, value: Value, length: float) -> bpy.types.NodeSocket:
        """exp(-value / length)"""
        return self.math("EXPONENT", self.math("MULTIPLY", value, -1 / length))

    def attribute(self, name: str, kind: str) -> bpy.types.NodeSocket:
        """A named attribute; kind: "FLOAT", "INT" or "FLOAT_VECTOR"."""
        node = add_node(self.tree, "GeometryNodeInputNamedAttribute", {"Name": name}, data_type=kind)
        return next(socket for socket in node.outputs if socket.enabled)

    def source(self, kind: str, output: str) -> bpy.types.NodeSocket:
        """The output of a node without inputs, such as "GeometryNodeInputPosition"."""
        return add_node(self.tree, kind).outputs[output]

    def running_sum(self, vector: Value) -> bpy.types.NodeSocket:
        """The sum of the vectors from the root up to each point of its own curve."""
        curve = self.source("GeometryNodeCurveOfPoint", "Curve Index")
        inputs = {"Group ID": curve}
        node = add_node(self.tree, "GeometryNodeAccumulateField", inputs, data_type="FLOAT_VECTOR", domain="POINT")
        self._connect(node, "Value", vector)
        return next(socket for socket in node.outputs if socket.enabled and socket.name == "Leading")

    def at_point(self, vector: Value, index: Value) -> bpy.types.NodeSocket:
        """A vector field at another point."""
        node = add_node(self.tree, "GeometryNodeFieldAtIndex", {}, domain="POINT", data_type="FLOAT_VECTOR")
        self._connect(node, "Index", index)
        self._connect(node, "Value", vector)
        return next(socket for socket in node.outputs if socket.enabled)

    def blurred(self, vector: Value, iterations: int) -> bpy.types.NodeSocket:
        """A vector field smoothed along the curves."""
        node = add_node(self.tree, "GeometryNodeBlurAttribute", {"Iterations": iterations}, data_type="FLOAT_VECTOR")
        self._connect(node, "Value", vector)
        return next(socket for socket in node.outputs if socket.enabled)

    def random(self, identity: Value, seed: int) -> bpy.types.NodeSocket:
        """A number in 0..1 for each integer."""
        node = add_node(self.tree, "FunctionNodeRandomValue", {"Seed": seed}, data_type="FLOAT")
        self._connect(node, "ID", identity)
        return next(socket for socket in node.outputs if socket.enabled)

    def noise(self, place: Value, scale: Value) -> bpy.types.NodeSocket:
        """A vector of noise, each component in about -0.5..0.5."""
        node = add_node(self.tree, "ShaderNodeTexNoise", {"Vector": place, "Scale": scale, "Detail": 0.0})
        return self.vector("SUBTRACT", node.outputs["Color"], (0.5, 0.5, 0.5))

    def sample_curve(self, curves: Value, index: Value, factor: Value) -> bpy.types.NodeSocket:
        """The position at a share of the length of curve ``index``."""
        inputs = {"Curves": curves, "Factor": factor, "Curve Index": index}
        return add_node(self.tree, "GeometryNodeSampleCurve", inputs, mode="FACTOR").outputs["Position"]

    def nearest(self, mesh: Value, field: Value) -> bpy.types.NodeSocket:
        """A vector field of a mesh at the point of it that is nearest."""
        node = add_node(self.tree, "GeometryNodeSampleNearestSurface", {"Mesh": mesh}, data_type="FLOAT_VECTOR")
        self._connect(node, "Value", field)
        return next(socket for socket in node.outputs if socket.enabled and socket.name == "Value")

    def resampled(self, curves: Value, count: int) -> bpy.types.NodeSocket:
        """The curves with ``count`` points each."""
        node = add_node(self.tree, "GeometryNodeResampleCurve", {"Curve": curves, "Count": count})
        choose_mode(node, "COUNT")
        return node.outputs["Curve"]

    def moved(self, curves: Value, position: Value) -> bpy.types.NodeSocket:
        """The curves with their points elsewhere."""
        inputs = {"Geometry": curves, "Position": position}
        return add_node(self.tree, "GeometryNodeSetPosition", inputs).outputs["Geometry"]

    def if_else(self, condition: Value, yes: Value, no: Value) -> bpy.types.NodeSocket:
        """One of two geometries; only that one is computed."""
        inputs = {"Switch": condition, "True": yes, "False": no}
        return add_node(self.tree, "GeometryNodeSwitch", inputs, input_type="GEOMETRY").outputs["Output"]

    def _vector(self, operation: str, values: tuple[Value, ...]) -> bpy.types.Node:
        return add_node(self.tree, "ShaderNodeVectorMath", dict(enumerate(values)), operation=operation)

    def _connect(self, node: bpy.types.Node, name: str, value: Value) -> None:
        """Set the enabled one of several inputs of one name."""
        socket = next(socket for socket in node.inputs if socket.enabled and socket.name == name)
        if isinstance(value, bpy.types.NodeSocket):
            self.tree.links.new(value, socket)
        else:
            socket.default_value = value


def new_group(name: str) -> tuple[bpy.types.NodeTree, bpy.types.Node]:
    """An empty modifier group with geometry in and out, and its input node."""
    group = bpy.data.node_groups.new(name, "GeometryNodeTree")
    group.is_modifier = True
    group.interface.new_socket("Geometry", in_out="INPUT", socket_type="NodeSocketGeometry")
    group.interface.new_socket("Geometry", in_out="OUTPUT", socket_type="NodeSocketGeometry")
    return group, group.nodes.new("NodeGroupInput")


def finish_group(group: bpy.types.NodeTree, curves: Value) -> None:
    """Connect the output; nodes stand in columns by their order."""
    result = group.nodes.new("NodeGroupOutput")
    group.links.new(curves, result.inputs[0])
    for index, node in enumerate(group.nodes):
        node.location = (180 * (index // 8), -200 * (index % 8))
