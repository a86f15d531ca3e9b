# SPDX-License-Identifier: GPL-3.0-or-later
"""Old bundles go, and nothing else."""

from __future__ import annotations

import os
from pathlib import Path

import bpy
import pytest
from portrait_avatar import avatar_addon
from portrait_avatar.avatar_addon.create import keep
from portrait_avatar.avatar_addon.create.bundles import bundles_in, remove_old
from portrait_avatar.avatar_addon.settings import kept_settings
from portrait_avatar.inference.bundle_io import write_bundle


@pytest.fixture
def bundles(folder) -> list[Path]:
    """Five bundles, the newest first."""
    paths = [folder / f"bundle {number}" for number in range(5)]
    for age, path in enumerate(paths):
        path.mkdir()
        (path / "avatar.json").touch()
        os.utime(path / "avatar.json", (1e9 - age, 1e9 - age))
    return paths


def test_the_newest_and_those_in_use_stay(bundles, folder):
    strange, partial, abandoned = folder / "something else", folder / ".me.1.partial", folder / ".me.2.partial"
    for path in (strange, partial, abandoned):
        path.mkdir()
    os.utime(abandoned, (1e9, 1e9))
    (folder / "link").symlink_to(bundles[0])
    assert bundles_in(folder) == bundles
    assert remove_old(folder, 2, {bundles[4]}) == [*bundles[2:4], abandoned]
    assert bundles_in(folder) == [*bundles[:2], bundles[4]]
    assert strange.exists()
    assert partial.exists()
    assert remove_old(folder / "none", 0, ()) == []


def test_the_preferences_say_how_many(avatar, scene, bundles, folder, monkeypatch):
    monkeypatch.setattr(keep, "user_folder", lambda _: folder)
    avatar_addon.register()
    try:
        write_bundle(avatar, folder / "in use")
        os.utime(folder / "in use/avatar.json", (1, 1))
        bpy.ops.avatar.import_bundle(filepath=str(folder / "in use"))
        settings = kept_settings(bpy.context)
        settings.keep_bundles = 0
        keep.keep_newest(bpy.context)
        assert len(bundles_in(folder)) == 6
        settings.keep_bundles = 2
        keep.keep_newest(bpy.context)
        assert bundles_in(folder) == [*bundles[:2], folder / "in use"]
        bpy.ops.avatar.remove_bundles()
        assert bundles_in(folder) == [folder / "in use"]
    finally:
        avatar_addon.unregister()
