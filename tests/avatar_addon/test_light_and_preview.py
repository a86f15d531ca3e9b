# SPDX-License-Identifier: GPL-3.0-or-later
"""The light's brightness and the preview pictures."""

from __future__ import annotations

from dataclasses import replace

import bpy
import numpy as np
import pytest
from portrait_avatar.avatar_addon.compat import enable_nodes
from portrait_avatar.avatar_addon.preview.bust_fade import FADE_LENGTH, edge_share
from portrait_avatar.avatar_addon.preview.render import render_views, view_names
from portrait_avatar.avatar_addon.preview.views import (
    chin_height,
    crop_to_subject,
    portrait_camera,
    portrait_subject,
    project,
)
from portrait_avatar.avatar_addon.scene.datablocks import snapshot
from portrait_avatar.avatar_addon.scene.lighting import AMBIENT, FRONTAL_RADIANCE, RIG, face_center
from portrait_avatar.tests.avatar_addon.geometry import evaluated_positions


def test_a_white_plane_at_the_face_reads_as_calibrated(avatar, built, scene, folder):
    collection = bpy.data.collections[built.collection]
    for name in (built.head, built.hair):
        bpy.data.objects[name].hide_render = True
    center = face_center(avatar.head)
    mesh = bpy.data.meshes.new("plane")
    mesh.from_pydata([(-0.01, 0, -0.01), (0.01, 0, -0.01), (0.01, 0, 0.01), (-0.01, 0, 0.01)], [], [(0, 1, 2, 3)])
    plane = bpy.data.objects.new("plane", mesh)
    plane.location = center
    white = bpy.data.materials.new("white")
    surface = enable_nodes(white).nodes["Principled BSDF"].inputs
    surface["Base Color"].default_value, surface["Specular IOR Level"].default_value = (1, 1, 1, 1), 0.0
    mesh.materials.append(white)
    collection.objects.link(plane)
    camera = bpy.data.objects.new("camera", bpy.data.cameras.new("camera"))
    camera.location, camera.rotation_euler.x = center - np.array([0, 1, 0]), np.pi / 2
    camera.data.lens = 2000
    scene.collection.objects.link(camera)
    scene.camera = camera
    assert _rendered(scene, folder / "white.png", stops=-1.0) == pytest.approx(FRONTAL_RADIANCE, abs=0.05)


def test_frontal_shares_and_ambient_make_the_calibration():
    assert sum(light.share for light in RIG if not light.facing_light) + AMBIENT == pytest.approx(FRONTAL_RADIANCE)


def test_the_rig_leaves_the_users_scene_dark(built, scene, folder):
    for name in (built.head, built.hair):
        bpy.data.objects[name].hide_render = True
    scene.world = bpy.data.worlds.new("black")
    enable_nodes(scene.world).nodes["Background"].inputs["Color"].default_value = (0, 0, 0, 1)
    bpy.ops.mesh.primitive_plane_add(size=5, location=(0, 0.1, 0), rotation=(np.pi / 2, 0, 0))
    assert _rendered(scene, folder / "users.png", stops=0.0) < 0.01


def test_views_show_the_whole_head(avatar):
    subject = portrait_subject(avatar)
    skin = avatar.head.vertices[avatar.head.vertices[:, 2] > subject.low[2]]
    for degrees in (0, 30, 90):
        camera = portrait_camera(subject, degrees, 384, 480)
        pixels = project(camera, skin)
        assert (pixels >= 0).all()
        assert (pixels <= (384, 480)).all()
    left_ear = np.array([[0.08, 0.0, 0.0]])
    assert project(portrait_camera(subject, 0, 384, 480), left_ear)[0, 0] > 192


def test_same_view_is_a_crop_of_the_photo(avatar):
    camera, box = crop_to_subject(avatar.camera, portrait_subject(avatar), 384, 480)
    assert box[0] >= 0
    assert box[1] >= 0
    assert box[2] <= avatar.camera.width
    assert box[3] <= avatar.camera.height
    assert (box[2] - box[0]) / (box[3] - box[1]) == pytest.approx(384 / 480)
    points = avatar.head.vertices[::100]
    in_photo = project(avatar.camera, points)
    scaled = (in_photo - box[:2]) * 384 / (box[2] - box[0])
    np.testing.assert_allclose(project(camera, points), scaled, atol=1e-6)


