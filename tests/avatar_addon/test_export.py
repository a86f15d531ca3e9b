# SPDX-License-Identifier: GPL-3.0-or-later
"""Every format, read back by Blender and compared."""

from __future__ import annotations

import zipfile
from pathlib import Path

import bpy
import numpy as np
import pytest
from portrait_avatar.avatar_addon.export import files
from portrait_avatar.avatar_addon.export.bundle_zip import write_zip
from portrait_avatar.avatar_addon.export.fbx import write_fbx
from portrait_avatar.avatar_addon.export.hair_mesh import HairDetail
from portrait_avatar.avatar_addon.export.obj import write_obj
from portrait_avatar.avatar_addon.export.options import ExportOptions, export_options
from portrait_avatar.avatar_addon.scene.armature import set_pose
from portrait_avatar.avatar_addon.scene.datablocks import snapshot
from portrait_avatar.tests.avatar_addon.geometry import (
    corner_vertices,
    evaluated_positions,
    farthest_match,
    in_world,
    key_positions,
    nearest,
    rest_positions,
    uv_of,
)

TOLERANCE = 1e-4
RIGGED = ("fbx", "glb")


@pytest.mark.parametrize("kind", RIGGED)
def test_shape_keys_and_mesh_come_back(avatar, built, folder, kind):
    names = [key.name for key in bpy.data.objects[built.head].data.shape_keys.key_blocks]
    files.write(kind, built, folder / f"a.{kind}")
    head_object = read_back(folder / f"a.{kind}")["stand_in_head"]
    assert [key.name for key in head_object.data.shape_keys.key_blocks] == names
    positions = [in_world(head_object, key_positions(head_object, name)) for name in ("Basis", *avatar.head.key_names)]
    wanted = np.concatenate([avatar.head.vertices[None], avatar.head.vertices + avatar.head.key_deltas])
    # Where a vertex lies and where a mixture of all keys takes it tells apart vertices that lie in one place.
    mixture = np.random.default_rng(0).normal(size=len(wanted))[:, None, None]
    found_rows = np.c_[positions[0], (mixture * positions).sum(0)]
    wanted_rows = np.c_[wanted[0], (mixture * wanted).sum(0)]
    partner = nearest(found_rows, wanted_rows)
    assert farthest_match(positions[0], wanted[0]) < TOLERANCE
    assert np.abs(np.array(positions) - wanted[:, partner]).max() < TOLERANCE


@pytest.mark.parametrize("kind", [*RIGGED, "obj"])
def test_uv_and_textures_come_back(avatar, built, folder, kind):
    files.write(kind, built, folder / f"a.{kind}")
    head_object = read_back(folder / f"a.{kind}")["stand_in_head"]
    head = avatar.head
    found = np.c_[in_world(head_object, rest_positions(head_object))[corner_vertices(head_object)], uv_of(head_object)]
    wanted = np.c_[head.vertices[head.faces[head.faces >= 0]], head.uv[head.uv_faces[head.uv_faces >= 0]]]
    assert farthest_match(found, wanted) < 2 * TOLERANCE
    textured = {
        material.name: node.image
        for material in head_object.data.materials
        for node in material.node_tree.nodes
        if node.type == "TEX_IMAGE"
    }
    assert set(textured) == {"stand_in_skin", "stand_in_eyes"}
    assert tuple(textured["stand_in_skin"].size) == (256, 256)
    pixels = np.array(textured["stand_in_skin"].pixels[:4])
    np.testing.assert_allclose(pixels[:3] * 255, (195, 148, 122), atol=1)
    assert len(head_object.data.materials) == len(head.part_names)
    if kind == "glb":
        one_sided = [material.name for material in head_object.data.materials if material.use_backface_culling]
        assert one_sided == ["stand_in_mouth"]


@pytest.mark.parametrize("kind", RIGGED)
def test_armature_hair_and_sliders_come_back(avatar, built, folder, kind):
    files.write(kind, built, folder / f"a.{kind}")
    objects = read_back(folder / f"a.{kind}")
    assert {"Happiness", "Disgust"} <= set(objects["stand_in_head"].keys())
    rig = next(item for item in objects.values() if item.type == "ARMATURE")
    assert set(rig.data.bones.keys()) == set(avatar.head.joint_names)
    for name, position in zip(avatar.head.joint_names, avatar.head.joint_positions, strict=True):
        np.testing.assert_allclose(rig.matrix_world @ rig.data.bones[name].head_local, position, atol=TOLERANCE)
    rig.pose.bones["head"].rotation_mode = "XYZ"
    rig.pose.bones["head"].rotation_euler = (0.0, 0.5, 0.0)
    for name in ("stand_in_head", "stand_in_hair"):
        item = objects[name]
        moved = (
            np.linalg.norm(evaluated_positions(item) - rest_positions(item), axis=1) * item.matrix_world.to_scale().x
        )
        assert np.median(moved) > 0.01, name


