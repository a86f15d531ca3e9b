# SPDX-License-Identifier: GPL-3.0-or-later
"""Changing hairstyles on heads of different shapes."""

from __future__ import annotations

from pathlib import Path

import bpy
import numpy as np
import pytest
from portrait_avatar import avatar_addon
from portrait_avatar.avatar_addon.hair import library
from portrait_avatar.avatar_addon.hair.fit import fit_style, warp
from portrait_avatar.avatar_addon.hair.wear import show_hair, take_off, wear_style
from portrait_avatar.avatar_addon.scene.assemble import build_avatar
from portrait_avatar.avatar_addon.scene.avatars import avatar_objects
from portrait_avatar.avatar_addon.scene.hair_scalp import read_scalp
from portrait_avatar.avatar_addon.scene.hair_worn import hair_objects, photo_hair, worn_hair
from portrait_avatar.avatar_addon.scene.head_object import add_shape_key
from portrait_avatar.inference.bundle_style import read_style, write_style
from portrait_avatar.inference.errors import AvatarError
from portrait_avatar.tests.avatar_addon.geometry import strand_points
from portrait_avatar.tests.avatar_addon.hair_styles import deepest, make_style, other_head


@pytest.fixture
def head_object(built) -> bpy.types.Object:
    return bpy.data.objects[built.head]


