# SPDX-License-Identifier: GPL-3.0-or-later
"""The report as Markdown tables."""

from __future__ import annotations

from typing import Any

from .section import Section
from .tables import all_sections


def as_markdown(report: dict[str, Any], extra: list[Section]) -> str:
    """Every table of the report, and the sections that joined it."""
    parts = ["# Evaluation", f"{report['date']}, program {report['code']}, {report['rendering']}."]
    for section in [*all_sections(report), *extra]:
        parts += [f"## {section.title}", section.note, _table(section)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _table(section: Section) -> str:
    if not section.rows:
        return ""
    lines = [section.columns, tuple("---" for _ in section.columns), *section.rows]
    return "\n".join(
        "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in line) + " |" for line in lines
    )
