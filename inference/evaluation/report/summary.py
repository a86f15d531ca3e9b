# SPDX-License-Identifier: GPL-3.0-or-later
"""All items' figures as one: what report.json holds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from ...errors import AvatarError
from .figures import Better, figure_of

SCHEMA, VERSION = "portrait-avatar-evaluation", 1
LARGEST_FILE = 100_000_000


def summarize(items: list[dict[str, Any]]) -> dict[str, dict[str, float]]:
    """Figure -> mean, median, worst and number, over the items that have it; in the order of the figures."""
    names = list(dict.fromkeys(name for item in items for name in item["figures"]))
    summary = {}
    for name in names:
        values = np.array([item["figures"][name] for item in items if name in item["figures"]])
        lower = figure_of(name).better is Better.LOWER
        summary[name] = {
            "mean": float(values.mean()),
            "median": float(np.median(values)),
            "worst": float(values.max() if lower else values.min()),
            "count": len(values),
        }
    return summary


def add_nearest_others(items: list[dict[str, Any]]) -> dict[str, str]:
    """Judge -> how many renders are nearer to their own photo than to anybody else's; each item learns its nearest other.

    Items named ann~1, ann~2 are one person.
    """
    words = {}
    judges = list(dict.fromkeys(name for item in items for name in item.get("embeddings", {})))
    for judge in judges:
        views = [
            (item, item["embeddings"][judge]) for item in items if "render" in item.get("embeddings", {}).get(judge, {})
        ]
        own_nearest, counted = 0, 0
        for item, vectors in views:
            others = [
                (float(np.linalg.norm(np.subtract(vectors["render"], other["photo"]))), one["name"])
                for one, other in views
                if _person(one["name"]) != _person(item["name"])
            ]
            if others:
                distance, name = min(others)
                item["words"][f"nearest other, {judge}"] = f"{distance:.2f} ({name})"
                counted += 1
                own_nearest += distance > item["figures"][f"identity.{judge}"]
        if counted:
            words[judge] = f"{own_nearest} of {counted} renders are nearer to their own photo than to any other"
    return words


def read_report(file: Path) -> dict[str, Any]:
    """An earlier report.json. Raises AvatarError ``request_invalid``."""
    try:
        if file.stat().st_size > LARGEST_FILE:
            raise ValueError("it is too large")
        data = json.loads(file.read_text(encoding="utf-8"))
        if data.get("schema") != SCHEMA or not isinstance(data["summary"], dict) or not isinstance(data["items"], list):
            raise ValueError("it is of another kind")
    except (OSError, ValueError, KeyError, AttributeError, RecursionError) as problem:
        raise AvatarError(
            "request_invalid", f"{file} is no report.json of evaluate ({problem}): name one."
        ) from problem
    return data


def _person(name: str) -> str:
    return name.split("~")[0]
