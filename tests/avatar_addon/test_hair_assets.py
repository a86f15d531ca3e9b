# SPDX-License-Identifier: GPL-3.0-or-later
"""Hairstyles as assets: the file, the library's entry in the preferences, the shelf, and dropping one."""

from __future__ import annotations

from pathlib import Path

import bpy
import numpy as np
import pytest
from portrait_avatar import avatar_addon
from portrait_avatar.avatar_addon.hair import asset_library, library
from portrait_avatar.avatar_addon.hair.assets import CATALOGS, PREVIEW, catalog, preview_of, write_assets
from portrait_avatar.avatar_addon.hair.drop import STANDS_FOR, wear_dropped
from portrait_avatar.avatar_addon.hair.own_assets import write_own_assets
from portrait_avatar.avatar_addon.hair.pictures import TILE, TURNS
from portrait_avatar.avatar_addon.hair.shelf import AVATAR_AST_hairstyles
from portrait_avatar.avatar_addon.scene.assemble import build_avatar
from portrait_avatar.avatar_addon.scene.datablocks import snapshot
from portrait_avatar.avatar_addon.scene.hair_worn import worn_hair
from portrait_avatar.inference.bundle_style import write_style
from portrait_avatar.tests.avatar_addon.hair_styles import make_style


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Of the person's own styles; empty at first."""
    folder = tmp_path / "own"
    folder.mkdir()
    for module in (library, asset_library):
        monkeypatch.setattr(module, "own_styles", lambda: folder)
    return folder


@pytest.fixture
def assets(avatar, scene, tmp_path: Path) -> Path:
    """An asset file of two styles, one with a picture whose left third is red."""
    image = bpy.data.images.new("picture", TILE * len(TURNS), TILE)
    pixels = np.ones((TILE, TILE * len(TURNS), 4), np.float32)
    pixels[:, :TILE] = (1, 0, 0, 1)
    image.pixels.foreach_set(pixels.ravel())
    image.filepath_raw, image.file_format = str(tmp_path / "first.png"), "PNG"
    image.save()
    styles = [make_style(avatar, name) for name in ("first", "second")]
    material = bpy.data.materials.new("Hairstyle")
    path = write_assets(styles, {"first": preview_of(tmp_path / "first.png")}, material, tmp_path)
    bpy.ops.wm.read_factory_settings(use_empty=True)
    return path


def append(path: Path, title: str) -> bpy.types.Object:
    with bpy.data.libraries.load(str(path), assets_only=True) as (there, wanted):
        assert sorted(there.objects) == ["First", "Second"]
        wanted.objects = [title]
    bpy.context.scene.collection.objects.link(wanted.objects[0])
    return wanted.objects[0]


def test_an_asset_tells_what_it_is(avatar, assets):
    with bpy.data.libraries.load(str(assets), link=True, assets_only=True) as (_, wanted):
        wanted.objects = ["First"]
    item = wanted.objects[0]
    assert item[STANDS_FOR] == "first"
    assert 100 < len(item.data.curves) <= 350
    about = item.asset_data
    assert {tag.name for tag in about.tags} == {"hairstyle", "short"}
    assert about.catalog_id == catalog("short wavy")
    assert "First: short wavy hair" in about.description
    assert f"{catalog('short wavy')}:Hairstyles/Short wavy:" in (assets.parent / CATALOGS).read_text()
    assert tuple(item.preview.image_size) == (PREVIEW, PREVIEW)
    pixels = np.array(item.preview.image_pixels_float).reshape(-1, 4)
    np.testing.assert_allclose(pixels.mean(0), (1, 0, 0, 1), atol=0.02)


def test_a_dropped_asset_is_worn(avatar, assets, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(library, "style_folders", lambda: (assets.parent,))
    write_style(make_style(avatar, "first"), assets.parent / "first.npz")
    head_object = bpy.data.objects[build_avatar(avatar, bpy.context.scene).head]
    dropped = append(assets, "First").name
    wear_dropped([dropped])
    assert dropped not in bpy.data.objects
    assert worn_hair(head_object)["hairstyle"] == "first"


def test_without_the_style_a_dropped_asset_stays(avatar, assets, monkeypatch: pytest.MonkeyPatch):
    build_avatar(avatar, bpy.context.scene)
    monkeypatch.setattr(library, "style_folders", lambda: (assets.parent,))
    dropped = append(assets, "Second").name
    wear_dropped([dropped])
    assert dropped in bpy.data.objects


def test_the_library_is_entered_once_and_removed(assets, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(asset_library, "ASSETS", assets.parent)
    libraries = bpy.context.preferences.filepaths.asset_libraries
    before = len(libraries)
    assert asset_library.add_library()
    assert asset_library.add_library()
    assert len(libraries) == before + 1
    entry = asset_library.registered_library()
    assert Path(entry.path) == assets.parent
    assert entry.import_method == "APPEND"
    asset_library.remove_library()
    assert len(libraries) == before
    assert asset_library.registered_library() is None


def test_disabling_removes_the_entry_and_ending_does_not(assets, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(asset_library, "ASSETS", assets.parent)
    asset_library.add_library()
    enabled = next(iter(bpy.context.preferences.addons.keys()))
    monkeypatch.setattr(asset_library, "ROOT_PACKAGE", enabled)
    asset_library.forget_when_disabled()
    assert asset_library.registered_library() is not None
    monkeypatch.setattr(asset_library, "ROOT_PACKAGE", "bl_ext.user_default.gone")
    asset_library.forget_when_disabled()
    assert asset_library.registered_library() is None


def test_own_styles_become_assets(avatar, assets, own_folder, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(asset_library, "ASSETS", assets.parent)
    assert write_own_assets(own_folder) is None
    write_style(make_style(avatar, "mine"), own_folder / "mine.npz")
    (own_folder / "broken.npz").write_bytes(b"nothing")
    before = snapshot()
    path = write_own_assets(own_folder)
    assert snapshot() == before
    with bpy.data.libraries.load(str(path), link=True, assets_only=True) as (there, wanted):
        assert there.objects == ["Mine"]
        wanted.objects = ["Mine"]
    pixels = np.array(wanted.objects[0].preview.image_pixels_float).reshape(PREVIEW, PREVIEW, 4)
    assert pixels[..., 0].std() > 0.05
    libraries = bpy.context.preferences.filepaths.asset_libraries
    known = len(libraries)
    asset_library.add_library()
    assert len(libraries) == known + 2
    assert "mine" in library.style_names()
    asset_library.remove_library()
    assert len(libraries) == known


def test_an_upgrade_takes_the_entry_along(assets, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(asset_library, "ASSETS", assets.parent)
    asset_library.add_library()
    asset_library.registered_library().path = str(tmp_path / "gone")
    asset_library.register()
    assert Path(asset_library.registered_library().path) == assets.parent
    asset_library.remove_library()


def test_an_unbuilt_library_is_not_entered(tmp_path: Path, scene, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(asset_library, "ASSETS", tmp_path)
    assert not asset_library.add_library()
    assert asset_library.registered_library() is None


def test_the_shelf_needs_an_avatar(avatar, scene):
    avatar_addon.register()
    try:
        assert AVATAR_AST_hairstyles.is_registered
        assert not AVATAR_AST_hairstyles.poll(bpy.context)
        build_avatar(avatar, scene)
        assert AVATAR_AST_hairstyles.poll(bpy.context)
    finally:
        avatar_addon.unregister()
