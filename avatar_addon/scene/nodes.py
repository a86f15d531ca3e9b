# SPDX-License-Identifier: GPL-3.0-or-later
"""Small steps shared by the material builders."""

from __future__ import annotations

from collections.abc import Mapping

import bpy

from ..compat import enable_nodes

Color = tuple[float, float, float]


def new_material(name: str) -> tuple[bpy.types.Material, bpy.types.NodeTree]:
    """A fresh material and its empty node tree."""
    material = bpy.data.materials.new(name)
    tree = enable_nodes(material)
    tree.nodes.clear()
    return material, tree


def add_node(
    tree: bpy.types.NodeTree, kind: str, inputs: Mapping[str, object] | None = None, **settings: object
) -> bpy.types.Node:
    """Add a node; ``settings`` are its attributes, ``inputs`` values or output sockets by input name."""
    node = tree.nodes.new(kind)
    for key, value in settings.items():
        setattr(node, key, value)
    for key, value in (inputs or {}).items():
        if isinstance(value, bpy.types.NodeSocket):
            tree.links.new(value, node.inputs[key])
        else:
            node.inputs[key].default_value = value
    return node


def finish(tree: bpy.types.NodeTree, surface: bpy.types.NodeSocket) -> None:
    """Connect the material's output and lay the nodes out from left to right by their distance to it."""
    output = add_node(tree, "ShaderNodeOutputMaterial", {"Surface": surface}, is_active_output=True)
    column = {output: 0}
    queue = [output]
    while queue:
        node = queue.pop(0)
        for socket in node.inputs:
            for link in socket.links:
                if column.get(link.from_node, -1) < column[node] + 1:
                    column[link.from_node] = column[node] + 1
                    queue.append(link.from_node)
    filled: dict[int, int] = {}
    for node, depth in column.items():
        row = filled.get(depth, 0)
        node.location = (-300 * depth, -320 * row)
        filled[depth] = row + 1


def rgba(color: Color) -> tuple[float, float, float, float]:
    """A linear colour as the four numbers of a colour socket."""
    return (float(color[0]), float(color[1]), float(color[2]), 1.0)
