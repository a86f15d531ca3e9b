# SPDX-License-Identifier: GPL-3.0-or-later
"""The eyeball with the iris from the photo, and the cornea in front of it."""

from __future__ import annotations

import bpy

from .nodes import Color, add_node, finish, new_material, rgba

CORNEA_IOR = 1.376


def eye_material(name: str, image: bpy.types.Image | None, color: Color) -> bpy.types.Material:
    """Sclera and iris. The cornea gives the gloss, so the eyeball itself hardly shines."""
    material, tree = new_material(name)
    surface = add_node(
        tree,
        "ShaderNodeBsdfPrincipled",
        {
            "Base Color": rgba(color),
            "Roughness": 0.35,
            "Specular IOR Level": 0.2,
        },
    )
    if image is not None:
        texture = add_node(tree, "ShaderNodeTexImage", image=image)
        tree.links.new(texture.outputs["Color"], surface.inputs["Base Color"])
    finish(tree, surface.outputs["BSDF"])
    return material


def cornea_material(name: str) -> bpy.types.Material:
    """Clear to the eye and to light, except for its mirror reflection.

    Transmission would darken the iris (its light would have to be found through a caustic); a transparent surface
    with a Fresnel reflection, and no reflection for shadow rays, lights the iris fully.
    """
    material, tree = new_material(name)
    clear = add_node(tree, "ShaderNodeBsdfTransparent")
    mirror = add_node(tree, "ShaderNodeBsdfGlossy", {"Roughness": 0.04})
    fresnel = add_node(tree, "ShaderNodeFresnel", {"IOR": CORNEA_IOR})
    path = add_node(tree, "ShaderNodeLightPath")
    seen = add_node(
        tree, "ShaderNodeMath", {0: 1.0, 1: path.outputs["Is Shadow Ray"]}, operation="SUBTRACT", use_clamp=True
    )
    share = add_node(
        tree, "ShaderNodeMath", {0: fresnel.outputs["Fac"], 1: seen.outputs["Value"]}, operation="MULTIPLY"
    )
    mixed = add_node(tree, "ShaderNodeMixShader", {"Fac": share.outputs["Value"]})
    tree.links.new(clear.outputs["BSDF"], mixed.inputs[1])
    tree.links.new(mirror.outputs["BSDF"], mixed.inputs[2])
    finish(tree, mixed.outputs["Shader"])
    material.surface_render_method = "BLENDED"
    return material
