# SPDX-License-Identifier: GPL-3.0-or-later
"""Disabling and removing the extension takes the asset library along; ends with an uninstalled extension."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import bpy
from window_means import EXTENSION, expect, module, press, results


def story() -> Iterator[float]:
    yield 1.0
    press("add_hair_library")
    user_folder = Path(module("folders").user_folder())
    expect(known() == ["Portrait Avatar Hair"], f"added: {known()}")
    bpy.ops.preferences.addon_disable(module=EXTENSION)
    yield 1.0
    expect(known() == [], f"after disabling: {known()}")
    bpy.ops.preferences.addon_enable(module=EXTENSION)
    yield 1.0
    press("add_hair_library")
    (user_folder / "avatars").mkdir(exist_ok=True)
    _, repository, name = EXTENSION.split(".")
    repositories = [repo.module for repo in bpy.context.preferences.extensions.repos]
    bpy.ops.extensions.package_uninstall(repo_index=repositories.index(repository), pkg_id=name)
    yield 4.0
    expect(known() == [], f"after uninstalling: {known()}")
    expect(EXTENSION not in bpy.context.preferences.addons, "the extension is still enabled")
    results["user_folder_gone"] = not user_folder.exists()
    expect(not user_folder.exists(), f"{user_folder} is still there")


def known() -> list[str]:
    entries = bpy.context.preferences.filepaths.asset_libraries
    return [entry.name for entry in entries if entry.name.startswith("Portrait Avatar")]
