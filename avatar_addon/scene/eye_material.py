# SPDX-License-Identifier: GPL-3.0-or-later
"""The eyeball with the iris from the photo, and the cornea in front of it."""

from __future__ import annotations

import math

import bpy

from .nodes import Color, add_node, finish, new_material, rgba

# The texture is a polar chart: the iris ends at this distance from its middle, with a soft border.
IRIS_RADIUS, IRIS_BORDER = 0.25, 0.015
# Nodes that a person's sliders turn.
IRIS_COLOR_NODE, IRIS_CHANGE_NODE, IRIS_LIGHT_NODE = "Iris Color", "Iris Change", "Iris Light"
BLUE: Color = (0.12, 0.25, 0.42)
CORNEA_IOR = 1.376
CATCH_LIGHT_DIRECTION = (0.45, -0.77, 0.45)
# Half its angular size: where it begins to shine, where it is full.
CATCH_LIGHT_DEGREES = (10.0, 6.0)


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
        tree.links.new(_iris_choice(tree, texture.outputs["Color"]), surface.inputs["Base Color"])
    finish(tree, surface.outputs["BSDF"])
    return material


def _iris_choice(tree: bpy.types.NodeTree, photo: bpy.types.NodeSocket) -> bpy.types.NodeSocket:
    """The photo's eye, with the hue of a chosen colour and another brightness inside the iris; unchanged by default."""
    place = add_node(tree, "ShaderNodeTexCoord").outputs["UV"]
    away = add_node(tree, "ShaderNodeVectorMath", {0: place, 1: (0.5, 0.5, 0.0)}, operation="DISTANCE")
    inside = add_node(
        tree,
        "ShaderNodeMapRange",
        {"Value": away.outputs["Value"], "From Min": IRIS_RADIUS + IRIS_BORDER, "From Max": IRIS_RADIUS - IRIS_BORDER},
        interpolation_type="SMOOTHSTEP",
    ).outputs["Result"]
    change = add_node(
        tree, "ShaderNodeMath", {0: inside, 1: 0.0}, operation="MULTIPLY", use_clamp=True, name=IRIS_CHANGE_NODE
    )
    hue = add_node(
        tree,
        "ShaderNodeMix",
        {"Factor": change.outputs["Value"]},
        data_type="RGBA",
        blend_type="COLOR",
        name=IRIS_COLOR_NODE,
    )
    before, chosen, after = (socket for socket in (*hue.inputs, *hue.outputs) if socket.type == "RGBA")
    tree.links.new(photo, before)
    chosen.default_value = rgba(BLUE)
    light = add_node(tree, "ShaderNodeHueSaturation", {"Color": after, "Fac": inside}, name=IRIS_LIGHT_NODE)
    return light.outputs["Color"]


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
    lit = add_node(tree, "ShaderNodeAddShader")
    tree.links.new(mixed.outputs["Shader"], lit.inputs[0])
    tree.links.new(_catch_light(tree, path.outputs["Is Camera Ray"]), lit.inputs[1])
    finish(tree, lit.outputs["Shader"])
    material.surface_render_method = "BLENDED"
    return material


def _catch_light(tree: bpy.types.NodeTree, camera_ray: bpy.types.NodeSocket) -> bpy.types.NodeSocket:
    """The bright spot that makes eyes look alive: the mirror image of a small lamp, up and to the subject's left.

    Painted rather than reflected: a real lamp that small needs hundreds of samples to show without grain. Only the camera
    sees it; the strength of the Emission node turns it off.
    """
    reflected = add_node(tree, "ShaderNodeTexCoord").outputs["Reflection"]
    own = add_node(tree, "ShaderNodeVectorTransform", {"Vector": reflected}, convert_from="WORLD", convert_to="OBJECT")
    toward = add_node(
        tree, "ShaderNodeVectorMath", {0: own.outputs["Vector"], 1: CATCH_LIGHT_DIRECTION}, operation="DOT_PRODUCT"
    )
    edge, core = (math.cos(math.radians(angle)) for angle in CATCH_LIGHT_DEGREES)
    spot = add_node(
        tree,
        "ShaderNodeMapRange",
        {"Value": toward.outputs["Value"], "From Min": edge, "From Max": core},
        interpolation_type="SMOOTHSTEP",
    )
    seen = add_node(tree, "ShaderNodeMath", {0: spot.outputs["Result"], 1: camera_ray}, operation="MULTIPLY")
    tone = add_node(tree, "ShaderNodeMix", {"Factor": seen.outputs["Value"]}, data_type="RGBA")
    dark, bright, color = (socket for socket in (*tone.inputs, *tone.outputs) if socket.type == "RGBA")
    dark.default_value, bright.default_value = (0.0, 0.0, 0.0, 1.0), (1.0, 1.0, 1.0, 1.0)
    return add_node(tree, "ShaderNodeEmission", {"Color": color, "Strength": 0.8}).outputs["Emission"]
