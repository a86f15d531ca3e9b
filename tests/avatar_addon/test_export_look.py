# SPDX-License-Identifier: GPL-3.0-or-later
"""The sliders of eyes and skin reach exported textures, as Cycles renders them."""

from __future__ import annotations

import colorsys

import bpy
import numpy as np
import pytest
from portrait_avatar.avatar_addon.export.look import apply_look
from portrait_avatar.avatar_addon.scene.eye_material import IRIS_CHANGE_NODE, IRIS_COLOR_NODE, IRIS_LIGHT_NODE
from portrait_avatar.avatar_addon.scene.skin_material import TONE_NODE


def linear(encoded: np.ndarray) -> np.ndarray:
    return np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)


def colors(image: bpy.types.Image) -> np.ndarray:
    return np.array(image.pixels[:]).reshape(image.size[1], image.size[0], 4)[..., :3]


def copied(name: str) -> tuple[bpy.types.Material, bpy.types.Image, np.ndarray]:
    material = bpy.data.materials[f"stand in {name}"]
    image = next(node.image for node in material.node_tree.nodes if node.type == "TEX_IMAGE")
    return material, image.copy(), colors(image)


def test_an_untouched_avatar_keeps_its_files(built):
    for name in ("skin", "eyes"):
        material, image, _ = copied(name)
        data = image.packed_file.data
        apply_look(material, image)
        assert image.packed_file.data == data


def test_skin(built):
    material, image, before = copied("skin")
    node = material.node_tree.nodes[TONE_NODE]
    node.inputs["Saturation"].default_value, node.inputs["Value"].default_value = 0.4, 0.8
    apply_look(material, image)
    for row, column in ((3, 5), (100, 200)):
        hue, saturation, value = colorsys.rgb_to_hsv(*linear(before[row, column]))
        wanted = colorsys.hsv_to_rgb(hue, saturation * 0.4, value * 0.8)
        np.testing.assert_allclose(linear(colors(image)[row, column]), wanted, atol=0.004)
    # The packed file is the changed one: exporters write that.
    assert image.packed_file.data.startswith(b"\x89PNG")


def test_iris_alone_changes(built):
    material, image, before = copied("eyes")
    nodes = material.node_tree.nodes
    nodes[IRIS_CHANGE_NODE].inputs[1].default_value = 1.0
    nodes[IRIS_LIGHT_NODE].inputs["Value"].default_value = 1.5
    chosen = [socket for socket in nodes[IRIS_COLOR_NODE].inputs if socket.type == "RGBA"][1]
    chosen.default_value = (0.1, 0.2, 0.6, 1.0)
    apply_look(material, image)
    after = colors(image)
    size = len(after)
    np.testing.assert_array_equal(after[2], before[2])
    hue, saturation, _ = colorsys.rgb_to_hsv(0.1, 0.2, 0.6)
    place = (size // 2, size // 2 + size // 8)
    value = linear(before[place]).max()
    wanted = colorsys.hsv_to_rgb(hue, saturation, min(1.5 * value, 1))
    np.testing.assert_allclose(linear(after[place]), wanted, atol=0.006)


@pytest.mark.slow
def test_the_formulas_are_blenders(scene):
    """Emission of each node's result on a plane, rendered by Cycles, against ours."""
    from portrait_avatar.avatar_addon.export.look import hue_saturation
    from portrait_avatar.avatar_addon.scene.nodes import add_node, finish, new_material

    bpy.ops.mesh.primitive_plane_add(size=4)
    material, tree = new_material("m")
    node = add_node(tree, "ShaderNodeHueSaturation", {"Hue": 0.6, "Saturation": 1.3, "Value": 0.7})
    node.inputs["Color"].default_value = (0.4, 0.2, 0.1, 1.0)
    light = add_node(tree, "ShaderNodeEmission", {"Color": node.outputs["Color"]})
    finish(tree, light.outputs["Emission"])
    bpy.context.object.data.materials.append(material)
    camera = bpy.data.objects.new("c", bpy.data.cameras.new("c"))
    camera.location.z = 2
    scene.collection.objects.link(camera)
    scene.camera, scene.render.engine = camera, "CYCLES"
    scene.cycles.samples, scene.cycles.use_denoising = 1, False
    scene.render.resolution_x = scene.render.resolution_y = 4
    scene.view_settings.view_transform = "Raw"
    scene.render.image_settings.file_format = "OPEN_EXR"
    path = bpy.app.tempdir + "look.exr"
    scene.render.filepath = path
    bpy.ops.render.render(write_still=True)
    rendered = np.array(bpy.data.images.load(path).pixels[:]).reshape(-1, 4)[5, :3]
    ours = hue_saturation(np.array([[[0.4, 0.2, 0.1]]]), node, 1.0)[0, 0]
    np.testing.assert_allclose(ours, rendered, atol=0.003)
