# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps what takes seconds to find between two meshes. Only tables of indices, weights and places are written, nothing of a user's file."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from ...user_folders import cache_folder
from ..model import HeadModel, LandmarkEmbedding
from .closest import SurfacePoints

VERSION = 1  # raised when the algorithms change
FOLDER = "PORTRAIT_AVATAR_CACHE"
T = TypeVar("T")


def cached(what: str, models: tuple[HeadModel, ...], make: Callable[[], T]) -> T:
    """The answer of ``make`` for these models, from the cache folder when it is there. A damaged cache is made anew."""
    digest = hashlib.sha256(f"{what} {VERSION}".encode())
    for model in models:
        for array in (model.template, model.surface.faces, model.surface.uv):
            digest.update(np.ascontiguousarray(array).tobytes())
    path = _folder() / f"{what}-{digest.hexdigest()[:24]}.npz"
    try:
        with np.load(path, allow_pickle=False) as stored:
            return _unpacked(what, dict(stored))
    except (OSError, ValueError, KeyError, EOFError):
        answer = make()
    with suppress(OSError):  # a cache that cannot be written costs time, nothing else
        _write(path, _packed(answer))
    return answer


def _folder() -> Path:
    """The system's folder for caches, unless the environment variable PORTRAIT_AVATAR_CACHE names another."""
    chosen = os.environ.get(FOLDER)
    return Path(chosen) if chosen else cache_folder()


def _packed(answer: Any) -> dict[str, np.ndarray]:
    if isinstance(answer, tuple):
        return {f"item_{number}": value for number, value in enumerate(answer)}
    arrays: dict[str, np.ndarray] = {}
    for field in fields(answer):
        value = getattr(answer, field.name)
        if is_dataclass(value):
            arrays |= {f"{field.name}.{name}": array for name, array in _packed(value).items()}
        else:
            arrays[field.name] = value
    return arrays


def _unpacked(what: str, arrays: dict[str, np.ndarray]) -> Any:
    if what == "chart":
        return arrays["item_0"], arrays["item_1"]
    from .transfer import Correspondence

    def part(kind: type, prefix: str) -> Any:
        return kind(**{field.name: arrays[f"{prefix}.{field.name}"] for field in fields(kind)})

    return Correspondence(
        arrays["positions"], arrays["turn"], part(SurfacePoints, "on_open"), part(LandmarkEmbedding, "landmarks")
    )


def _write(path: Path, arrays: dict[str, np.ndarray]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".partial", delete=False) as file:
        np.savez_compressed(file, **arrays)
    Path(file.name).replace(path)
