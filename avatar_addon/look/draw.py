# SPDX-License-Identifier: GPL-3.0-or-later
"""Sliders of the eye's and the skin's materials: they are the nodes' own inputs, so they animate and undo like any other."""

from __future__ import annotations

import bpy


def draw_look(layout: bpy.types.UILayout, head_object: bpy.types.Object) -> None:
    """The materials' main values; what a person has removed from the nodes is left out."""
    # They load numpy, for which Blender's start does not wait.
    from ..scene.eye_material import IRIS_CHANGE_NODE, IRIS_COLOR_NODE, IRIS_LIGHT_NODE
    from ..scene.skin_material import PORES_NODE, ROUGHNESS_NODE, TONE_NODE

    layout.use_property_split = True
    eyes = _nodes(head_object, IRIS_COLOR_NODE)
    if eyes is not None:
        column = layout.column(align=True)
        color = [socket for socket in eyes[IRIS_COLOR_NODE].inputs if socket.type == "RGBA"][1]
        column.prop(color, "default_value", text="Iris")
        _slider(column, eyes, IRIS_CHANGE_NODE, 1, "Instead of the Photo's")
        _slider(column, eyes, IRIS_LIGHT_NODE, "Value", "Iris Brightness")
    skin = _nodes(head_object, ROUGHNESS_NODE)
    if skin is not None:
        column = layout.column(align=True)
        _slider(column, skin, TONE_NODE, "Value", "Skin Brightness")
        _slider(column, skin, TONE_NODE, "Saturation", "Skin Saturation")
        _slider(column, skin, ROUGHNESS_NODE, 1, "Roughness Added")
        _slider(column, skin, PORES_NODE, "Strength", "Pores")
        surface = next((node for node in skin if node.type == "BSDF_PRINCIPLED"), None)
        if surface is not None:
            column.prop(surface.inputs["Subsurface Weight"], "default_value", text="Translucency")
            column.prop(surface.inputs["Specular IOR Level"], "default_value", text="Shine")
    if eyes is None and skin is None:
        layout.label(text="This avatar's materials are your own", icon="INFO")


def _nodes(head_object: bpy.types.Object, name: str) -> bpy.types.Nodes | None:
    """The nodes of the material that has one of this name."""
    trees = (material.node_tree for material in head_object.data.materials if material and material.node_tree)
    return next((tree.nodes for tree in trees if name in tree.nodes), None)


def _slider(layout: bpy.types.UILayout, nodes: bpy.types.Nodes, node: str, socket: int | str, text: str) -> None:
    if node in nodes:
        layout.prop(nodes[node].inputs[socket], "default_value", text=text)
