# SPDX-License-Identifier: GPL-3.0-or-later
"""What Blender and the worker say to each other: one JSON object a line (contract; stdlib only).

Blender sends Create, ListFaces and Cancel; the worker answers Ready once, then Progress ..., and one of Created, Faces or Failed for
each request, which its ``id`` names. Closing the pipe ends the worker and drops what is unfinished.
"""

from __future__ import annotations

import json
import math
from dataclasses import MISSING, asdict, dataclass, fields
from typing import Any, get_type_hints

from .errors import AvatarError

PROTOCOL_VERSION = 1
MAX_LINE_BYTES = 1_000_000
MAX_TEXT = 32_768


@dataclass(frozen=True)
class Create:
    """Make an avatar bundle of the photo in the folder ``output``. ``face``: 1 is the largest. ``style``: a hairstyle's name.
    ``hair_file``: a file of strands to wear instead.

    ``head``, ``estimator``, ``refine``, ``device``: as in ``estimators.types.FaceOptions``.
    """

    id: str
    photo: str
    output: str
    face: int = 1
    texture_size: int = 1024
    hair_mask: str | None = None
    style: str | None = None
    hair_file: str | None = None
    head: str = ""
    estimator: str = "landmark_fit"
    refine: bool = False
    device: str = "cpu"


@dataclass(frozen=True)
class ListFaces:
    """Find the faces in the photo; with ``thumbnails``, a folder, also write small pictures of it and of each face there."""

    id: str
    photo: str
    thumbnails: str | None = None


@dataclass(frozen=True)
class Cancel:
    """Stop the request of this id; it answers Failed with the code "cancelled" between two stages."""

    id: str


@dataclass(frozen=True)
class Ready:
    """The worker listens."""

    version: int = PROTOCOL_VERSION


@dataclass(frozen=True)
class Progress:
    """The stage that begins, its share of the work done so far in [0, 1], and words for a person."""

    id: str
    stage: str
    fraction: float
    words: str


@dataclass(frozen=True)
class Created:
    """The bundle is complete. ``seconds``: time from request to bundle."""

    id: str
    bundle: str
    seconds: float
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Faces:
    """Boxes (x0, y0, x1, y1) in pixels of the upright photo, largest first; files of the small pictures: photo, first face, ..."""

    id: str
    boxes: tuple[tuple[float, ...], ...]
    thumbnails: tuple[str, ...] = ()


@dataclass(frozen=True)
class Failed:
    """The request failed: a code of errors.CODES, a sentence, and the log's path (None: the worker's stderr)."""

    id: str
    code: str
    message: str
    log: str | None = None


Message = Create | ListFaces | Cancel | Ready | Progress | Created | Faces | Failed
KINDS: dict[str, type] = {
    "create": Create,
    "faces": ListFaces,
    "cancel": Cancel,
    "ready": Ready,
    "progress": Progress,
    "created": Created,
    "found": Faces,
    "failed": Failed,
}
_NAMES = {kind: name for name, kind in KINDS.items()}


def encode(message: Message) -> bytes:
    """One line, UTF-8, ending in a newline."""
    text = json.dumps({"type": _NAMES[type(message)]} | asdict(message), ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8", "surrogateescape") + b"\n"


def decode(line: bytes) -> Message:
    """The message of one line. Raises AvatarError ``request_invalid`` for anything else: too long, unknown, of wrong types."""
    if len(line) > MAX_LINE_BYTES:
        raise _invalid("a line that is too long")
    try:
        data = json.loads(line.decode("utf-8", "surrogateescape"))
    except (ValueError, RecursionError) as problem:
        raise _invalid("a line that is not JSON") from problem
    kind = KINDS.get(data.get("type")) if isinstance(data, dict) and isinstance(data.get("type"), str) else None
    if kind is None:
        raise _invalid("a message of unknown type")
    known = {field.name: field for field in fields(kind)}
    values = {name: value for name, value in data.items() if name != "type"}
    if unknown := values.keys() - known.keys():
        raise _invalid(f"the unknown field {sorted(unknown)[0][:40]!r}")
    for name, field in known.items():
        if name not in values and field.default is MISSING:
            raise _invalid(f"a message without {name!r}")
    types = get_type_hints(kind)
    return kind(**{name: _checked(name, value, types[name]) for name, value in values.items()})


def _checked(name: str, value: Any, kind: Any) -> Any:
    """The value in the field's type, or a refusal. The types in use are few, so the rules are written out."""
    if kind == str | None and value is None:
        return None
    if kind in (str, str | None) and isinstance(value, str) and len(value) <= MAX_TEXT:
        return value
    if kind is bool and isinstance(value, bool):
        return value
    number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    if kind is int and number and isinstance(value, int):
        return value
    if kind is float and number:
        return float(value)
    if kind == tuple[str, ...] and isinstance(value, list):
        return tuple(_checked(name, item, str) for item in value)
    if (
        kind == tuple[tuple[float, ...], ...]
        and isinstance(value, list)
        and all(isinstance(row, list) for row in value)
    ):
        return tuple(tuple(_checked(name, item, float) for item in row) for row in value)
    raise _invalid(f"the field {name!r} with a wrong value")


def _invalid(what: str) -> AvatarError:
    return AvatarError(
        "request_invalid", f"The worker was sent {what}: add-on and inference may be of different versions."
    )
