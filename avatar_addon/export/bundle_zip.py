# SPDX-License-Identifier: GPL-3.0-or-later
"""One zip with everything: the exported files and the bundle they came from."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterable
from pathlib import Path

# Packed already; deflating them again only costs time.
_STORED = {".png", ".jpg", ".glb", ".zip"}


def write_zip(bundle: Path | None, files: Iterable[Path], archive: Path) -> None:
    """Pack ``files`` side by side, and a bundle (a folder or a zip) under "bundle"; the archive appears whole or not at all."""
    partial = archive.with_name(f".{archive.name}.partial")
    try:
        with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as packed:
            for path in files:
                _add(packed, path, path.name)
            if bundle is not None and bundle.is_dir():
                for path in sorted(p for p in bundle.rglob("*") if p.is_file()):
                    _add(packed, path, f"bundle/{path.relative_to(bundle).as_posix()}")
            elif bundle is not None:
                _add(packed, bundle, "bundle.zip")
        os.replace(partial, archive)
    finally:
        partial.unlink(missing_ok=True)


def _add(packed: zipfile.ZipFile, path: Path, name: str) -> None:
    packed.write(path, name, zipfile.ZIP_STORED if path.suffix in _STORED else None)
