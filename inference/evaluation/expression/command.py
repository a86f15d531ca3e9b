# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m inference evaluate-expression``: scan-to-mesh distance of the face at rest, as detected, and by emotion sliders."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from ...errors import AvatarError, output_error
from ...estimators.types import ESTIMATORS, LANDMARK_FIT, FaceOptions
from .expressions import EXPRESSIONS
from .item import Item, LeftOut


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "The expression table, by the NoW protocol. Without FOLDER it is measured on painted heads of known shape; "
        "FOLDER holds a data set laid out like FaceScape's (see inference/evaluation/expression/facescape.py)."
    )
    parser.add_argument("folder", type=Path, nargs="?", metavar="FOLDER")
    parser.add_argument("--people", type=int, metavar="N", help="how many (default: 10 painted ones, all of a folder)")
    parser.add_argument("--expressions", nargs="+", choices=EXPRESSIONS, default=EXPRESSIONS, metavar="NAME")
    parser.add_argument("--seed", type=int, default=2001, help="of the painted heads")
    parser.add_argument("--head", default="", metavar="open|flame|FILE", help="as for create")
    parser.add_argument("--estimator", default=LANDMARK_FIT, choices=ESTIMATORS)
    parser.add_argument("--emotion-network", type=Path, metavar="FILE", help="made by train-emotion, instead of ours")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there too")


def run(options: argparse.Namespace) -> None:
    """Raises AvatarError."""
    from ...emotion.network import load_network, require_head
    from ...emotion.shipped import shipped_network
    from ...estimators.heads import load_head
    from .judge import judge
    from .table import as_data, as_markdown

    if options.people is not None and options.people < 1:
        raise AvatarError("request_invalid", "--people must be at least 1.")
    estimation = FaceOptions(options.head, options.estimator)
    model = load_head(estimation)
    network = load_network(options.emotion_network) if options.emotion_network else shipped_network(model)
    require_head(network, model)
    items = _items(options)
    judgement = judge(items, model, network, estimation, lambda words: print(words, file=sys.stderr, flush=True))
    if not judgement.judged:
        reasons = "; ".join(f"{one.name}: {one.reason}" for one in judgement.left_out[:3]) or "the folder is empty"
        raise AvatarError("evaluation_empty", f"Nothing could be measured: {reasons}.")
    data = {
        "set": str(options.folder) if options.folder else f"painted heads, seed {options.seed}",
        "head": model.name,
        "estimator": options.estimator,
        **as_data(judgement),
    }
    print(as_markdown(data))
    if options.json:
        try:
            options.json.write_text(json.dumps(data, indent=1), encoding="utf-8")
        except OSError as problem:
            raise output_error(problem, options.json) from problem


def _items(options: argparse.Namespace) -> Iterator[Item | LeftOut]:
    if options.folder is None:
        from ...head.open_head import load_open_head
        from .synthetic import synthetic_items

        return synthetic_items(load_open_head(), options.people or 10, options.seed, tuple(options.expressions))
    from .facescape import facescape_items

    return facescape_items(options.folder, tuple(options.expressions), options.people)
