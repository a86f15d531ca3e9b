# SPDX-License-Identifier: GPL-3.0-or-later
"""Where this system wants a program's own files to lie."""

from __future__ import annotations

import os
import sys
from pathlib import Path

NAME = "portrait_avatar"


def cache_folder() -> Path:
    """For what can be made again."""
    return _base("LOCALAPPDATA", "AppData/Local", "Library/Caches", "XDG_CACHE_HOME", ".cache") / NAME


def settings_folder() -> Path:
    """For what a person has chosen."""
    return _base("APPDATA", "AppData/Roaming", "Library/Application Support", "XDG_CONFIG_HOME", ".config") / NAME


def _base(windows: str, windows_default: str, mac: str, linux: str, linux_default: str) -> Path:
    """By environment variable and its default below the home folder; macOS has no variable for it."""
    home = Path.home()
    if sys.platform == "win32":
        return Path(os.environ.get(windows, home / windows_default))
    if sys.platform == "darwin":
        return home / mac
    return Path(os.environ.get(linux, home / linux_default))
