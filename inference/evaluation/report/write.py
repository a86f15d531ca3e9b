# SPDX-License-Identifier: GPL-3.0-or-later
"""Gathers the items' results and writes report.json, report.md and report.html."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...bundle_io import read_bundle
from ...errors import AvatarError, output_error
from .compare import Move
from .heat import heat_picture
from .html import as_html
from .inputs import Input, code_fingerprint
from .item import Settings
from .job import RESULT
from .machine import busy, describe_machine
from .markdown import as_markdown
from .section import Section
from .summary import SCHEMA, VERSION, add_nearest_others, summarize
from .tables import measured


def measured_before(folder: Path) -> bool:
    """Whether the folder, whose name ends in the key, holds a whole result."""
    return _result(folder) is not None


def collect(
    inputs: list[Input], out: Path, failures: dict[str, str], settings: Settings, jobs: int, kept: int, seconds: float
) -> dict[str, Any]:
    """The report as it goes into report.json, in the order of the inputs."""
    items: list[dict[str, Any]] = []
    for one in inputs:
        result = None if one.key in failures else _result(out / "items" / one.folder)
        items.append(result or {"name": one.name, "error": failures.get(one.key, "It was not measured.")})
    good = [item for item in items if "figures" in item]
    identities = add_nearest_others(good)
    starts = [item["cold_start_seconds"] for item in good if "cold_start_seconds" in item]
    rendering = f"{settings.size} pixels, " + ("Cycles" if settings.cycles else "the quick renderer")
    return {
        "schema": SCHEMA,
        "version": VERSION,
        "date": time.strftime("%Y-%m-%d %H:%M"),
        "code": code_fingerprint(),
        "rendering": f"{rendering}, estimator {settings.create.estimation.estimator}",
        "machine": describe_machine(),
        "run": {
            "jobs": jobs,
            "kept": kept,
            "seconds": round(seconds, 1),
            "cold_start_seconds": max(starts, default=None),
            "load": busy(),
        },
        "identities": identities,
        "summary": summarize(good),
        "items": items,
    }


def write_report(report: dict[str, Any], out: Path, moved: list[Move], sections: list[Section]) -> None:
    """The three files. Raises AvatarError ``output_*``."""
    data = report | {
        "items": [{k: v for k, v in item.items() if k not in ("embeddings", "bundle")} for item in report["items"]]
    }
    files = {
        "report.json": json.dumps(data, indent=1, allow_nan=False, ensure_ascii=False) + "\n",
        "report.md": as_markdown(report, sections),
        "report.html": as_html(report, out, _heats(report, out), moved, sections),
    }
    try:
        for name, text in files.items():
            (out / name).write_text(text, encoding="utf-8")
    except OSError as problem:
        raise output_error(problem, out) from problem


def _result(folder: Path) -> dict[str, Any] | None:
    """What was measured before, None when it is not whole."""
    try:
        result = json.loads((folder / RESULT).read_text(encoding="utf-8"))
        whole = result["folder"] == folder.name and {"figures", "missing", "words", "name"} <= result.keys()
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return result if whole else None


def _heats(report: dict[str, Any], out: Path) -> dict[str, NDArray]:
    """Item folder -> its errors on its head; "" -> the mean of all items on heads of the first one's kind, on that head."""
    heats: dict[str, NDArray] = {}
    gathered, shown = [], None
    for item in measured(report):
        folder = out / "items" / item["folder"]
        try:
            avatar = read_bundle(item["bundle"])
            errors = np.load(folder / "vertex_errors.npy", allow_pickle=False)
        except (AvatarError, OSError, ValueError):
            continue
        if len(errors) != len(avatar.head.vertices):
            continue
        heats[item["folder"]] = heat_picture(avatar, errors)
        shown = shown or avatar
        if len(errors) == len(shown.head.vertices) and avatar.head_model == shown.head_model:
            gathered.append(errors.astype(np.float32))
    if shown is not None and len(gathered) > 1:
        known = np.isfinite(gathered)
        total = np.where(known, gathered, 0).sum(0)
        heats[""] = heat_picture(shown, np.where(known.any(0), total / np.maximum(known.sum(0), 1), np.nan))
    return heats
