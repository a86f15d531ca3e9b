# SPDX-License-Identifier: GPL-3.0-or-later
"""Bundles as zip files (contract; stdlib only)."""

from __future__ import annotations

import atexit
import contextlib
import os
import shutil
import tempfile
import zipfile
from pathlib import Path, PurePosixPath

from .bundle_schema import invalid
from .errors import output_error

MAX_FILES = 200
MAX_FILE_BYTES = 1_000_000_000
COMPRESSED = (".png", ".jpg")


def zip_bundle(directory: Path, archive: Path) -> Path:
    """Pack a bundle folder into a zip; whole or not at all."""
    partial = archive.with_name(f".{archive.name}.partial")
    try:
        with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as packed:
            for path in sorted(p for p in directory.rglob("*") if p.is_file()):
                # Pictures are compressed already.
                method = zipfile.ZIP_STORED if path.suffix in COMPRESSED else zipfile.ZIP_DEFLATED
                packed.write(path, path.relative_to(directory).as_posix(), method)
        os.replace(partial, archive)
    except OSError as problem:
        raise output_error(problem, archive) from problem
    finally:
        with contextlib.suppress(OSError):
            partial.unlink()
    return archive


def unpack_bundle(archive: Path) -> Path:
    """A zip's files in a folder that lives until this process ends. Raises AvatarError ``bundle_invalid`` before anything is unpacked."""
    directory = Path(tempfile.mkdtemp(prefix="portrait_avatar_"))
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    with zipfile.ZipFile(archive) as packed:
        entries = [entry for entry in packed.infolist() if not entry.is_dir()]
        if len(entries) > MAX_FILES or sum(entry.file_size for entry in entries) > MAX_FILE_BYTES:
            raise invalid("the zip is too large")
        for entry in entries:
            target = inside(directory, entry.filename)
            target.parent.mkdir(parents=True, exist_ok=True)
            with packed.open(entry) as source, target.open("wb") as copy:
                shutil.copyfileobj(source, copy)
    return directory


def inside(directory: Path, name: str) -> Path:
    """The path of a bundle's member; refuses names that lead out of the bundle."""
    parts = PurePosixPath(name).parts
    if not parts or name.startswith("/") or "\\" in name or ":" in name or ".." in parts:
        raise invalid(f"the file name {name!r}")
    return directory.joinpath(*parts)
