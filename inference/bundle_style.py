# SPDX-License-Identifier: GPL-3.0-or-later
"""A hairstyle that any head can wear, as one small file (contract; stdlib and numpy only).

The strands stand on a reference head. Its shape under the hair is stored with them as a few points of the scalp chart, so that
a program can carry them to another head: the chart is the same on every head. ``avatar_addon/hair/fit.py`` does that.

The file is an .npz. Positions along the strands are rounded to ``step`` metres and stored as second differences, the low and
the high bytes apart: six times smaller than float16, and nothing adds up.
"""

from __future__ import annotations

import json
import zipfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from .errors import AvatarError

KIND = "portrait-avatar-hairstyle"
VERSION = 1
ENDING = ".npz"
MAX_STRANDS, MAX_POINTS, MAX_CONTROLS = 20_000, 200, 1_000
MAX_META_BYTES = 20_000
MAX_BYTES = 64_000_000
# Rounding is kept below this share of a strand's mean step, between the two bounds in metres.
STEP_SHARE, FINEST, COARSEST = 0.05, 5e-5, 5e-4
# Nothing in a hairstyle is farther from the origin than this, metres.
FARTHEST = 5.0


@dataclass(frozen=True)
class StyleInfo:
    """What a menu shows and the renderer needs.

    kind: length class and curliness ("medium wavy"); strands: how many hairs the guides stand for; radius: metres at the root;
    tail: length of the hair behind a tie in metres, 0 for a bun, -1 for hair that hangs freely.
    hidden: not offered in menus (kept for training).
    """

    name: str
    title: str
    kind: str
    tags: tuple[str, ...]
    strands: int
    radius: float
    tail: float = -1.0
    hidden: bool = False
    author: str = ""
    licence: str = ""


@dataclass(frozen=True)
class StyleStrands:
    """Guide strands of a style on its reference head, bundle frame (metres, Z up, face to -Y).

    points: (N, P, 3) float32, root first; root_uv: (N, 2) float32 on the scalp chart.
    control_uv (K, 2), control_points (K, 3) float32: the reference head's scalp.
    """

    info: StyleInfo
    points: np.ndarray
    root_uv: np.ndarray
    control_uv: np.ndarray
    control_points: np.ndarray


def write_style(style: StyleStrands, path: Path) -> None:
    """Write the file, replacing an older one; one that says the same keeps its date. Raises OSError."""
    step = _rounding(style.points)
    steps = np.round((style.points - style.points[:, :1]) / step).astype(np.int32)
    differences = np.diff(np.diff(steps, axis=1, prepend=0), axis=1, prepend=0).astype(np.int16)
    planes = (
        np.ascontiguousarray(differences.transpose(1, 2, 0)).view(np.uint8).reshape(*differences.T.shape[1::-1], -1, 2)
    )
    meta = {"schema": KIND, "version": VERSION, "step": step, **asdict(style.info)}
    arrays = {
        "meta": np.frombuffer(json.dumps(meta).encode(), np.uint8),
        "low": np.ascontiguousarray(planes[..., 0]),
        "high": np.ascontiguousarray(planes[..., 1]),
        "roots": style.points[:, 0].astype(np.float16),
        "root_uv": np.round(style.root_uv * 65535).astype(np.uint16),
        "control_uv": style.control_uv.astype(np.float32),
        "control_points": style.control_points.astype(np.float32),
    }
    partial = path.with_name(f".{path.name}.partial")
    with partial.open("wb") as file:
        np.savez_compressed(file, **arrays)
    if path.is_file() and path.read_bytes() == partial.read_bytes():
        partial.unlink()
    else:
        partial.replace(path)


def read_info(path: Path) -> StyleInfo:
    """Only what a menu needs. Raises AvatarError."""
    return _checked(path, lambda stored: _info(stored)[0])


def read_style(path: Path) -> StyleStrands:
    """The whole style. Raises AvatarError: ``style_missing``, ``style_invalid``."""
    return _checked(path, _strands)


