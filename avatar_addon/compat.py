# SPDX-License-Identifier: GPL-3.0-or-later
"""What differs between Blender 4.2 and 5.2; the only file that asks for the version."""

from __future__ import annotations

from pathlib import Path

import bpy

_VERSION = bpy.app.version[:2]
_MODIFIER_PROPERTIES = _VERSION >= (5, 2)


def enable_nodes(owner: bpy.types.Material | bpy.types.World) -> bpy.types.NodeTree:
    """The node tree of a material or world; before 5.0 it has to be asked for."""
    if _VERSION < (5, 0):
        owner.use_nodes = True
    return owner.node_tree


def hair_assets_file() -> Path:
    """Blender's own .blend of hair node groups; 5.0 moved it. Raises FileNotFoundError in a Blender without its assets."""
    assets = Path(bpy.utils.system_resource("DATAFILES")) / "assets"
    for folder in ("nodes", "geometry_nodes"):
        path = assets / folder / "procedural_hair_node_assets.blend"
        if path.is_file():
            return path
    raise FileNotFoundError(f"Blender's hair node assets are missing under {assets}")


def set_modifier_input(
    modifier: bpy.types.NodesModifier, name: str, value: object, socket_type: str | None = None
) -> None:
    """Set a Geometry Nodes input by the name it shows; ``socket_type`` tells sockets of one name apart.

    5.2 moved the values from the modifier itself to ``modifier.properties.inputs``.
    """
    identifier = _input_identifier(modifier, name, socket_type)
    if _MODIFIER_PROPERTIES:
        getattr(modifier.properties.inputs, identifier).value = value
    else:
        modifier[identifier] = value


def set_modifier_attribute(modifier: bpy.types.NodesModifier, name: str, attribute: str) -> None:
    """Let a Geometry Nodes field input read a named attribute."""
    identifier = _input_identifier(modifier, name, None)
    if _MODIFIER_PROPERTIES:
        socket = getattr(modifier.properties.inputs, identifier)
        socket.type = "ATTRIBUTE"
        socket.attribute_name = attribute
    else:
        modifier[f"{identifier}_use_attribute"] = True
        modifier[f"{identifier}_attribute_name"] = attribute


def set_interpolation_surface(modifier: bpy.types.NodesModifier, surface: bpy.types.Object, uv_map: str) -> None:
    """Tell *Interpolate Hair Curves* to scatter at random on the surface at rest, before shape keys and armature.

    5.2 takes the surface from the curves' own attachment; 5.0 made the distribution a menu whose default is random.
    """
    if _MODIFIER_PROPERTIES:
        set_modifier_input(modifier, "Resting Surface", True)
        return
    set_modifier_input(modifier, "Surface", surface, "NodeSocketObject")
    set_modifier_attribute(modifier, "Surface UV Map", uv_map)
    set_modifier_input(modifier, "Surface Rest Position", True)
    if _VERSION < (5, 0):
        set_modifier_input(modifier, "Poisson Disk Distribution", False)


def usd_texture_options() -> dict[str, object]:
    """Options of the USD exporter that write packed textures beside the file; 4.5 named them anew."""
    return {"export_textures": True} if _VERSION < (4, 5) else {"export_textures_mode": "NEW"}


def save_copy(image: bpy.types.Image, path: Path) -> None:
    """Write an image as PNG, with what was painted on it, and leave it as it is. Raises RuntimeError. 4.3 can do that itself."""
    if _VERSION >= (4, 3):
        image.save(filepath=str(path), save_copy=True)
        return
    copy = image.copy()
    try:
        copy.pixels[:] = image.pixels[:]
        copy.file_format = "PNG"
        copy.filepath_raw = str(path)
        copy.save()
    finally:
        bpy.data.images.remove(copy)


def _input_identifier(modifier: bpy.types.NodesModifier, name: str, socket_type: str | None) -> str:
    for item in modifier.node_group.interface.items_tree:
        is_input = item.item_type == "SOCKET" and item.in_out == "INPUT"
        if is_input and item.name == name and socket_type in (None, item.socket_type):
            return item.identifier
    raise KeyError(f"{modifier.node_group.name!r} has no input {name!r}")


def modifier_input_path(modifier: bpy.types.NodesModifier, name: str) -> str:
    """The data path of a Geometry Nodes input from its object, for drivers."""
    identifier = _input_identifier(modifier, name, None)
    if _MODIFIER_PROPERTIES:
        return f'modifiers["{modifier.name}"].properties.inputs.{identifier}.value'
    return f'modifiers["{modifier.name}"]["{identifier}"]'


def choose_mode(node: bpy.types.Node, mode: str) -> None:
    """Choose a node's mode; 5.0 made it a menu socket that shows it as a word."""
    if _VERSION < (5, 0):
        node.mode = mode
    else:
        node.inputs["Mode"].default_value = mode.title()
