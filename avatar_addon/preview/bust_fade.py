# SPDX-License-Identifier: GPL-3.0-or-later
"""Lets the cut edge of the bust dissolve into the background while pictures are taken."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import bpy
import numpy as np

from ...inference.bundle import HeadMesh
from ..scene.nodes import add_node
from .views import chin_height

FADE_LENGTH = 0.045  # metres, at most half of what there is between chin and edge
ATTRIBUTE = "bust_edge"


@contextmanager
def faded_bust(head_object: bpy.types.Object, head: HeadMesh) -> Iterator[None]:
    """The skin turns transparent towards the open edge below the chin; the material is as before afterwards."""
    material = head_object.data.materials[head.part_names.index("skin")]
    attribute = head_object.data.attributes.new(ATTRIBUTE, "FLOAT", "POINT")
    attribute.data.foreach_set("value", edge_share(head))
    tree = material.node_tree
    output = tree.get_output_node("ALL").inputs["Surface"]
    skin = output.links[0].from_socket
    distance = add_node(tree, "ShaderNodeAttribute", attribute_name=ATTRIBUTE)
    share = add_node(tree, "ShaderNodeMapRange", {"Value": distance.outputs["Fac"]}, interpolation_type="SMOOTHSTEP")
    clear = add_node(tree, "ShaderNodeBsdfTransparent")
    mix = add_node(tree, "ShaderNodeMixShader", {"Fac": share.outputs["Result"]})
    tree.links.new(clear.outputs["BSDF"], mix.inputs[1])
    tree.links.new(skin, mix.inputs[2])
    tree.links.new(mix.outputs["Shader"], output)
    try:
        yield
    finally:
        for node in (distance, share, clear, mix):
            tree.nodes.remove(node)
        tree.links.new(skin, output)
        head_object.data.attributes.remove(head_object.data.attributes[ATTRIBUTE])


def edge_share(head: HeadMesh) -> np.ndarray:
    """(V,) how far each vertex is from the skin's open edge below the chin, in lengths of the fade; 1 beyond it."""
    skin = head.faces[head.face_parts == head.part_names.index("skin")]
    quads = skin[:, 3] >= 0
    triangles = ~quads
    sides = [
        skin[:, [0, 1]],
        skin[:, [1, 2]],
        skin[quads][:, [2, 3]],
        skin[quads][:, [3, 0]],
        skin[triangles][:, [2, 0]],
    ]
    edges, uses = np.unique(np.sort(np.concatenate(sides), axis=1), axis=0, return_counts=True)
    border = np.unique(edges[uses == 1])
    chin = chin_height(head)
    border = border[head.vertices[border, 2] < chin]
    share = np.ones(len(head.vertices), np.float32)
    if len(border):
        top = head.vertices[border, 2].max()
        length = min(FADE_LENGTH, (chin - top) / 2)
        low = np.flatnonzero(head.vertices[:, 2] < top + length)
        apart = head.vertices[low][:, None] - head.vertices[border][None]
        share[low] = np.minimum(np.sqrt((apart**2).sum(2).min(1)) / length, 1)
    return share
