# SPDX-License-Identifier: GPL-3.0-or-later
"""DECA's maps in the skin's material, and the mark of avatars that may not be used commercially."""

from __future__ import annotations

import struct
import zlib
from dataclasses import replace
from pathlib import Path

import bpy
import pytest
from portrait_avatar.avatar_addon.scene.assemble import build_avatar
from portrait_avatar.inference.bundle import DISPLACEMENT_SPAN, Avatar


def grey_png(path: Path, depth: int, value: int, channels: int = 1) -> Path:
    """An 8 x 8 picture of one value, 8 or 16 bits."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    pixel = value.to_bytes(depth // 8, "big") * channels
    rows = (b"\0" + 8 * pixel) * 8
    head = struct.pack(">IIBBBBB", 8, 8, depth, 0 if channels == 1 else 2, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + body)
    return path


@pytest.fixture
def with_maps(avatar: Avatar, tmp_path: Path) -> Avatar:
    maps = {
        "normal": grey_png(tmp_path / "normal.png", 8, 128, 3),
        "displacement": grey_png(tmp_path / "displacement.png", 16, 49152),
    }
    return replace(avatar, textures=avatar.textures | maps)


def skin_tree(name: str) -> bpy.types.NodeTree:
    head = bpy.data.objects[name]
    return next(slot.material.node_tree for slot in head.material_slots if slot.material.name.endswith("skin"))


def test_the_normal_map_reaches_the_surface(with_maps: Avatar, scene: bpy.types.Scene) -> None:
    tree = skin_tree(build_avatar(with_maps, scene).head)
    surface = next(node for node in tree.nodes if node.type == "BSDF_PRINCIPLED")
    bump = surface.inputs["Normal"].links[0].from_node
    normal_map = bump.inputs["Normal"].links[0].from_node
    assert (normal_map.type, normal_map.space) == ("NORMAL_MAP", "TANGENT")
    image = normal_map.inputs["Color"].links[0].from_node.image
    assert image.colorspace_settings.name == "Non-Color"
    # The relief is in the normals already: displaced as well, it would show twice.
    assert not tree.get_output_node("ALL").inputs["Displacement"].is_linked


def test_displacement_alone_is_linked_in_metres(with_maps: Avatar, scene: bpy.types.Scene) -> None:
    textures = {role: path for role, path in with_maps.textures.items() if role != "normal"}
    tree = skin_tree(build_avatar(replace(with_maps, textures=textures), scene).head)
    node = tree.get_output_node("ALL").inputs["Displacement"].links[0].from_node
    height = node.inputs["Height"].links[0].from_node.image.pixels[0]
    moved = (height - node.inputs["Midlevel"].default_value) * node.inputs["Scale"].default_value
    assert moved == pytest.approx(DISPLACEMENT_SPAN / 4, rel=1e-3)


def test_without_maps_the_material_has_no_relief(avatar: Avatar, scene: bpy.types.Scene) -> None:
    tree = skin_tree(build_avatar(avatar, scene).head)
    assert not {"NORMAL_MAP", "DISPLACEMENT"} & {node.type for node in tree.nodes}


def test_non_commercial_models_mark_the_head(avatar: Avatar, scene: bpy.types.Scene) -> None:
    source = {"name": "DECA", "licence": "research", "what": "expression", "use": "non-commercial"}
    marked = bpy.data.objects[build_avatar(replace(avatar, sources=(*avatar.sources, source)), scene).head]
    assert marked["licence"] == "Non-commercial use only: made with DECA"
    assert marked["portrait_avatar"]["non_commercial"] == "DECA"
    free = bpy.data.objects[build_avatar(avatar, scene).head]
    assert "licence" not in free
    assert free["portrait_avatar"]["non_commercial"] == ""