def test_obj_is_the_current_expression_and_pose(built, folder):
    head_object = bpy.data.objects[built.head]
    head_object["Surprise"] = 1.0
    set_pose(bpy.data.objects[built.armature], {"head": (0.0, 0.0, 0.4)})
    expected = evaluated_positions(head_object)
    assert np.abs(expected - rest_positions(head_object)).max() > 0.005
    files.write("obj", built, folder / "a.obj")
    assert {path.name for path in folder.iterdir()} == {"a.obj", "a.mtl", "stand_in_skin.png", "stand_in_eyes.png"}
    found = read_back(folder / "a.obj")["stand_in_head"]
    assert farthest_match(in_world(found, rest_positions(found)), expected) < TOLERANCE


@pytest.mark.parametrize(("kind", "corners"), [("RIBBONS", 2), ("TUBES", 3)])
def test_hair_keeps_its_budget_and_place(avatar, built, folder, kind, corners):
    options = ExportOptions(hair=HairDetail(kind, strands=400, points=6))
    write_fbx(built, folder / "a.fbx", options)
    hair = read_back(folder / "a.fbx")["stand_in_hair"]
    count = len(hair.data.vertices) / (6 * corners)
    assert count == int(count)
    assert 250 < count <= 400
    points = in_world(hair, rest_positions(hair))
    assert (points > avatar.hair.points.min((0, 1)) - 0.01).all()
    assert (points < avatar.hair.points.max((0, 1)) + 0.01).all()


@pytest.mark.parametrize(("preset", "metres"), [("GENERIC", 1.0), ("UNITY", 1.0), ("UNREAL", 0.01)])
def test_what_game_engines_find_in_an_fbx(avatar, built, folder, preset, metres):
    """Read from the file itself: Blender's importer would undo what an engine shows."""
    from io_scene_fbx import parse_fbx

    write_fbx(built, folder / "a.fbx", export_options(preset, 1.0, "RIBBONS", 300, 4))
    root, _ = parse_fbx.parse(str(folder / "a.fbx"))
    settings = {line.props[0]: line.props[-1] for line in _child(_child(root, "GlobalSettings"), "Properties70").elems}
    assert settings[b"UnitScaleFactor"] == pytest.approx(100 * metres)
    assert (settings[b"UpAxis"], settings[b"FrontAxis"]) == (1, 2)
    objects = _child(root, "Objects").elems
    models = {item.props[1].split(b"\0")[0].decode(): item for item in objects if item.id == b"Model"}
    for name in ("stand_in_rig", "stand_in_head", "stand_in_hair"):
        values = {line.props[0]: line.props[-3:] for line in _child(models[name], "Properties70").elems}
        assert values.get(b"Lcl Scaling", [1.0] * 3) == pytest.approx([1.0] * 3, abs=1e-5), name
        turn = values.get(b"Lcl Rotation", [0.0] * 3)
        if preset != "GENERIC":
            assert turn == pytest.approx([0.0] * 3, abs=1e-4), name
    mesh = next(item for item in objects if item.id == b"Geometry" and b"stand_in_head" in item.props[1])
    found = np.array(_child(mesh, "Vertices").props[0]).reshape(-1, 3)
    wanted = avatar.head.vertices / metres
    if preset != "GENERIC":
        # The file's axes: X to the subject's left, Y up, Z ahead.
        wanted = np.stack([wanted[:, 0], wanted[:, 2], -wanted[:, 1]], 1)
    assert np.abs(found - wanted).max() < TOLERANCE / metres


