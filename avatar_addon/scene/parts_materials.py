# SPDX-License-Identifier: GPL-3.0-or-later
"""One material per part of the head mesh."""

from __future__ import annotations

from collections.abc import Mapping

import bpy

from .eye_material import cornea_material, eye_material
from .nodes import Color, add_node, finish, new_material, rgba
from .skin_material import skin_material

DEFAULT_COLORS: dict[str, Color] = {
    "skin": (0.55, 0.32, 0.23),
    "mouth": (0.20, 0.035, 0.03),
    "eyes": (0.75, 0.72, 0.70),
    "cornea": (1.0, 1.0, 1.0),
    "teeth": (0.70, 0.63, 0.50),
    "gums": (0.45, 0.13, 0.12),
    "tongue": (0.45, 0.12, 0.11),
    "lashes": (0.012, 0.009, 0.008),
}
CORNEA_ALPHA = 0.0
PLAIN_COLOR: Color = (0.5, 0.5, 0.5)
# The bundle's teeth are as seen in the shade of the lips; the material has to be brighter than that.
TEETH_GAIN, TEETH_BRIGHTEST = 1.35, 0.85
TEXTURE_ROLES = {"skin": "skin", "eyes": "eye", "mouth": "mouth", "teeth": "teeth", "gums": "gums", "tongue": "tongue"}

# part -> roughness, specular level, subsurface weight and scale in metres
_FINISH = {
    "mouth": (0.35, 0.4, 0.15, 0.003),
    "teeth": (0.25, 0.5, 0.15, 0.0015),
    "gums": (0.25, 0.5, 0.2, 0.002),
    "tongue": (0.3, 0.5, 0.25, 0.003),
    "lashes": (0.6, 0.2, 0.0, 0.001),
}
_PLAIN = (0.5, 0.4, 0.0, 0.001)


def part_materials(
    prefix: str,
    part_names: tuple[str, ...],
    images: Mapping[str, bpy.types.Image],
    colors: Mapping[str, Color],
    hair_color: Color | None,
) -> list[bpy.types.Material]:
    """A material for each part, in the mesh's slot order.

    images: texture role -> picture; colors: part -> linear colour, used where a part has no picture; hair_color: linear,
    None for a bald head.
    """
    materials = []
    for part in part_names:
        image = images.get(TEXTURE_ROLES.get(part, part))
        color = colors.get(part, DEFAULT_COLORS.get(part, PLAIN_COLOR))
        if part == "teeth":
            color = tuple(min(TEETH_GAIN * c, TEETH_BRIGHTEST) for c in color)
        name = f"{prefix} {part}"
        if part == "skin":
            material = skin_material(name, images, color, hair_color)
        else:
            material = _part_material(part, name, image, color)
        # What Solid shading shows: the cornea must not hide the iris there.
        material.diffuse_color = (*color, CORNEA_ALPHA) if part == "cornea" else rgba(color)
        materials.append(material)
    return materials


def _part_material(part: str, name: str, image: bpy.types.Image | None, color: Color) -> bpy.types.Material:
    if part == "eyes":
        return eye_material(name, image, color)
    if part == "cornea":
        return cornea_material(name)
    # In extreme expressions the mouth bag may pass through the skin behind it; it is seen from inside the mouth only.
    return _surface_material(name, image, color, *_FINISH.get(part, _PLAIN), front_only=part == "mouth")


def _front_only(tree: bpy.types.NodeTree, surface: bpy.types.NodeSocket) -> bpy.types.NodeSocket:
    """The surface where it faces the viewer, nothing where it is seen from behind.

    It shades nothing either: skin that a fold of the bag has passed through would turn black.
    """
    geometry, path = add_node(tree, "ShaderNodeNewGeometry"), add_node(tree, "ShaderNodeLightPath")
    nothing = add_node(tree, "ShaderNodeBsdfTransparent").outputs["BSDF"]
    front = add_node(tree, "ShaderNodeMixShader", {0: geometry.outputs["Backfacing"], 1: surface, 2: nothing})
    seen = add_node(
        tree, "ShaderNodeMixShader", {0: path.outputs["Is Camera Ray"], 1: nothing, 2: front.outputs["Shader"]}
    )
    return seen.outputs["Shader"]


def _surface_material(
    name: str,
    image: bpy.types.Image | None,
    color: Color,
    roughness: float,
    specular: float,
    weight: float,
    scale: float,
    front_only: bool = False,
) -> bpy.types.Material:
    material, tree = new_material(name)
    material.use_backface_culling = front_only
    surface = add_node(
        tree,
        "ShaderNodeBsdfPrincipled",
        {
            "Base Color": rgba(color),
            "Roughness": roughness,
            "Specular IOR Level": specular,
            "Subsurface Weight": weight,
            "Subsurface Radius": (1.0, 0.4, 0.3),
            "Subsurface Scale": scale,
        },
        subsurface_method="BURLEY",
    )
    if image is not None:
        texture = add_node(tree, "ShaderNodeTexImage", image=image)
        tree.links.new(texture.outputs["Color"], surface.inputs["Base Color"])
    shader = surface.outputs["BSDF"]
    finish(tree, _front_only(tree, shader) if front_only else shader)
    return material