def _strands(stored: Any) -> StyleStrands:
    info, step = _info(stored)
    low, high = stored["low"], stored["high"]
    if low.dtype != np.uint8 or low.ndim != 3 or low.shape != high.shape or high.dtype != np.uint8 or low.shape[1] != 3:
        raise ValueError("its strands are of another form")
    if not (2 <= low.shape[0] <= MAX_POINTS and low.shape[2] <= MAX_STRANDS):
        raise ValueError(f"it has {low.shape[2]} strands of {low.shape[0]} points")
    differences = (low.astype(np.uint16) | (high.astype(np.uint16) << 8)).view(np.int16)
    steps = np.cumsum(np.cumsum(differences, axis=0, dtype=np.int32), axis=0, dtype=np.int32)
    roots = _shaped(stored["roots"], (low.shape[2], 3))
    points = (steps * np.float32(step)).transpose(2, 0, 1) + roots[:, None]
    if points.size and not np.abs(points).max() < FARTHEST:
        raise ValueError("its strands leave the scene")
    root_uv = _shaped(stored["root_uv"], (low.shape[2], 2)) / 65535
    count = len(stored["control_uv"])
    if not 4 <= count <= MAX_CONTROLS:
        raise ValueError(f"it has {count} points of the reference head")
    control_uv, control_points = (
        _shaped(stored["control_uv"], (count, 2)),
        _shaped(stored["control_points"], (count, 3)),
    )
    return StyleStrands(info, np.ascontiguousarray(points, np.float32), root_uv, control_uv, control_points)


def _info(stored: Any) -> tuple[StyleInfo, float]:
    raw = stored["meta"]
    if raw.dtype != np.uint8 or raw.ndim != 1 or len(raw) > MAX_META_BYTES:
        raise ValueError("its description is of another form")
    meta = json.loads(raw.tobytes())
    if meta["schema"] != KIND or meta["version"] != VERSION:
        raise ValueError("it is of another kind or version")
    texts = {name: meta[name][:200] for name in ("name", "title", "kind", "author", "licence")}
    strands, radius, tail, step = int(meta["strands"]), float(meta["radius"]), float(meta["tail"]), float(meta["step"])
    if not (0 <= strands <= 1_000_000 and 0 < radius < 0.01 and -1 <= tail < FARTHEST and 0 < step < 0.01):
        raise ValueError("its description holds impossible numbers")
    tags = tuple(str(tag)[:60] for tag in meta["tags"][:20])
    return StyleInfo(**texts, tags=tags, strands=strands, radius=radius, tail=tail, hidden=bool(meta["hidden"])), step


def _checked(path: Path, read: Any) -> Any:
    """What ``read`` makes of the opened file; every kind of damage becomes one sentence."""
    if not path.is_file():
        raise AvatarError(
            "style_missing", f"There is no hairstyle at {path}: build the hair library, or choose another."
        )
    try:
        with zipfile.ZipFile(path) as packed:
            if sum(entry.file_size for entry in packed.infolist()) > MAX_BYTES:
                raise ValueError("it is too large")
        with np.load(path, allow_pickle=False) as stored:
            return read(stored)
    except (
        OSError,
        ValueError,
        KeyError,
        TypeError,
        IndexError,
        AttributeError,
        EOFError,
        zipfile.BadZipFile,
    ) as problem:
        raise AvatarError(
            "style_invalid", f"The hairstyle {path.name} cannot be used: {problem}; choose another file."
        ) from problem


def _shaped(array: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    if array.shape != shape or array.dtype.kind not in "fu" or not np.isfinite(array).all():
        raise ValueError("its arrays do not fit together")
    return array.astype(np.float32)


def _rounding(points: np.ndarray) -> float:
    if not points.size:
        return FINEST
    mean = float(np.linalg.norm(np.diff(points, axis=1), axis=2).mean())
    return float(np.clip(STEP_SHARE * mean, FINEST, COARSEST))
