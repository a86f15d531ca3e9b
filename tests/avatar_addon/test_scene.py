# SPDX-License-Identifier: GPL-3.0-or-later
"""Bundle to objects."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import bpy
import numpy as np
import pytest
from bpy_extras.object_utils import world_to_camera_view
from mathutils import Vector
from portrait_avatar.avatar_addon.scene.armature import set_pose
from portrait_avatar.avatar_addon.scene.assemble import build_avatar
from portrait_avatar.avatar_addon.scene.avatars import active_head, avatar_objects, find_heads
from portrait_avatar.avatar_addon.scene.datablocks import snapshot
from portrait_avatar.avatar_addon.scene.head_object import PHOTO_KEY
from portrait_avatar.tests.avatar_addon.geometry import (
    corner_vertices,
    evaluated_positions,
    key_positions,
    rest_positions,
    uv_of,
)
from portrait_avatar.tests.avatar_addon.stand_in import ARKIT, JOINT_PARENTS


def test_mesh_is_the_bundles(avatar, built):
    head_object, head = bpy.data.objects[built.head], avatar.head
    assert not head_object.data.validate()
    np.testing.assert_array_equal(rest_positions(head_object), head.vertices)
    np.testing.assert_array_equal(corner_vertices(head_object), head.faces[head.faces >= 0])
    np.testing.assert_allclose(uv_of(head_object), head.uv[head.uv_faces[head.uv_faces >= 0]], atol=1e-6)
    slots = [material.name for material in head_object.data.materials]
    assert slots == [f"stand in {part}" for part in head.part_names]
    indices = np.empty(len(head.faces), np.int32)
    head_object.data.polygons.foreach_get("material_index", indices)
    np.testing.assert_array_equal(indices, head.face_parts)
    assert all(polygon.use_smooth for polygon in head_object.data.polygons)


def test_shape_keys_are_arkits_at_zero(avatar, built):
    head_object = bpy.data.objects[built.head]
    keys = head_object.data.shape_keys.key_blocks
    assert {*ARKIT, PHOTO_KEY} <= set(keys.keys())
    assert all(key.value == 0 and not key.mute for key in keys[1:])
    assert all((key.slider_min, key.slider_max) == (0, 1) for key in keys)
    for index, name in enumerate(ARKIT):
        expected = avatar.head.vertices + avatar.head.key_deltas[index]
        np.testing.assert_allclose(key_positions(head_object, name), expected, atol=1e-7)
    np.testing.assert_allclose(evaluated_positions(head_object), avatar.head.vertices, atol=1e-6)


def test_head_remembers_its_bundle(built):
    mark = bpy.data.objects[built.head]["portrait_avatar"]
    assert mark["head_model"] == "stand-in"
    assert mark["schema_version"] == 1
    assert mark["sources"][0]["licence"] == "CC0"
    assert dict(mark["expression"]) == {"jawOpen": 0.25}


def test_pose_is_linear_blend_skinning(avatar, built):
    head_object, armature = bpy.data.objects[built.head], bpy.data.objects[built.armature]
    pose = {"head": (0.2, 0.1, -0.3), "jaw": (0.35, 0.0, 0.0)}
    set_pose(armature, pose)
    np.testing.assert_allclose(evaluated_positions(head_object), _skinned(avatar.head, pose), atol=2e-5)
    set_pose(armature, {})
    np.testing.assert_allclose(evaluated_positions(head_object), avatar.head.vertices, atol=1e-6)


def test_turning_the_jaw_bone_about_its_x_opens_the_mouth(avatar, built):
    bone = bpy.data.objects[built.armature].pose.bones["jaw"]
    bone.rotation_mode = "XYZ"
    bone.rotation_euler.x = 0.3
    moved = evaluated_positions(bpy.data.objects[built.head]) - avatar.head.vertices
    chin = avatar.head.skin_weights[:, 2].argmax()
    assert moved[chin, 2] < -0.005
    assert abs(moved[chin, 0]) < 1e-6


def test_eye_bones_look_ahead(built):
    for name in ("eye_left", "eye_right"):
        bone = bpy.data.objects[built.armature].data.bones[name]
        assert (bone.tail_local - bone.head_local).normalized().dot((0, -1, 0)) > 0.999


def test_camera_projects_as_the_bundle_says(avatar, built, scene):
    camera_object = bpy.data.objects[built.camera]
    points = avatar.head.vertices[::50]
    camera = avatar.camera
    local = np.c_[points, np.ones(len(points))] @ np.linalg.inv(camera.matrix_world).T
    expected = local[:, :2] * (1, -1) / -local[:, 2:3] * camera.focal_px + camera.center_px
    size = np.array([scene.render.resolution_x, scene.render.resolution_y])
    assert tuple(size) == (camera.width, camera.height)
    seen = np.array([world_to_camera_view(scene, camera_object, Vector(p))[:2] for p in points])
    pixels = np.c_[seen[:, 0], 1 - seen[:, 1]] * size
    assert np.abs(pixels - expected).max() < 0.5
    assert camera_object.data.background_images[0].image.name == "stand in photo"


def test_second_import_leaves_the_first_alone(avatar, scene):
    first = build_avatar(avatar, scene)
    names = {item.name for item in bpy.data.objects}
    bpy.data.objects[first.head]["Anger"] = 0.5
    world, camera = scene.world, scene.camera
    second = build_avatar(avatar, scene)
    bpy.context.view_layer.update()
    assert names < {item.name for item in bpy.data.objects}
    assert not set(first.lights) & set(second.lights)
    assert bpy.data.objects[first.head]["Anger"] == 0.5
    assert bpy.data.objects[second.head]["Anger"] == 0.0
    assert (scene.world, scene.camera) == (world, camera)
    assert len(find_heads(scene)) == 2
    apart = (
        bpy.data.objects[second.head].matrix_world.translation - bpy.data.objects[first.head].matrix_world.translation
    )
    assert apart.x > 0.4
    assert avatar_objects(bpy.data.objects[second.head]) == second
    bpy.context.view_layer.objects.active = bpy.data.objects[second.camera]
    assert active_head(bpy.context).name == second.head


def test_pictures_are_packed(built):
    assert all(image.packed_file is not None for image in bpy.data.images if image.source == "FILE")


def test_the_users_world_and_camera_stay(avatar, scene):
    scene.world = bpy.data.worlds.new("mine")
    scene.camera = bpy.data.objects.new("mine", bpy.data.cameras.new("mine"))
    size = scene.render.resolution_x, scene.render.resolution_y
    build_avatar(avatar, scene)
    assert (scene.world.name, scene.camera.name) == ("mine", "mine")
    assert (scene.render.resolution_x, scene.render.resolution_y) == size


@pytest.mark.parametrize("broken", ["picture", "hair"])
def test_a_failed_import_leaves_nothing(avatar, scene, broken):
    if broken == "picture":
        avatar = replace(avatar, textures={"skin": Path("/nowhere/skin.png")})
    else:
        off_scalp = np.zeros_like(avatar.hair.root_vertices) + len(avatar.head.vertices) - 1
        avatar = replace(avatar, hair=replace(avatar.hair, root_vertices=off_scalp))
    before = snapshot()
    with pytest.raises((RuntimeError, ValueError)):
        build_avatar(avatar, scene)
    assert snapshot() == before


def _skinned(head, pose) -> np.ndarray:
    """Linear blend skinning written out once more, joint by joint."""
    world = []
    for joint, name in enumerate(head.joint_names):
        axis_angle = Vector(pose.get(name, (0, 0, 0)))
        angle = axis_angle.length
        axis = np.array(axis_angle) / angle if angle else np.array([1.0, 0, 0])
        cross = np.array([[0, -axis[2], axis[1]], [axis[2], 0, -axis[0]], [-axis[1], axis[0], 0]])
        rotation = np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross
        place = head.joint_positions[joint].astype(float)
        matrix = np.eye(4)
        matrix[:3, :3], matrix[:3, 3] = rotation, place - rotation @ place
        parent = JOINT_PARENTS[joint]
        world.append(matrix if parent < 0 else world[parent] @ matrix)
    points = np.c_[head.vertices, np.ones(len(head.vertices))]
    moved = np.einsum("jab,vb->jva", np.stack(world), points)[..., :3]
    return np.einsum("vj,jva->va", head.skin_weights, moved)