@pytest.fixture
def style_folder(avatar, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A library of two styles."""
    monkeypatch.setattr(library, "style_folders", lambda: (tmp_path,))
    for name in ("first", "second"):
        write_style(make_style(avatar, name), tmp_path / f"{name}.npz")
    return tmp_path


def under_hair(head_object: bpy.types.Object) -> float:
    values = np.empty(len(head_object.data.vertices), np.float32)
    head_object.data.attributes["under_hair"].data.foreach_get("value", values)
    return float(values.sum())


def test_the_file_keeps_a_style(avatar, tmp_path: Path):
    style = make_style(avatar)
    write_style(style, tmp_path / "style.npz")
    found = read_style(tmp_path / "style.npz")
    assert found.info == style.info
    assert np.abs(found.points - style.points).max() < 0.0004
    assert np.abs(found.root_uv - style.root_uv).max() < 1e-4
    assert (tmp_path / "style.npz").stat().st_size < style.points.size * 1.5


@pytest.mark.parametrize("damage", ["truncated", "empty", "not a zip", "huge", "other"])
def test_a_damaged_style_is_one_sentence(avatar, tmp_path: Path, damage):
    path = tmp_path / "style.npz"
    write_style(make_style(avatar), path)
    if damage == "truncated":
        path.write_bytes(path.read_bytes()[:2000])
    elif damage == "empty":
        path.write_bytes(b"")
    elif damage == "not a zip":
        path.write_text("hair")
    else:
        with np.load(path) as stored:
            arrays = dict(stored)
        if damage == "huge":
            arrays["low"] = np.zeros((300, 3, 400), np.uint8)
        else:
            arrays["meta"] = np.frombuffer(b"[]", np.uint8)
        np.savez_compressed(path, **arrays)
    with pytest.raises(AvatarError, match=r"style\.npz cannot be used") as caught:
        read_style(path)
    assert caught.value.code == "style_invalid"


def test_an_affine_change_of_the_head_is_followed_exactly():
    random = np.random.default_rng(0)
    source, points = random.normal(size=(40, 3)), random.normal(size=(5, 7, 3))
    matrix = np.array([[1.2, 0.1, 0], [0, 0.9, 0.1], [0.05, 0, 1.1]])
    np.testing.assert_allclose(warp(source, source @ matrix + 0.3, points), points @ matrix + 0.3, atol=1e-4)


def test_its_own_head_wears_a_style_unchanged(avatar, head_object):
    style = make_style(avatar)
    hair = fit_style(style, read_scalp(head_object), avatar.hair.color)
    assert np.abs(hair.points - style.points).max() < 0.001


@pytest.mark.parametrize("factors", [(1.0, 1.0, 1.0), (1.12, 0.93, 1.06), (0.9, 1.1, 0.95)])
def test_no_guide_runs_through_a_head(avatar, scene, factors):
    head_object = bpy.data.objects[build_avatar(other_head(avatar, factors), scene).head]
    hair = fit_style(make_style(avatar), read_scalp(head_object), avatar.hair.color)
    assert len(hair.points) == len(avatar.hair.points)
    assert deepest(hair.points, factors) < 0.001
    roots = np.linalg.norm(hair.points[:, 0] / (np.array(factors) * (0.075, 0.095, 0.12)), axis=1)
    np.testing.assert_allclose(roots, 1.0, atol=0.01)


def test_worn_hair_follows_shape_keys(avatar, head_object):
    hair_object = wear_style(head_object, make_style(avatar))
    before, _ = strand_points(hair_object)
    add_shape_key(head_object, "lift", avatar.head.vertices + np.array([0, 0, 0.01])).value = 1.0
    after, _ = strand_points(hair_object)
    np.testing.assert_allclose(after - before, np.broadcast_to((0, 0, 0.01), before.shape), atol=5e-5)


def test_the_old_hair_is_hidden_or_removed_but_never_the_photos(avatar, head_object):
    own = photo_hair(head_object)
    first = wear_style(head_object, make_style(avatar, "first"))
    assert worn_hair(head_object) == first
    assert avatar_objects(head_object).hair == first.name
    assert own.hide_render
    assert own.hide_viewport
    second = wear_style(head_object, make_style(avatar, "second"), replace=True)
    assert hair_objects(head_object) == [own, second]
    assert show_hair(head_object, own) == worn_hair(head_object) == own
    # The hidden one comes back as it was.
    second["Length"] = 0.5
    assert wear_style(head_object, make_style(avatar, "second")) == second
    assert second["Length"] == 0.5
    take_off(head_object)
    assert worn_hair(head_object) is None
    assert avatar_objects(head_object).hair is None


def test_the_persons_colour_stays(avatar, head_object):
    own = worn_hair(head_object)
    own["Grey"] = 0.7
    hair_object = wear_style(head_object, make_style(avatar))
    assert hair_object["Grey"] == pytest.approx(0.7)
    assert hair_object.data.materials[0] == own.data.materials[0]


def test_a_bald_avatar_gets_hair(avatar, scene):
    head_object = bpy.data.objects[build_avatar(other_head(avatar), scene).head]
    hair_object = wear_style(head_object, make_style(avatar))
    assert hair_object.data.materials[0].name == "other hair"
    assert under_hair(head_object) > 10
    take_off(head_object, replace=True)
    assert under_hair(head_object) == 0
    assert not hair_objects(head_object)


def test_the_operator(avatar, built, style_folder):
    avatar_addon.register()
    try:
        head_object = bpy.data.objects[built.head]
        assert bpy.ops.avatar.wear_hairstyle(style="first") == {"FINISHED"}
        assert worn_hair(head_object)["hairstyle"] == "first"
        identifier = "hairstyles.blend/Object/Second"
        assert bpy.ops.avatar.wear_hairstyle(relative_asset_identifier=identifier, replace=True) == {"FINISHED"}
        assert [item["hairstyle"] for item in hair_objects(head_object)] == ["stand-in", "second"]
        assert bpy.ops.avatar.wear_hairstyle(style="photo") == {"FINISHED"}
        assert worn_hair(head_object) == photo_hair(head_object)
        assert bpy.ops.avatar.wear_hairstyle(style="bald") == {"FINISHED"}
        assert worn_hair(head_object) is None
        with pytest.raises(RuntimeError, match="choose one of first, second"):
            bpy.ops.avatar.wear_hairstyle(style="../first")
    finally:
        avatar_addon.unregister()


def test_wearing_is_one_undo_step(avatar, built, style_folder):
    avatar_addon.register()
    try:
        bpy.ops.ed.undo_push(message="before")
        bpy.ops.avatar.wear_hairstyle("EXEC_DEFAULT", True, style="first")
        bpy.ops.ed.undo()
        head_object = bpy.data.objects[built.head]
        assert [item["hairstyle"] for item in hair_objects(head_object)] == ["stand-in"]
        assert worn_hair(head_object) is not None
        bpy.ops.ed.redo()
        assert worn_hair(bpy.data.objects[built.head])["hairstyle"] == "first"
    finally:
        avatar_addon.unregister()
