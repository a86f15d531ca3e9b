# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m inference evaluate-now``: the NoW benchmark on its own folders, for predicted meshes or for our estimators."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import numpy as np

from ...errors import AvatarError, output_error
from ...estimators.types import ESTIMATORS, LANDMARK_FIT, FaceOptions
from .official_set import CHALLENGES

MILLIMETRES = {"mm": 1.0, "cm": 10.0, "m": 1000.0}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Scan-to-mesh statistics of the NoW benchmark. The folders are those of its makers; see official_set.py."
    )
    parser.add_argument(
        "set", type=Path, metavar="SET", help="folder with the list of photos, scans and their landmarks"
    )
    parser.add_argument("predictions", type=Path, nargs="?", metavar="PREDICTIONS", help="default: estimate the photos")
    parser.add_argument("--photos", type=Path, metavar="DIR", help="where the photos lie, if not in SET")
    parser.add_argument("--list", type=Path, metavar="FILE", help="another list of photos")
    parser.add_argument("--challenge", choices=CHALLENGES, help="this part of the photos only")
    parser.add_argument("--unit", choices=tuple(MILLIMETRES), help="of the predictions; default: told from their size")
    parser.add_argument("--head", default="", metavar="open|flame|FILE", help="as for create")
    parser.add_argument("--estimator", default=LANDMARK_FIT, choices=ESTIMATORS)
    parser.add_argument("-o", "--output", type=Path, metavar="DIR", help="write now.json, now.md and now.png there")


def run(options: argparse.Namespace) -> None:
    """Raises AvatarError."""
    from .evaluate import as_data, as_markdown, evaluate
    from .official_set import read_cases
    from .predict import from_files, from_photos

    cases = [c for c in read_cases(options.set, options.list) if options.challenge in (None, c.challenge)]
    if options.predictions is None:
        predict = from_photos(options.photos or options.set, FaceOptions(options.head, options.estimator))
    elif options.predictions.is_dir():
        predict = from_files(options.predictions, MILLIMETRES.get(options.unit))
    else:
        raise AvatarError("evaluation_empty", f"There is no folder {options.predictions}: check the path.")
    found = evaluate(options.set, cases, predict, lambda words: print(words, file=sys.stderr, flush=True))
    if not found.measured:
        first = next(iter(found.left_out.values()), "no photo belongs to the challenge")
        raise AvatarError("evaluation_empty", f"Nothing could be measured; the first problem: {first}")
    data = as_data(found)
    table = as_markdown(data)
    print(table)
    if options.output:
        from .curve import write_curves

        curves = {"non-metrical": found.pool("all", False), "metrical": found.pool("all", True)}
        try:
            options.output.mkdir(parents=True, exist_ok=True)
            (options.output / "now.json").write_text(json.dumps(data, indent=1), encoding="utf-8")
            (options.output / "now.md").write_text(table + "\n", encoding="utf-8")
            write_curves({name: np.concatenate(pool) for name, pool in curves.items()}, options.output / "now.png")
        except OSError as problem:
            raise output_error(problem, options.output) from problem
