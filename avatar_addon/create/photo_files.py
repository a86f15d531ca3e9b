# SPDX-License-Identifier: GPL-3.0-or-later
"""Which files are photos."""

from __future__ import annotations

from pathlib import Path

EXTENSIONS = (".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".bmp", ".heic", ".heif", ".avif")
FILTER = ";".join(f"*{extension}" for extension in EXTENSIONS)


def photos_in(folder: Path) -> list[Path]:
    """The photos that lie directly in a folder, by name; empty when it cannot be read."""
    try:
        files = sorted(path for path in folder.iterdir() if path.suffix.lower() in EXTENSIONS)
    except OSError:
        return []
    return [path for path in files if path.is_file() and not path.name.startswith(".")]
