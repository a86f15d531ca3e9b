# SPDX-License-Identifier: GPL-3.0-or-later
"""The hairstyles as asset libraries in the user's preferences: those of the extension, and those of the person's strand files."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import bpy

from ..folders import ROOT_PACKAGE
from .library import ASSET_FILE, ASSETS, LIBRARY_NAME, OWN_LIBRARY_NAME, own_styles


def registered_library(name: str = LIBRARY_NAME) -> bpy.types.UserAssetLibrary | None:
    """A library's entry in the preferences, by name or by folder."""
    libraries = bpy.context.preferences.filepaths.asset_libraries
    folder = _folders()[name]
    return next((entry for entry in libraries if entry.name == name or _same(entry.path, folder)), None)


def is_built() -> bool:
    """Whether this copy of the extension has the asset file."""
    return (ASSETS / ASSET_FILE).is_file()


def add_library() -> bool:
    """Enter the libraries into the preferences, or point older entries at this version's folder; False when none is built."""
    if not is_built():
        return False
    for name, folder in _folders().items():
        if (folder / ASSET_FILE).is_file():
            _enter(name, folder)
    return True


def remove_library() -> None:
    """Take the entries out of the preferences, if they are still ours."""
    for name, folder in _folders().items():
        entry = registered_library(name)
        if entry is not None and _same(entry.path, folder):
            bpy.context.preferences.filepaths.asset_libraries.remove(entry)
            bpy.context.preferences.is_dirty = True


class AVATAR_OT_add_hair_library(bpy.types.Operator):
    """Show the hairstyles in the asset browser and in the viewport's asset shelf; kept with the preferences"""

    bl_idname = "avatar.add_hair_library"
    bl_label = "Show Hairstyles as Assets"
    bl_options: ClassVar[set[str]] = {"INTERNAL"}

    def execute(self, _context: bpy.types.Context) -> set[str]:
        if add_library():
            return {"FINISHED"}
        self.report({"ERROR"}, "This copy of the extension has no hair assets: install the extension's zip.")
        return {"CANCELLED"}


class AVATAR_OT_remove_hair_library(bpy.types.Operator):
    """Take the hairstyles out of the asset browser"""

    bl_idname = "avatar.remove_hair_library"
    bl_label = "Remove Hairstyles from Assets"
    bl_options: ClassVar[set[str]] = {"INTERNAL"}

    def execute(self, _context: bpy.types.Context) -> set[str]:
        remove_library()
        return {"FINISHED"}


def register() -> None:
    """An upgrade moves the extension's folder: an entry that exists follows."""
    entry = registered_library()
    if entry is not None and not _same(entry.path, ASSETS) and not Path(entry.path).is_dir():
        add_library()


def unregister() -> None:
    """Blender unregisters at each of its ends, at an upgrade and at an uninstall; what it is shows only afterwards.

    Only when the person has disabled or removed the extension do the entries go. A Blender that ends runs no timers.
    """
    if ROOT_PACKAGE.startswith("bl_ext.") and not bpy.app.background:
        bpy.app.timers.register(forget_when_disabled, first_interval=0.1)


def forget_when_disabled() -> None:
    """Remove the entries unless the extension is still among the enabled ones."""
    if ROOT_PACKAGE not in bpy.context.preferences.addons.keys():  # noqa: SIM118  Blender's collection
        remove_library()


def _folders() -> dict[str, Path]:
    return {LIBRARY_NAME: ASSETS, OWN_LIBRARY_NAME: own_styles()}


def _enter(name: str, folder: Path) -> None:
    entry = registered_library(name)
    if entry is None:
        entry = bpy.context.preferences.filepaths.asset_libraries.new(name=name, directory=str(folder))
    entry.path = str(folder)
    # From 5.0 on the default would link read-only.
    entry.import_method = "APPEND"
    bpy.context.preferences.is_dirty = True


def _same(path: str, folder: Path) -> bool:
    return bool(path) and Path(bpy.path.abspath(path)) == folder


CLASSES = (AVATAR_OT_add_hair_library, AVATAR_OT_remove_hair_library)
