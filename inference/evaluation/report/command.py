# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m inference evaluate PHOTOS_OR_BUNDLES... --out DIR``: how good avatars are, as tables, pictures and JSON.

DIR gets report.html, report.md, report.json and items/ with pictures and masks. What was measured there before, with the same
content, options and program, is kept; so an interrupted run goes on where it was.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from ...errors import AvatarError, output_error
from ...estimators.types import ESTIMATORS, LANDMARK_FIT, FaceOptions
from ...pipeline import CreateOptions
from .compare import lost_floors, moves, record_floors, say
from .inputs import Input, find_inputs
from .item import Settings
from .progress import ProgressBar
from .section import read_section
from .summary import read_report
from .tables import measured
from .workers import work_through
from .write import collect, measured_before, write_report

SMALLEST, LARGEST = 128, 2048


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = __doc__
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("inputs", type=Path, nargs="+", metavar="PHOTO_OR_BUNDLE", help="or folders with them")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="items at once (default: 2)")
    parser.add_argument(
        "--size", type=int, default=512, metavar="PIXELS", help="of the compared pictures (default: 512)"
    )
    parser.add_argument(
        "--cycles",
        type=Path,
        metavar="PYTHON",
        help="render with Cycles: a Python with bpy, .environments/blender-4.5/bin/python",
    )
    parser.add_argument("--samples", type=int, default=32, help="of Cycles, per pixel")
    parser.add_argument("--head", default="", metavar="open|flame|FILE", help="as for create")
    parser.add_argument("--estimator", default=LANDMARK_FIT, choices=ESTIMATORS, help="as for create")
    parser.add_argument("--refine", action="store_true", help="as for create")
    parser.add_argument(
        "--lpips", type=Path, nargs="+", default=(), metavar="FILE", help="torchvision's AlexNet and lpips' alex.pth"
    )
    parser.add_argument("--facenet", type=Path, metavar="FILE", help="20180402-114759-vggface2.pt, for DFID")
    parser.add_argument("--insightface", type=Path, metavar="PACK", help="default: in ~/.insightface/models")
    parser.add_argument(
        "--section",
        type=Path,
        nargs="+",
        default=(),
        metavar="JSON",
        help="tables of other measurements to join the report",
    )
    parser.add_argument("--compare", type=Path, metavar="OLD.json", help="an earlier report.json: tell what moved")
    parser.add_argument(
        "--floors", type=Path, metavar="JSON", help="end with status 1 when a figure is worse than recorded"
    )
    parser.add_argument("--record-floors", type=Path, metavar="JSON", help="record this run's figures as floors")


def run(options: argparse.Namespace) -> None:
    """Raises AvatarError: nothing to measure, nothing measured, unusable files, a floor not held."""
    settings = _settings(options)
    inputs = find_inputs(options.inputs, repr(settings))
    old = read_report(options.compare) if options.compare else None
    sections = [read_section(file) for file in options.section]
    start = time.perf_counter()
    items = _folder(options.out)
    kept = [one for one in inputs if measured_before(items / one.folder)]
    failures = _measure([one for one in inputs if one not in kept], items, options.jobs, settings)
    report = collect(inputs, options.out, failures, settings, options.jobs, len(kept), time.perf_counter() - start)
    if not report["summary"]:
        raise AvatarError("evaluation_empty", f"Nothing could be measured: {next(iter(failures.values()))}")
    moved = moves(old, report) if old else []
    if old:
        report["compared_with"] = str(options.compare)
        print(say(moved, len({item["name"] for item in old["items"]} & {item["name"] for item in report["items"]})))
    write_report(report, options.out, moved, sections)
    print(
        f"{len(measured(report))} of {len(inputs)} items measured: {options.out / 'report.html'}, report.md, report.json"
    )
    if options.record_floors:
        record_floors(
            report["summary"], options.record_floors, " ".join(["evaluate", *(one.path.name for one in inputs)])
        )
    _hold(report["summary"], options.floors)


def _settings(options: argparse.Namespace) -> Settings:
    if not SMALLEST <= options.size <= LARGEST:
        raise AvatarError("request_invalid", f"--size must be between {SMALLEST} and {LARGEST} pixels.")
    if options.jobs < 1 or options.samples < 1:
        raise AvatarError("request_invalid", "--jobs and --samples must be at least 1.")
    create = CreateOptions(estimation=FaceOptions(options.head, options.estimator, options.refine))
    weights = options.facenet, options.insightface
    for file in (*options.lpips, *weights, options.cycles):
        if file is not None and not file.exists():
            raise AvatarError("weights_missing", f"There is nothing at {file}: check the path.")
    return Settings(options.size, options.cycles, options.samples, create, tuple(options.lpips), *weights)


def _folder(out: Path) -> Path:
    items = out / "items"
    try:
        items.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise output_error(problem, out) from problem
    return items


def _measure(inputs: list[Input], items: Path, jobs: int, settings: Settings) -> dict[str, str]:
    """Measure what is left to do; key of an input -> why it failed."""
    from .job import prepare

    failures = {}
    bar = ProgressBar(len(inputs), sys.stderr)
    work = [(one, items / one.folder) for one in inputs]
    photos = any(one.is_photo for one in inputs)
    for done in work_through(work, jobs, prepare, (settings, photos)):
        one = inputs[done.job]
        if done.failure:
            failures[one.key] = done.failure
        bar.step(one.name, done.failure)
    bar.end()
    return failures


def _hold(summary: dict[str, dict[str, float]], floors: Path | None) -> None:
    if floors is None:
        return
    lost = lost_floors(summary, floors)
    if lost:
        raise AvatarError(
            "evaluation_worse", f"{len(lost)} figures are worse than recorded in {floors}: {'; '.join(lost)}."
        )
    print(f"Every figure holds the floor recorded in {floors}.")
