# SPDX-License-Identifier: GPL-3.0-or-later
"""The head model a person asked for; made once per file."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from ..errors import AvatarError
from ..head.flame.asset_files import read_landmarks, read_template_uv, read_texture_uv
from ..head.flame.avatar_head import flame_avatar_head
from ..head.flame.bare_head import FlameUV
from ..head.flame.landmarks68 import published_sets
from ..head.flame.model_file import FlameArrays, read_flame, require_2020
from ..head.flame.pickle_data import damaged
from ..head.model import HeadModel
from ..head.open_head import load_open_head
from ..weights.registry import remembered, required
from .types import ESTIMATORS, FLAME, LANDMARK_FIT, OPEN, FaceOptions


def load_head(options: FaceOptions) -> HeadModel:
    """The head for these options. Raises AvatarError ``weights_*``, or ``request_invalid`` for options that do not go together."""
    if options.estimator not in ESTIMATORS:
        raise AvatarError(
            "request_invalid", f"There is no estimator {options.estimator!r}: choose one of {', '.join(ESTIMATORS)}."
        )
    learned = options.estimator != LANDMARK_FIT
    head = options.head or (FLAME if learned else OPEN)
    if head == OPEN:
        if learned:
            raise AvatarError(
                "request_invalid",
                f"{options.estimator} speaks of FLAME heads, not of the open head: leave the head out, or choose flame.",
            )
        return load_open_head()
    file = _flame_file(head, options.estimator)
    chart = next((path for kind in CHARTS if (path := remembered().get(kind)) and path.is_file()), None)
    table = remembered().get("landmark_embedding")
    table = table if table is not None and table.is_file() else None
    files = (file, chart, table)
    return _flame(files, tuple(map(_stamp, files)), options.estimator if learned else "")


# Where FLAME's own texture chart is looked for, in this order.
CHARTS = ("flame_template", "flame_texture")


def has_flame_chart() -> bool:
    """Whether a FLAME head loaded now has FLAME's own texture chart, which DECA's maps need."""
    return any((path := remembered().get(kind)) and path.is_file() for kind in CHARTS)


def _flame_file(head: str, estimator: str) -> Path:
    if head != FLAME:
        return Path(head)
    known = remembered()
    if "mica" in estimator:
        return required("mica")  # its own copy of FLAME is the one its coefficients are for
    order = ("flame", "mica", "flame_open") if estimator != LANDMARK_FIT else ("flame", "flame_open", "mica")
    return required(next((kind for kind in order if kind in known), "flame"))


def _stamp(path: Path | None) -> int:
    return path.stat().st_mtime_ns if path is not None and path.exists() else 0


@lru_cache(maxsize=2)
def _flame(
    files: tuple[Path, Path | None, Path | None], _stamps: tuple[int, ...], for_coefficients_of: str
) -> HeadModel:
    """The head of a model file, a chart and a landmark table."""
    file, chart, table = files
    arrays = _arrays(file)
    if for_coefficients_of:
        require_2020(arrays, for_coefficients_of)
    try:
        head = flame_avatar_head(arrays, load_open_head(), None if chart is None else _chart(chart, arrays))
    except ValueError as problem:
        raise damaged(file.name, str(problem)) from problem
    if table is None:
        return head
    published = published_sets(read_landmarks(table), arrays.faces, head.landmarks["ibug_68"].sigma)
    return replace(head, landmarks=head.landmarks | published)


def _arrays(file: Path) -> FlameArrays:
    try:
        with file.open("rb") as stream:
            zipped = stream.read(2) == b"PK"
    except OSError as problem:
        raise AvatarError(
            "weights_missing", f"{file} cannot be read ({problem.strerror or problem}): check the path."
        ) from problem
    if not zipped:
        return read_flame(file)
    from ..mica.run import embedded_flame

    return embedded_flame(file)


def _chart(path: Path, flame: FlameArrays) -> FlameUV:
    return read_template_uv(path, flame.faces) if path.suffix.lower() == ".obj" else read_texture_uv(path)
