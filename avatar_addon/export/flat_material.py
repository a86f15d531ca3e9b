# SPDX-License-Identifier: GPL-3.0-or-later
"""Materials that every format can carry: one Principled BSDF with a picture or a colour, a roughness and an alpha."""

from __future__ import annotations

from pathlib import Path

import bpy

from ..scene.nodes import Color, add_node, finish, new_material, rgba
from .look import apply_look

CLEAR_ALPHA = 0.06
CLEAR_ROUGHNESS = 0.05
HAIR_ROUGHNESS = 0.6


def flat_material(
    material: bpy.types.Material, name: str, image_folder: Path, color: Color | None = None
) -> bpy.types.Material:
    """A plain copy of an avatar's material. Its picture is a copy too, which will lie in ``image_folder`` as <name>.png.

    color: linear, instead of the one that the material shows in Solid shading.
    """
    source = _surface_node(material)
    flat, tree = new_material(name)
    flat.diffuse_color = rgba(color) if color else material.diffuse_color
    flat.use_backface_culling = material.use_backface_culling
    inputs = {"Base Color": tuple(flat.diffuse_color), "Roughness": 0.5}
    if source is None:
        inputs |= {"Roughness": CLEAR_ROUGHNESS, "Alpha": CLEAR_ALPHA}
        flat.surface_render_method = "BLENDED"
    elif source.type == "BSDF_HAIR_PRINCIPLED":
        inputs |= {"Roughness": HAIR_ROUGHNESS, "Specular IOR Level": 0.25}
    elif not source.inputs["Roughness"].is_linked:
        inputs["Roughness"] = source.inputs["Roughness"].default_value
    surface = add_node(tree, "ShaderNodeBsdfPrincipled", inputs)
    image = source and _base_color_image(source)
    if image:
        copy = _renamed_copy(image, name, image_folder)
        apply_look(material, copy)
        texture = add_node(tree, "ShaderNodeTexImage", image=copy)
        tree.links.new(texture.outputs["Color"], surface.inputs["Base Color"])
    finish(tree, surface.outputs["BSDF"])
    return flat


def picture_bytes(image: bpy.types.Image) -> bytes:
    """The packed picture file."""
    return image.packed_file.data


def _surface_node(material: bpy.types.Material) -> bpy.types.Node | None:
    """The Principled BSDF (of skin or of hair); None for the cornea, which has none."""
    kinds = ("BSDF_PRINCIPLED", "BSDF_HAIR_PRINCIPLED")
    return next((node for node in material.node_tree.nodes if node.type in kinds), None)


def _base_color_image(source: bpy.types.Node) -> bpy.types.Image | None:
    """The picture that the base colour is made of, also behind a tint."""
    waiting = [source.inputs.get("Base Color")]
    while waiting:
        socket = waiting.pop(0)
        if socket is None or not socket.is_linked:
            continue
        node = socket.links[0].from_node
        if node.type == "TEX_IMAGE":
            return node.image
        waiting += [entry for entry in node.inputs if entry.type == "RGBA"]
    return None


def _renamed_copy(image: bpy.types.Image, name: str, folder: Path) -> bpy.types.Image:
    copy = image.copy()
    copy.name = name
    suffix = Path(image.filepath).suffix or ".png"
    copy.filepath_raw = str(folder / f"{name}{suffix}")
    copy.packed_files[0].filepath = copy.filepath_raw
    return copy
