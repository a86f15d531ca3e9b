# SPDX-License-Identifier: GPL-3.0-or-later
"""Fine relief of the skin from DECA's maps: a tangent-space normal map, and a displacement for those who subdivide the head."""

from __future__ import annotations

from collections.abc import Mapping

import bpy

from ...inference.bundle import DISPLACEMENT_SPAN
from .nodes import add_node

NORMAL, DISPLACEMENT = "normal", "displacement"
UNLINKED = "Link to Displacement on a subdivided head"


def detail_normal(tree: bpy.types.NodeTree, images: Mapping[str, bpy.types.Image]) -> bpy.types.NodeSocket | None:
    """The normal of the picture with the role "normal"; None without one."""
    if NORMAL not in images:
        return None
    texture = _data_texture(tree, images[NORMAL])
    return add_node(tree, "ShaderNodeNormalMap", {"Color": texture.outputs["Color"]}, space="TANGENT").outputs["Normal"]


def add_displacement(tree: bpy.types.NodeTree, images: Mapping[str, bpy.types.Image]) -> None:
    """A Displacement node of the picture with the role "displacement", linked where no normal map shows the same relief already."""
    if DISPLACEMENT not in images:
        return
    texture = _data_texture(tree, images[DISPLACEMENT])
    node = add_node(
        tree,
        "ShaderNodeDisplacement",
        {"Height": texture.outputs["Color"], "Midlevel": 0.5, "Scale": DISPLACEMENT_SPAN},
    )
    output = tree.get_output_node("ALL")
    texture.location, node.location = (-600, -700), (-300, -700)
    if NORMAL in images:
        node.label = UNLINKED
    else:
        tree.links.new(node.outputs["Displacement"], output.inputs["Displacement"])


def _data_texture(tree: bpy.types.NodeTree, image: bpy.types.Image) -> bpy.types.Node:
    """The picture's numbers, not colours."""
    image.colorspace_settings.name = "Non-Color"
    return add_node(tree, "ShaderNodeTexImage", image=image, interpolation="Cubic")
