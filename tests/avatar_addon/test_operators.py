# SPDX-License-Identifier: GPL-3.0-or-later
"""The thin layer a user presses."""

from __future__ import annotations

import bpy
import pytest
from portrait_avatar import avatar_addon
from portrait_avatar.avatar_addon.registration import CLASSES
from portrait_avatar.inference.bundle_io import write_bundle
from portrait_avatar.inference.bundle_zip import zip_bundle


@pytest.fixture
def registered(scene):
    avatar_addon.register()
    yield
    avatar_addon.unregister()


def test_register_and_unregister_leave_nothing(scene):
    avatar_addon.register()
    assert all(cls.is_registered for cls in CLASSES)
    avatar_addon.unregister()
    assert not any(cls.is_registered for cls in CLASSES)
    assert not hasattr(bpy.types, "AVATAR_PT_main")


@pytest.mark.parametrize("form", ["json", "folder", "zip"])
def test_import_bundle(registered, avatar, folder, form):
    bundle = write_bundle(avatar, folder / "bundle")
    path = {"json": bundle / "avatar.json", "folder": bundle, "zip": folder / "bundle.zip"}[form]
    if form == "zip":
        zip_bundle(bundle, path)
    assert bpy.ops.avatar.import_bundle(filepath=str(path)) == {"FINISHED"}
    assert bpy.context.view_layer.objects.active["portrait_avatar"]["name"] == "stand in"
    assert bpy.data.images["stand in skin"].size[0] == 256


def test_a_broken_bundle_is_one_sentence(registered, folder):
    (folder / "avatar.json").write_text("[]")
    with pytest.raises(RuntimeError, match="damaged"):
        bpy.ops.avatar.import_bundle(filepath=str(folder / "avatar.json"))
    assert not bpy.data.objects


def test_import_waits_for_object_mode(registered, avatar, folder):
    bundle = write_bundle(avatar, folder / "bundle")
    bpy.ops.mesh.primitive_cube_add()
    bpy.ops.object.mode_set(mode="EDIT")
    assert not bpy.ops.avatar.import_bundle.poll()
    bpy.ops.object.mode_set(mode="OBJECT")
    assert bpy.ops.avatar.import_bundle(filepath=str(bundle)) == {"FINISHED"}


def test_export(registered, built, folder):
    assert bpy.ops.avatar.export(filepath=str(folder / "out"), kind="obj") == {"FINISHED"}
    assert (folder / "out.obj").stat().st_size > 1000


def test_export_needs_an_avatar(registered):
    assert not bpy.ops.avatar.export.poll()
