# SPDX-License-Identifier: GPL-3.0-or-later
"""The hair's material: the Principled Hair BSDF in the colour measured in the photo."""

from __future__ import annotations

import bpy

from ...inference.bundle import HairColor
from .nodes import Color, add_node, finish, new_material, rgba

VALUE_VARIATION = 0.5
ROOT_VALUE, TIP_VALUE = 0.5, 1.3
# Measured on renders under our light: hair looks like GLOSS + GAIN * strand colour ** POWER, because light meets many
# strands on its way and their gloss is white.
GLOSS, GAIN, POWER = 0.02, 0.55, 0.59
DARKEST, BRIGHTEST = 0.004, 0.45
# A photo's highlights are paler than its mean: as even a colour as the mean would look dyed.
PALENESS = 0.15


def strand_color(seen: Color) -> Color:
    """The colour of single strands (linear) that together look like ``seen``, the hair's mean colour in the photo."""
    low, high = min(seen), max(seen)
    # No channel can look darker than the gloss; the others move with it, so that the hue stays.
    floor = max(low + PALENESS * (high - low), GLOSS + DARKEST)
    scale = max(high - floor, 0.0) / max(high - low, 1e-6)
    raised = (floor + scale * (c - low) for c in seen)
    return tuple((min(c - GLOSS, BRIGHTEST) / GAIN) ** (1 / POWER) for c in raised)


def hair_material(name: str, color: HairColor) -> bpy.types.Material:
    """Direct colour, a little different on each strand."""
    material, tree = new_material(name)
    strand = add_node(tree, "ShaderNodeHairInfo")
    random = add_node(
        tree,
        "ShaderNodeMapRange",
        {"Value": strand.outputs["Random"], "To Min": 1 - VALUE_VARIATION, "To Max": 1 + VALUE_VARIATION},
    )
    # Darker at the root, where strands shade each other, than at the tip, which sun and age have paled.
    along = add_node(
        tree, "ShaderNodeMapRange", {"Value": strand.outputs["Intercept"], "To Min": ROOT_VALUE, "To Max": TIP_VALUE}
    )
    value = add_node(
        tree, "ShaderNodeMath", {0: random.outputs["Result"], 1: along.outputs["Result"]}, operation="MULTIPLY"
    )
    tint = add_node(
        tree,
        "ShaderNodeHueSaturation",
        {"Color": rgba(strand_color(color.linear_rgb)), "Value": value.outputs["Value"]},
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
