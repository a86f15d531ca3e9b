# SPDX-License-Identifier: GPL-3.0-or-later
"""The judgement as tables: pooled statistics by condition and view, medians by expression."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from numpy.typing import NDArray

from ..now.measure import statistics
from .conditions import CONDITIONS, NEUTRAL
from .item import VIEWS
from .judge import Judgement


def as_data(judgement: Judgement) -> dict[str, Any]:
    """For JSON: millimetres; "views" -> view -> condition -> statistics, "expressions" -> expression -> view -> condition -> statistics."""
    judged = judgement.judged
    expressions = dict.fromkeys(one.expression for one in judged)
    return {
        "unit": "millimetres",
        "photos": len(judged),
        "views": {view: _of(one.distances for one in judged if one.view == view) for view in VIEWS},
        "moving": {view: _of(one.moving for one in judged if one.view == view and one.moving) for view in VIEWS},
        "expressions": {
            name: {
                view: _of(one.distances for one in judged if (one.view, one.expression) == (view, name))
                for view in VIEWS
            }
            for name in expressions
        },
        "sliders": {one.name: one.sliders for one in judged},
        "notes": {one.name: one.notes for one in judged if one.notes},
        "left_out": [asdict(one) for one in judgement.left_out],
    }


def as_markdown(data: dict[str, Any]) -> str:
    """The tables of :func:`as_data` for people."""
    lines = [f"Scan to mesh, millimetres, {data['photos']} photos", "", *_views(data, "views"), ""]
    if any(data["moving"].values()):
        lines += ["Of these, where the expression moves the face", "", *_views(data, "moving"), ""]
    return "\n".join([*lines, *_expressions(data), *_left_out(data)])


def _of(measured: Iterable[dict[str, NDArray]]) -> dict[str, dict[str, float]]:
    """Condition -> statistics of its pooled distances; empty when there are none."""
    members = list(measured)
    if not sum(len(one[NEUTRAL]) for one in members):
        return {}
    return {condition: asdict(statistics(one[condition] for one in members)) for condition in CONDITIONS}


def _views(data: dict[str, Any], part: str) -> Iterator[str]:
    head = [f"{view}: {word}" for view in VIEWS for word in ("median", "mean", "std")]
    yield "| face | " + " | ".join(head) + " |"
    yield "|---|" + "---|" * len(head)
    for condition in CONDITIONS:
        cells = []
        for view in VIEWS:
            figures = data[part][view].get(condition)
            cells += [f"{figures[key]:.2f}" if figures else "-" for key in ("median", "mean", "deviation")]
        yield f"| {condition} | " + " | ".join(cells) + " |"


def _expressions(data: dict[str, Any]) -> Iterator[str]:
    yield "Medians by expression"
    yield ""
    yield "| expression | " + " | ".join(f"{view}: {condition}" for view in VIEWS for condition in CONDITIONS) + " |"
    yield "|---|" + "---|" * len(VIEWS) * len(CONDITIONS)
    for name, views in data["expressions"].items():
        found = [views[view].get(condition) for view in VIEWS for condition in CONDITIONS]
        yield f"| {name} | " + " | ".join(f"{one['median']:.2f}" if one else "-" for one in found) + " |"


def _left_out(data: dict[str, Any]) -> Iterator[str]:
    if data["left_out"]:
        yield ""
        yield f"Left out, {len(data['left_out'])}:"
        yield ""
        for one in data["left_out"]:
            yield f"- {one['name']}: {one['reason']}"
