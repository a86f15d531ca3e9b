# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the extension lies and where it may write."""

from __future__ import annotations

from pathlib import Path

import bpy

# "bl_ext.<repository>.portrait_avatar" when installed; preferences and translations are registered under it.
ROOT_PACKAGE = __package__.rpartition(".")[0]
# Read-only: it holds the folder ``inference`` and is replaced at each upgrade.
EXTENSION_FOLDER = Path(__file__).resolve().parent.parent


def user_folder(*names: str, create: bool = True) -> Path:
    """A folder for the extension's own files, made on demand; it survives upgrades and goes with an uninstall."""
    path = "/".join(names)
    if ROOT_PACKAGE.startswith("bl_ext."):
        return Path(bpy.utils.extension_path_user(ROOT_PACKAGE, path=path, create=create))
    # Registered by a script without being installed: Blender has no folder for that.
    return Path(bpy.utils.user_resource("DATAFILES", path=f"portrait_avatar/{path}", create=create))
