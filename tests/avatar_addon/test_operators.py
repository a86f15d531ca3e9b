# SPDX-License-Identifier: GPL-3.0-or-later
"""The thin layer a user presses, and what registering it costs and leaves."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import bpy
import pytest
from portrait_avatar import avatar_addon
from portrait_avatar.avatar_addon.registration import CLASSES
from portrait_avatar.avatar_addon.settings import kept_settings
from portrait_avatar.inference.bundle_io import write_bundle
from portrait_avatar.inference.bundle_zip import zip_bundle

START = """
import socket, sys, types
package = types.ModuleType("portrait_avatar")
package.__path__ = [sys.argv[1]]
sys.modules["portrait_avatar"] = package
import bpy
def no_network(*_):
    raise AssertionError("the add-on opened a socket at start")
for name in [name for name in sys.modules if name.split(".")[0] in ("numpy", "subprocess")]:
    del sys.modules[name]
socket.socket.connect = no_network
from portrait_avatar import avatar_addon
avatar_addon.register()
print("loaded:", *sorted({name.split(".")[0] for name in sys.modules}))
avatar_addon.unregister()
sys.stdout.flush()
import os
os._exit(0)
"""


@pytest.fixture
def registered(scene):
    avatar_addon.register()
    yield
    avatar_addon.unregister()


def traces() -> dict[str, object]:
    """What an add-on could leave in Blender."""
    handlers = {name: len(getattr(bpy.app.handlers, name)) for name in dir(bpy.app.handlers) if name[0] != "_"
                and isinstance(getattr(bpy.app.handlers, name), list)}  # fmt: skip
    menus = {
        name: len(getattr(getattr(bpy.types, name).draw, "_draw_funcs", ()))
        for name in ("TOPBAR_MT_file_import", "TOPBAR_MT_file_export")
    }
    ours = [name for name in dir(bpy.types) if name.startswith("AVATAR_")]
    return {
        "handlers": handlers,
        "menus": menus,
        "types": ours,
        "window manager": hasattr(bpy.types.WindowManager, "portrait_avatar"),
        "libraries": len(bpy.context.preferences.filepaths.asset_libraries),
    }


def test_a_hundred_times_registered_leaves_nothing(scene):
    avatar_addon.register()
    assert all(cls.is_registered for cls in CLASSES)
    avatar_addon.unregister()
    before = traces()
    for _ in range(100):
        avatar_addon.register()
        avatar_addon.unregister()
    assert traces() == before
    assert not any(cls.is_registered for cls in CLASSES)
    assert not before["types"]


def test_starting_needs_neither_numpy_nor_network(repository):
    done = subprocess.run(
        [sys.executable, "-c", START, str(repository)], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    loaded = done.stdout.split("loaded:")[1].split()
    assert not {"numpy", "subprocess"} & set(loaded)


def test_a_failing_module_takes_the_others_back(scene, monkeypatch):
    from portrait_avatar.avatar_addon import registration

    monkeypatch.setattr(registration.MODULES[-2], "register", lambda: 1 / 0, raising=False)
    monkeypatch.setattr(registration.MODULES[-2], "unregister", lambda: None, raising=False)
    with pytest.raises(ZeroDivisionError):
        avatar_addon.register()
    assert not any(cls.is_registered for cls in CLASSES)
    assert not hasattr(bpy.types.WindowManager, "portrait_avatar")


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
    # Not inside the cube.
    assert bpy.context.view_layer.objects.active.parent.location.x > 1.0


def test_undo_redo_save_reload(registered, avatar, folder):
    bundle = write_bundle(avatar, folder / "bundle")
    bpy.ops.ed.undo_push(message="start")
    for number in (1, 2):
        bpy.ops.avatar.import_bundle(filepath=str(bundle))
        bpy.ops.ed.undo_push(message=f"avatar {number}")
    names = sorted(bpy.data.objects.keys())
    bpy.ops.ed.undo()
    bpy.ops.ed.undo()
    assert not bpy.data.objects
    bpy.ops.ed.redo()
    bpy.ops.ed.redo()
    assert sorted(bpy.data.objects.keys()) == names
    bpy.ops.wm.save_as_mainfile(filepath=str(folder / "saved.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(folder / "saved.blend"))
    assert sorted(bpy.data.objects.keys()) == names
    bpy.ops.avatar.import_bundle(filepath=str(bundle))
    assert bpy.ops.avatar.export(filepath=str(folder / "a.obj"), kind="obj") == {"FINISHED"}


@pytest.mark.parametrize("link", [False, True])
def test_append_and_link(registered, avatar, folder, link):
    bundle = write_bundle(avatar, folder / "bundle")
    bpy.ops.avatar.import_bundle(filepath=str(bundle))
    bpy.ops.wm.save_as_mainfile(filepath=str(folder / "saved.blend"))
    bpy.ops.wm.read_factory_settings(use_empty=True)
    with bpy.data.libraries.load(str(folder / "saved.blend"), link=link) as (_, wanted):
        wanted.collections = ["stand in"]
    bpy.context.scene.collection.children.link(wanted.collections[0])
    head_object = bpy.data.objects["stand in head"]
    assert len(head_object.data.shape_keys.key_blocks) > 52
    assert bpy.data.objects["stand in hair"].data.surface == head_object
    assert all(curve.driver.is_valid for curve in head_object.data.shape_keys.animation_data.drivers)


def test_export_remembers_its_choices(registered, built, folder):
    assert bpy.ops.avatar.export(filepath=str(folder / "out"), kind="obj", strands=300, points=4) == {"FINISHED"}
    small = (folder / "out.obj").stat().st_size
    assert bpy.ops.avatar.export(filepath=str(folder / "again")) == {"FINISHED"}
    # The .mtl has another name in it.
    assert abs((folder / "again.obj").stat().st_size - small) < 10
    assert kept_settings(bpy.context).export.strands == 300


def test_zip_with_everything(registered, avatar, folder):
    bundle = write_bundle(avatar, folder / "bundle")
    bpy.ops.avatar.import_bundle(filepath=str(bundle))
    assert bpy.ops.avatar.export(filepath=str(folder / "all.zip"), kind="zip", strands=200) == {"FINISHED"}
    with zipfile.ZipFile(folder / "all.zip") as packed:
        names = set(packed.namelist())
    assert {"all.fbx", "all.obj", "all.mtl", "all.glb", "stand_in_skin.png", "bundle/avatar.json"} <= names


def test_a_place_that_cannot_be_written(registered, built, folder):
    (folder / "file").write_text("")
    with pytest.raises(RuntimeError):
        bpy.ops.avatar.export(filepath=str(folder / "file" / "a.obj"), kind="obj")
    assert not [item for item in bpy.data.objects if item.name.startswith("stand_in")]


def test_export_needs_an_avatar(registered):
    assert not bpy.ops.avatar.export.poll()


def test_every_word_can_be_translated(registered):
    """Labels and descriptions are English sentences in the classes, where Blender's translation finds them."""
    for cls in CLASSES:
        if issubclass(cls, bpy.types.Operator):
            assert cls.bl_label
            assert cls.__doc__ or cls.bl_rna.description, cls


def test_the_repository_has_no_absolute_imports_of_itself(repository: Path):
    for path in (repository / "avatar_addon").rglob("*.py"):
        assert "import portrait_avatar" not in path.read_text(encoding="utf-8"), path
