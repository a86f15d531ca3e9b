# SPDX-License-Identifier: GPL-3.0-or-later
"""A part of the report: words, a table, pictures. Other measurements join the report with a file of this form."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from pathlib import Path

from ...errors import AvatarError

LARGEST_FILE = 20_000_000
PICTURE_STARTS = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}


@dataclass(frozen=True)
class Section:
    """title; note: sentences under it; columns and rows of a table, numbers as they shall be read; pictures: (caption, PNG or JPEG)."""

    title: str
    note: str = ""
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    pictures: tuple[tuple[str, bytes], ...] = ()


def read_section(file: Path) -> Section:
    """A JSON file {"title", "note", "columns": [...], "rows": [[...], ...], "pictures": [[caption, base64], ...]}; all but the title
    may be missing. Raises AvatarError ``request_invalid``."""
    try:
        if file.stat().st_size > LARGEST_FILE:
            raise ValueError("it is too large")
        data = json.loads(file.read_text(encoding="utf-8"))
        section = Section(
            str(data["title"]),
            str(data.get("note", "")),
            tuple(str(name) for name in data.get("columns", ())),
            tuple(tuple(str(cell) for cell in row) for row in data.get("rows", ())),
            tuple((str(caption), base64.b64decode(code, validate=True)) for caption, code in data.get("pictures", ())),
        )
        if any(len(row) != len(section.columns) for row in section.rows):
            raise ValueError("a row is not as long as the columns")
        if any(picture_kind(content) is None for _, content in section.pictures):
            raise ValueError("a picture is neither PNG nor JPEG")
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as problem:
        raise AvatarError("request_invalid", f"{file} is no section of a report ({problem}).") from problem
    return section


def picture_kind(content: bytes) -> str | None:
    """Media type of PNG and JPEG content, else None."""
    return next((kind for start, kind in PICTURE_STARTS.items() if content.startswith(start)), None)
