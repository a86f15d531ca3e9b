# SPDX-License-Identifier: GPL-3.0-or-later
"""The hair's material: the Principled Hair BSDF in the colour measured in the photo."""

from __future__ import annotations

import bpy

from ...inference.bundle import HairColor
from .nodes import add_node, finish, new_material, rgba

VALUE_VARIATION = 0.35


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
        tree, "ShaderNodeHueSaturation", {"Color": rgba(color.linear_rgb), "Value": value.outputs["Result"]}
    )
    surface = add_node(
        tree,
        "ShaderNodeBsdfHairPrincipled",
        {
            "Color": tint.outputs["Color"],
            "Roughness": color.roughness,
            "Radial Roughness": 0.4,
            "Random Roughness": 0.2,
        },
        parametrization="COLOR",
    )
    finish(tree, surface.outputs["BSDF"])
    material.diffuse_color = rgba(color.linear_rgb)
    return material
