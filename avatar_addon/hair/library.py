# SPDX-License-Identifier: GPL-3.0-or-later
"""The hairstyles at hand: those the extension brings and those in the user's folder. Needs bpy and the standard library."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from ..folders import EXTENSION_FOLDER, user_folder

if TYPE_CHECKING:
    from ...inference.bundle_style import StyleInfo, StyleStrands

PACKED = EXTENSION_FOLDER / "hair_library" / "packed"
ASSETS = EXTENSION_FOLDER / "hair_library" / "assets"
ASSET_FILE = "hairstyles.blend"
LIBRARY_NAME, OWN_LIBRARY_NAME = "Portrait Avatar Hair", "Portrait Avatar Own Hair"


def style_folders() -> tuple[Path, ...]:
    """Where styles are looked for, the user's first: a style there replaces one of the same name."""
    return (own_styles(), PACKED)


def own_styles() -> Path:
    """Where the styles made of the person's strand files lie, once there are any."""
    # Not made here: after an uninstall it is asked for once more.
    return user_folder("hairstyles", create=False)


def style_file(name: str) -> Path | None:
    """The file of a style; None when there is none of that name."""
    for folder in style_folders():
        path = folder / f"{name}.npz"
        if path.parent == folder and path.is_file():
            return path
    return None


def style_names() -> tuple[str, ...]:
    """All names, sorted."""
    return tuple(sorted({path.stem for folder in style_folders() for path in folder.glob("*.npz")}))


def menu() -> tuple[StyleInfo, ...]:
    """What a menu offers, by kind and title; damaged files are left out."""
    files = [style_file(name) for name in style_names()]
    infos = [_info(path, path.stat().st_mtime) for path in files if path is not None]
    return tuple(sorted((info for info in infos if info and not info.hidden), key=lambda info: (info.kind, info.title)))


def style_of_asset(identifier: str) -> str:
    """The name of the style whose title ends an asset's identifier "file.blend/Object/Title"; "" when there is none."""
    title = identifier.rpartition("/")[2]
    return next((info.name for info in menu() if info.title == title), "")


def load(name: str) -> StyleStrands:
    """The named style. Raises AvatarError ``style_missing`` or ``style_invalid``."""
    from ...inference.bundle_style import read_style
    from ...inference.errors import AvatarError

    path = style_file(name)
    if path is None:
        raise AvatarError(
            "style_missing",
            f"There is no hairstyle called {name!r}: choose one of {', '.join(style_names()) or 'none'}.",
        )
    return read_style(path)


@lru_cache(maxsize=512)
def _info(path: Path, _modified: float) -> StyleInfo | None:
    from ...inference.bundle_style import read_info
    from ...inference.errors import AvatarError

    try:
        return read_info(path)
    except AvatarError:
        return None
