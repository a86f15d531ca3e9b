# SPDX-License-Identifier: GPL-3.0-or-later
"""The judgement as tables: pooled statistics by condition and view, medians by expression."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any

from ..now.measure import Statistics, statistics
from .conditions import CONDITIONS
from .item import VIEWS
from .judge import Judged, Judgement


def as_data(judgement: Judgement) -> dict[str, Any]:
    """For JSON: millimetres; "views" -> view -> condition -> statistics, "expressions" -> expression -> view -> condition -> statistics."""
    judged = judgement.judged
    expressions = dict.fromkeys(one.expression for one in judged)
    return {
        "unit": "millimetres",
        "photos": len(judged),
        "views": {view: _of(judged, lambda one, view=view: one.view == view) for view in VIEWS},
        "expressions": {
            name: {
                view: _of(judged, lambda one, view=view, name=name: (one.view, one.expression) == (view, name))
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
    return "\n".join([*_views(data), "", *_expressions(data), *_left_out(data)])


def _of(judged: list[Judged], chosen: Callable[[Judged], bool]) -> dict[str, dict[str, float]]:
    members = [one for one in judged if chosen(one)]
    if not members:
        return {}
    pooled: dict[str, Statistics] = {
        condition: statistics(one.distances[condition] for one in members) for condition in CONDITIONS
    }
    return {condition: asdict(figures) for condition, figures in pooled.items()}


def _views(data: dict[str, Any]) -> Iterator[str]:
    yield f"Scan to mesh, millimetres, {data['photos']} photos"
    yield ""
    head = [f"{view}: {word}" for view in VIEWS for word in ("median", "mean", "std")]
    yield "| face | " + " | ".join(head) + " |"
    yield "|---|" + "---|" * len(head)
    for condition in CONDITIONS:
        cells = []
        for view in VIEWS:
            figures = data["views"][view].get(condition)
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
