# SPDX-License-Identifier: GPL-3.0-or-later
"""The bundles that avatars were made of. An avatar in a .blend needs none: only the zip export adds it. No bpy."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Collection
from pathlib import Path

# Seconds after which nobody is still writing.
ABANDONED = 3600.0


def bundles_in(folder: Path) -> list[Path]:
    """The bundles of a folder, the newest first."""
    found = []
    for entry in os.scandir(folder) if folder.is_dir() else ():
        description = Path(entry.path, "avatar.json")
        if entry.is_dir(follow_symlinks=False) and description.is_file():
            found.append((description.stat().st_mtime, Path(entry.path)))
    return [path for _, path in sorted(found, reverse=True)]


def remove_old(folder: Path, keep: int, used: Collection[Path]) -> list[Path]:
    """Delete all but the ``keep`` newest bundles and those in use; answers what was deleted.

    With them goes what a worker that was killed while it wrote has left.
    """
    old = [path for path in bundles_in(folder)[keep:] if path not in used]
    old += [path for path in folder.glob(".*.partial") if time.time() - path.lstat().st_mtime > ABANDONED]
    for path in old:
        shutil.rmtree(path, ignore_errors=True)
    return [path for path in old if not path.exists()]