def test_pictures_differ_and_the_scene_is_left_as_it_was(avatar, built, scene, folder):
    before, geometry = snapshot(), evaluated_positions(bpy.data.objects[built.head])
    nodes = len(bpy.data.materials["stand in skin"].node_tree.nodes)
    pictures = render_views(avatar, built, folder, ("same_view", "front", "surprise"), (64, 80), samples=1)
    added = {block.name for kind, blocks in snapshot().items() for block in blocks - before[kind]}
    assert added <= {"Render Result"}
    assert bpy.data.scenes[:] == [scene]
    skin = bpy.data.materials["stand in skin"].node_tree
    assert len(skin.nodes) == nodes
    assert skin.get_output_node("ALL").inputs["Surface"].links[0].from_node.type == "BSDF_PRINCIPLED"
    assert "bust_edge" not in bpy.data.objects[built.head].data.attributes
    np.testing.assert_allclose(evaluated_positions(bpy.data.objects[built.head]), geometry, atol=1e-7)
    pixels = {view: _pixels(path) for view, (path, _) in pictures.items()}
    assert pixels["front"].shape == (80, 64, 3)
    assert np.abs(pixels["front"] - pixels["surprise"]).max() > 0.02
    assert pictures["front"][1] is None
    grey = pixels["front"][-2, 1]
    assert np.ptp(grey) < 0.02
    assert 0.3 < grey.mean() < 0.7


@pytest.mark.parametrize("chin", [-0.06, -0.09])
def test_the_fade_begins_at_the_open_edge_and_ends_below_the_chin(avatar, chin):
    weights = np.where(avatar.head.vertices[:, 2:] > chin, avatar.head.skin_weights, (0, 1, 0, 0, 0))
    head = replace(avatar.head, skin_weights=weights)
    assert (edge_share(head) == 1).all()  # the egg is closed
    skin = head.face_parts == head.part_names.index("skin")
    low = skin & (head.vertices[head.faces[:, :3], 2].max(1) < -0.1)
    opened = replace(head, faces=head.faces[~low], face_parts=head.face_parts[~low])
    share = edge_share(opened)
    on_edge = np.flatnonzero(share == 0)
    assert len(on_edge) == 48
    edge = head.vertices[on_edge, 2]
    assert np.ptp(edge) < 1e-6
    rest = np.unique(opened.faces[opened.face_parts == 0][:, :3])
    heights = head.vertices[rest, 2] - edge.mean()
    length = min(FADE_LENGTH, (chin_height(head) - edge.mean()) / 2)
    assert (share[rest] >= np.minimum(heights / length, 1) - 1e-4).all()
    assert (share[rest[heights >= length]] == 1).all()  # no step at the chin


def test_contact_sheet_order(avatar):
    assert view_names(avatar) == ("same_view", "front", "thirty", "profile", *avatar.head.emotion_names)


def _rendered(scene: bpy.types.Scene, path, stops: float) -> float:
    """Mean linear value of the middle of a small Cycles picture, taken ``stops`` darker so that white does not clip."""
    scene.render.engine = "CYCLES"
    scene.cycles.device, scene.cycles.samples, scene.cycles.use_denoising = "CPU", 64, False
    scene.render.resolution_x = scene.render.resolution_y = 16
    scene.view_settings.view_transform, scene.view_settings.exposure = "Standard", stops
    scene.render.image_settings.file_format = "PNG"
    scene.render.filepath = str(path)
    bpy.ops.render.render(write_still=True, scene=scene.name)
    middle = _pixels(path)[4:12, 4:12]
    linear = np.where(middle <= 0.04045, middle / 12.92, ((middle + 0.055) / 1.055) ** 2.4)
    return float(linear.mean() / 2**stops)


def _pixels(path) -> np.ndarray:
    image = bpy.data.images.load(str(path))
    pixels = np.array(image.pixels[:], np.float32).reshape(image.size[1], image.size[0], 4)[..., :3]
    bpy.data.images.remove(image)
    return pixels
