# SPDX-License-Identifier: GPL-3.0-or-later
"""The hair's material: the Principled Hair BSDF in the colour measured in the photo."""

from __future__ import annotations

import bpy

from ...inference.bundle import HairColor
from .nodes import Color, add_node, finish, new_material, rgba

VALUE_VARIATION = 0.35
# Measured on renders of short hair under our light: a pixel of hair is about GAIN * colour ** POWER, because light meets
# many strands and their gloss on its way. The colour of the strand itself is the inverse of that.
GAIN, POWER = 0.85, 0.43
DARKEST = 0.0015


def strand_color(seen: Color) -> Color:
    """The colour of single strands (linear) that together look like ``seen``, the hair's mean colour in the photo."""
    return tuple(min(max((c / GAIN) ** (1 / POWER), DARKEST), 1.0) for c in seen)


def hair_material(name: str, color: HairColor) -> bpy.types.Material:
    """Direct colour, a little different on each strand."""
    material, tree = new_material(name)
    strand = add_node(tree, "ShaderNodeHairInfo")
    value = add_node(
        tree,
        "ShaderNodeMapRange",
        {"Value": strand.outputs["Random"], "To Min": 1 - VALUE_VARIATION, "To Max": 1 + VALUE_VARIATION},
    )
    tint = add_node(
        tree,
        "ShaderNodeHueSaturation",
        {"Color": rgba(strand_color(color.linear_rgb)), "Value": value.outputs["Result"]},
    )
    surface = add_node(
        tree,
        "ShaderNodeBsdfHairPrincipled",
        {
            "Color": tint.outputs["Color"],
            "Roughness": color.roughness,
            "Radial Roughness": 0.5,
            "IOR": 1.35,
            "Random Roughness": 0.2,
        },
        parametrization="COLOR",
    )
    finish(tree, surface.outputs["BSDF"])
    material.diffuse_color = rgba(color.linear_rgb)
    return material
