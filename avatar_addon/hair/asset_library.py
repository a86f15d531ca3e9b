# SPDX-License-Identifier: GPL-3.0-or-later
"""The hairstyles as an asset library in the user's preferences."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import bpy

from .library import ASSET_FILE, ASSETS, LIBRARY_NAME


def registered_library() -> bpy.types.UserAssetLibrary | None:
    """The library's entry in the preferences, by name or by folder."""
    libraries = bpy.context.preferences.filepaths.asset_libraries
    for entry in libraries:
        if entry.name == LIBRARY_NAME or _same(entry.path):
            return entry
    return None


def is_built() -> bool:
    """Whether this copy of the extension has the asset file."""
    return (ASSETS / ASSET_FILE).is_file()


def add_library() -> bool:
    """Enter the library into the preferences, or point an older entry at this version's folder; False when it is not built."""
    if not is_built():
        return False
    entry = registered_library()
    if entry is None:
        entry = bpy.context.preferences.filepaths.asset_libraries.new(name=LIBRARY_NAME, directory=str(ASSETS))
    entry.path = str(ASSETS)
    # From 5.0 on the default would link read-only.
    entry.import_method = "APPEND"
    return True


def remove_library() -> None:
    """Take the entry out of the preferences, if it is still ours."""
    entry = registered_library()
    if entry is not None and _same(entry.path):
        bpy.context.preferences.filepaths.asset_libraries.remove(entry)


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
    if entry is not None and not _same(entry.path) and not Path(entry.path).is_dir():
        add_library()


def unregister() -> None:
    """The entry stays: unregistering happens at every end of Blender. Removing is the person's choice."""


def _same(path: str) -> bool:
    return bool(path) and Path(bpy.path.abspath(path)) == ASSETS


CLASSES = (AVATAR_OT_add_hair_library, AVATAR_OT_remove_hair_library)
