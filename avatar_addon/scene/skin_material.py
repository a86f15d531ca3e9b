# SPDX-License-Identifier: GPL-3.0-or-later
"""Skin: the photo's texture as base colour, subsurface scattering, uneven gloss and pores."""

from __future__ import annotations

from collections.abc import Mapping

import bpy

from .nodes import Color, add_node, finish, new_material, rgba
from .skin_detail import add_displacement, detail_normal

# Mean free path of light in skin: red travels about 4 mm, green 1.5 mm, blue 0.8 mm.
SCATTER_SCALE = 0.004
SCATTER_RATIO = (1.0, 0.375, 0.2)
SCATTER_WEIGHT = 0.2
# How far the scalp takes the hair's colour, and how dark that is beside the hair's own.
SCALP_TINT = 0.8
SCALP_SHADE = 0.5
UNDER_HAIR = "under_hair"
# Nodes that a person's sliders turn.
TONE_NODE, ROUGHNESS_NODE, PORES_NODE = "Skin Tone", "Skin Roughness", "Skin Pores"
PORE_SIZE = 0.0007
PORE_DEPTH = 0.0002


def skin_material(
    name: str, images: Mapping[str, bpy.types.Image], color: Color, hair_color: Color | None = None
) -> bpy.types.Material:
    """The skin's material from the pictures "skin", "normal" and "displacement", as far as there are.

    Without the first the plain linear colour is used. Hair darkens the scalp it grows from.
    """
    image = images.get("skin")
    material, tree = new_material(name)
    surface = add_node(
        tree,
        "ShaderNodeBsdfPrincipled",
        {
            "Base Color": rgba(color),
            "Subsurface Weight": SCATTER_WEIGHT,
            "Subsurface Radius": SCATTER_RATIO,
            "Subsurface Scale": SCATTER_SCALE,
            "Specular IOR Level": 0.25,
        },
        # Half the time of a random walk, and what EEVEE does as well.
        subsurface_method="BURLEY",
    )
    if image is not None:
        texture = add_node(tree, "ShaderNodeTexImage", image=image)
        tone = add_node(tree, "ShaderNodeHueSaturation", {"Color": texture.outputs["Color"]}, name=TONE_NODE)
        tree.links.new(tone.outputs["Color"], surface.inputs["Base Color"])
    if hair_color is not None:
        tree.links.new(_scalp_tint(tree, surface.inputs["Base Color"], hair_color), surface.inputs["Base Color"])
    # The rest position sticks to the skin when shape keys and bones move it.
    place = add_node(tree, "ShaderNodeAttribute", attribute_name="rest_position").outputs["Vector"]
    tree.links.new(_roughness(tree, place), surface.inputs["Roughness"])
    tree.links.new(_pores(tree, place, detail_normal(tree, images)), surface.inputs["Normal"])
    finish(tree, surface.outputs["BSDF"])
    add_displacement(tree, images)
    return material


def _scalp_tint(tree: bpy.types.NodeTree, base: bpy.types.NodeSocket, hair_color: Color) -> bpy.types.NodeSocket:
    """The base colour, turned towards the hair's on the scalp between the strands, which has the shade of many roots."""
    under_hair = add_node(tree, "ShaderNodeAttribute", attribute_name=UNDER_HAIR)
    share = add_node(tree, "ShaderNodeMath", {0: under_hair.outputs["Fac"], 1: SCALP_TINT}, operation="MULTIPLY")
    mix = add_node(tree, "ShaderNodeMix", data_type="RGBA")
    tree.links.new(share.outputs["Value"], mix.inputs["Factor"])
    skin, shade, tinted = (s for s in (*mix.inputs, *mix.outputs) if s.type == "RGBA")
    skin.default_value = base.default_value
    shade.default_value = rgba(tuple(SCALP_SHADE * c for c in hair_color))
    if base.is_linked:
        tree.links.new(base.links[0].from_socket, skin)
    return tinted


def _roughness(tree: bpy.types.NodeTree, place: bpy.types.NodeSocket) -> bpy.types.NodeSocket:
    """0.42 to 0.52 in soft patches, 0.3 on the lips, plus the person's choice."""
    patches = add_node(tree, "ShaderNodeTexNoise", {"Vector": place, "Scale": 70.0, "Detail": 2.0})
    dry = add_node(tree, "ShaderNodeMapRange", {"Value": patches.outputs[0], "To Min": 0.42, "To Max": 0.52})
    lips = add_node(tree, "ShaderNodeAttribute", attribute_name="lips")
    wet = add_node(
        tree, "ShaderNodeMapRange", {"Value": lips.outputs["Fac"], "From Max": 1.0, "To Min": 0.0, "To Max": 0.15}
    )
    skin = add_node(tree, "ShaderNodeMath", {0: dry.outputs["Result"], 1: wet.outputs["Result"]}, operation="SUBTRACT")
    return add_node(
        tree, "ShaderNodeMath", {0: skin.outputs["Value"], 1: 0.0}, operation="ADD", use_clamp=True, name=ROUGHNESS_NODE
    ).outputs["Value"]


def _pores(
    tree: bpy.types.NodeTree, place: bpy.types.NodeSocket, relief: bpy.types.NodeSocket | None
) -> bpy.types.NodeSocket:
    # Plain noise: cells (Voronoi) look no better at this size and take three times as long to render.
    grain = add_node(tree, "ShaderNodeTexNoise", {"Vector": place, "Scale": 1.0 / PORE_SIZE, "Detail": 0.0})
    bump = add_node(
        tree, "ShaderNodeBump", {"Height": grain.outputs[0], "Strength": 0.3, "Distance": PORE_DEPTH}, name=PORES_NODE
    )
    if relief is not None:
        tree.links.new(relief, bump.inputs["Normal"])
    return bump.outputs["Normal"]
