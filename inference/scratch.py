# SPDX-License-Identifier: GPL-3.0-or-later
"""Temporary folders that are removed even when the process that made them was killed: by the next one."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

PREFIX, LOCK = "portrait_avatar_", "in-use.lock"
# Seconds. A folder this young may not be locked yet.
YOUNG = 60.0


@contextlib.contextmanager
def scratch_folder() -> Iterator[Path]:
    """A folder for pictures on their way, gone afterwards. It holds a lock file, which the system frees with the process."""
    with tempfile.TemporaryDirectory(prefix=PREFIX, ignore_cleanup_errors=True) as name:
        folder = Path(name)
        with (folder / LOCK).open("wb") as lock:
            _try_lock(lock)
            yield folder


def remove_abandoned() -> list[Path]:
    """Delete this person's scratch folders whose process is gone; answers what was deleted."""
    removed = []
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        if _is_abandoned(folder):
            shutil.rmtree(folder, ignore_errors=True)
            removed.append(folder)
    return removed


def _is_abandoned(folder: Path) -> bool:
    """Only folders with our lock file in them, which nobody holds. One that cannot be asked is left alone."""
    try:
        about = folder.lstat()
        own = os.name == "nt" or about.st_uid == os.getuid()
        if folder.is_symlink() or not own or time.time() - about.st_mtime < YOUNG:
            return False
        with (folder / LOCK).open("rb+") as lock:
            return _try_lock(lock)
    except OSError:
        return False


def _try_lock(file: BinaryIO) -> bool:
    """Whether the file is now locked by this process; until it is closed."""
    try:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
