# SPDX-License-Identifier: GPL-3.0-or-later
"""Remembers where the user keeps the licensed files. Paths only: nothing is copied."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

from ..errors import AvatarError, output_error
from ..user_folders import settings_folder
from .kinds import KINDS

FILE = "PORTRAIT_AVATAR_WEIGHTS"
MAX_BYTES = 1_000_000


def registry_file() -> Path:
    """Where the list lies on this system; the environment variable PORTRAIT_AVATAR_WEIGHTS overrules it."""
    chosen = os.environ.get(FILE)
    return Path(chosen) if chosen else settings_folder() / "weights.json"


def remembered() -> dict[str, Path]:
    """Kind -> path of every remembered file; empty when nothing was added yet or the list is unreadable."""
    path = registry_file()
    try:
        if path.stat().st_size > MAX_BYTES:
            return {}
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(data, dict):
        return {}
    return {kind: Path(place) for kind, place in data.items() if kind in KINDS and isinstance(place, str)}


def remember(kind: str, place: Path) -> None:
    """Add a file, in place of an older one of its kind. Raises AvatarError when the list cannot be written."""
    path = registry_file()
    places = {name: str(value) for name, value in remembered().items()} | {kind: str(place.resolve())}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(
            "w", dir=path.parent, suffix=".partial", delete=False, encoding="utf-8"
        ) as file:
            json.dump(places, file, indent=1)
        Path(file.name).replace(path)
    except OSError as problem:
        raise output_error(problem, path) from problem


def required(kind: str) -> Path:
    """The remembered file of a kind. Raises AvatarError ``weights_missing`` when there is none, or it is gone."""
    place = remembered().get(kind)
    title = KINDS[kind].title
    if place is None:
        raise AvatarError(
            "weights_missing",
            f"The file of the {title} is not known: run 'python -m inference weights add FOLDER' with the folder it lies in.",
        )
    if not place.is_file():
        raise AvatarError("weights_missing", f"The file of the {title} is no longer at {place}: add it again.")
    return place
