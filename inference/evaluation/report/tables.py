# SPDX-License-Identifier: GPL-3.0-or-later
"""The report's tables, the same for HTML and Markdown."""

from __future__ import annotations

from typing import Any

from .figures import BY_NAME, figure_of
from .section import Section

MAIN = ("face.psnr", "face.ssim", "head.psnr", "head.ssim", "whole.psnr", "whole.ssim")
STUDIO = tuple(f"studio.{name}" for name in MAIN)
OTHER = ("identity.dlib", "loop.overall", "fit.residual", "hair.iou", "hair.degrees", "emotion.units")
SHORT = {
    "face.psnr": "face PSNR",
    "face.ssim": "face SSIM",
    "head.psnr": "head PSNR",
    "head.ssim": "head SSIM",
    "whole.psnr": "whole PSNR",
    "whole.ssim": "whole SSIM",
    "identity.dlib": "dlib distance",
    "identity.facenet": "DFID",
    "identity.insightface": "ArcFace",
    "loop.overall": "closed loop %",
    "fit.residual": "residual %",
    "hair.iou": "hair IoU",
    "hair.degrees": "hair °",
    "emotion.units": "emotion units",
}


def all_sections(report: dict[str, Any]) -> list[Section]:
    """Summary, items, times and memory, what failed; those that have something to say."""
    sections = [summary_section(report), items_section(report), stages_section(report), failures_section(report)]
    return [section for section in sections if section.rows]


def main_names(report: dict[str, Any]) -> tuple[str, ...]:
    """The image figures shown first: in the photo's light, or in studio light where there are no others."""
    return MAIN if "face.psnr" in report["summary"] else STUDIO


def worst_first(report: dict[str, Any]) -> list[dict[str, Any]]:
    """The items that were measured, those least like their photo first."""
    name = main_names(report)[0]
    return sorted(measured(report), key=lambda item: item["figures"].get(name, -1.0))


def measured(report: dict[str, Any]) -> list[dict[str, Any]]:
    return [item for item in report["items"] if "figures" in item]


def summary_section(report: dict[str, Any]) -> Section:
    """Every figure over all items, and why others are missing."""
    rows = []
    for name, figure in BY_NAME.items():
        values = report["summary"].get(name)
        if values is not None:
            numbers = (f"{values[key]:.{figure.digits}f}" for key in ("mean", "median", "worst"))
            rows.append((figure.words, *numbers, figure.unit, str(values["count"])))
    missing = {f"{group}: {why}" for item in measured(report) for group, why in item["missing"].items()}
    notes = [f"Not available: {'; '.join(sorted(missing))}." if missing else "", *report["identities"].values()]
    columns = ("figure", "mean", "median", "worst", "unit", "items")
    return Section("All figures", " ".join(note for note in notes if note), columns, tuple(rows))


def items_section(report: dict[str, Any]) -> Section:
    """One row per item, the worst first."""
    names = [*main_names(report), *(name for name in SHORT if name.startswith("identity.")), *OTHER[1:]]
    names = [name for name in dict.fromkeys(names) if name in report["summary"]]
    rows = []
    for item in worst_first(report):
        cells = (
            f"{item['figures'][name]:.{figure_of(name).digits}f}" if name in item["figures"] else "–" for name in names
        )
        rows.append((item["name"], *cells))
    columns = ("item", *(SHORT.get(name.removeprefix("studio."), name) for name in names))
    return Section("Items, worst first", "", columns, tuple(rows))


def stages_section(report: dict[str, Any]) -> Section:
    """Seconds and memory of the stages."""
    summary = report["summary"]
    totals = {"create": "all stages of a bundle", "measure": "all measuring"}
    stages = [name.partition(".")[2] for name in summary if name.startswith("seconds.")]
    rows = []
    for stage in (*(stage for stage in stages if stage not in totals), *(stage for stage in totals if stage in stages)):
        clock, processor, memory = (summary.get(f"{kind}.{stage}") for kind in ("seconds", "cpu", "memory"))
        cells = [f"{clock['median']:.2f}", f"{clock['worst']:.2f}"]
        cells += [
            f"{values['median']:.{digits}f}" if values else "–" for values, digits in ((processor, 2), (memory, 0))
        ]
        rows.append((totals.get(stage, stage), *cells, str(clock["count"])))
    run = report["run"]
    for words, seconds in (("cold start of a process", run["cold_start_seconds"]), ("the whole run", run["seconds"])):
        if seconds is not None:
            rows.append((words, f"{seconds:.1f}", "–", "–", "–", "–"))
    columns = ("stage", "median s", "worst s", "median CPU s", "median peak MB", "items")
    return Section("Time and memory", _machine_words(report), columns, tuple(rows))


def failures_section(report: dict[str, Any]) -> Section:
    """Items that could not be measured."""
    rows = tuple((item["name"], item["error"]) for item in report["items"] if "error" in item)
    return Section("Not measured", "", ("item", "why"), rows)


def _machine_words(report: dict[str, Any]) -> str:
    machine, run = report["machine"], report["run"]
    load = run.get("load")
    busy = (
        f" The machine's load was {load} at the end, this run's own {run['jobs']} included." if load is not None else ""
    )
    kept = f" {run['kept']} items were measured in an earlier run." if run["kept"] else ""
    return (
        f"{machine['processor']}, {machine['cores']} cores, {machine['memory_gb']} GB, {machine['system']}, Python {machine['python']}; "
        f"{run['jobs']} items at once, stages warm: networks and head are loaded before.{busy}{kept} "
        "Stages without CPU time are as the bundle tells them. Peak memory is that of the whole process while the stage ran."
    )