def test_scale_and_no_hair(avatar, built, folder):
    files.write("glb", built, folder / "a.glb", export_options("GENERIC", 2.0, "NONE", 100, 4))
    objects = read_back(folder / "a.glb")
    assert "stand_in_hair" not in objects
    head_object = objects["stand_in_head"]
    assert farthest_match(in_world(head_object, rest_positions(head_object)), 2 * avatar.head.vertices) < TOLERANCE
    rig = next(item for item in objects.values() if item.type == "ARMATURE")
    np.testing.assert_allclose(
        rig.matrix_world @ rig.data.bones["jaw"].head_local, 2 * avatar.head.joint_positions[2], atol=TOLERANCE
    )


@pytest.mark.skipif("usd_export" not in dir(bpy.ops.wm), reason="a Blender without USD")
def test_usd_comes_back(avatar, built, folder):
    files.write("usdc", built, folder / "a.usdc", export_options("GENERIC", 1.0, "RIBBONS", 300, 4))
    assert (folder / "textures").is_dir()
    bpy.ops.wm.read_factory_settings(use_empty=True)
    bpy.ops.wm.usd_import(filepath=str(folder / "a.usdc"))
    bpy.context.view_layer.update()
    heads = [item for item in bpy.data.objects if item.type == "MESH" and item.data.shape_keys]
    assert len(heads) == 1
    names = {key.name for key in heads[0].data.shape_keys.key_blocks}
    assert set(avatar.head.key_names) <= names
    assert farthest_match(in_world(heads[0], rest_positions(heads[0])), avatar.head.vertices) < TOLERANCE


def _child(element, name: str):
    return next(item for item in element.elems if item.id == name.encode())


def test_posed_hair_goes_with_the_head(built, folder):
    write_obj(built, folder / "straight.obj", ExportOptions(hair=HairDetail(strands=300)))
    set_pose(bpy.data.objects[built.armature], {"neck": (0.0, 0.6, 0.0)})
    write_obj(built, folder / "turned.obj", ExportOptions(hair=HairDetail(strands=300)))
    straight, turned = (
        rest_positions(read_back(folder / f"{name}.obj")["stand_in_hair"]).mean(0) for name in ("straight", "turned")
    )
    assert turned[0] - straight[0] > 0.02


@pytest.mark.parametrize("kind", [*RIGGED, "obj"])
def test_the_users_objects_stay_untouched(built, scene, folder, kind):
    head_object, hair_object = bpy.data.objects[built.head], bpy.data.objects[built.hair]
    head_object["Fear"] = 0.7
    other = bpy.data.objects.new("other", None)
    scene.collection.objects.link(other)
    other.select_set(True)
    bpy.context.view_layer.objects.active = other
    set_pose(bpy.data.objects[built.armature], {"jaw": (0.2, 0.0, 0.0)})
    before, geometry = snapshot(), evaluated_positions(head_object)
    materials = [material.name for material in head_object.data.materials]
    modifier = hair_object.modifiers["Interpolate Hair Curves"]
    files.write(kind, built, folder / f"a.{kind}")
    assert snapshot() == before
    np.testing.assert_array_equal(evaluated_positions(head_object), geometry)
    assert [material.name for material in head_object.data.materials] == materials
    assert hair_object.modifiers["Interpolate Hair Curves"] == modifier
    assert bpy.context.selected_objects == [other]
    assert bpy.context.view_layer.objects.active == other
    assert head_object["Fear"] == pytest.approx(0.7)


def test_zip_holds_bundle_and_files(folder):
    bundle = folder / "bundle"
    (bundle / "textures").mkdir(parents=True)
    (bundle / "avatar.json").write_text("{}")
    (bundle / "textures/skin.png").write_bytes(b"picture")
    (folder / "avatar.obj").write_text("o head")
    write_zip(bundle, files.companions(folder), folder / "avatar.zip")
    with zipfile.ZipFile(folder / "avatar.zip") as packed:
        assert packed.testzip() is None
        assert sorted(packed.namelist()) == ["avatar.obj", "bundle/avatar.json", "bundle/textures/skin.png"]
    assert not list(folder.glob(".*partial"))


def read_back(path: Path) -> dict[str, bpy.types.Object]:
    """The objects of an exported file in an empty Blender file, by name."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    if path.suffix == ".fbx":
        bpy.ops.import_scene.fbx(filepath=str(path))
    elif path.suffix == ".glb":
        bpy.ops.import_scene.gltf(filepath=str(path))
    else:
        bpy.ops.wm.obj_import(filepath=str(path))
    bpy.context.view_layer.update()
    return {item.name: item for item in bpy.data.objects}
