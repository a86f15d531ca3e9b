# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m inference judge-shape``: how near fitted heads come to true ones, on renders of heads outside the model's span."""

from __future__ import annotations

import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--people", type=int, default=30, help="heads, four photos each")
    parser.add_argument("--seed", type=int, default=1001)


def run(options: argparse.Namespace) -> None:
    from ...head.open_head import load_open_head
    from .judge import fitted, judge, mean_head, summary
    from .judging_set import judging_set

    model = load_open_head()
    photos = list(judging_set(model, options.people, options.seed))
    print(f"{sum(photo.shot is not None for photo in photos)} of {len(photos)} photos read; scan to mesh, millimetres")
    tables = [summary(judge(model, photos, make(model))) for make in (mean_head, fitted)]
    print(f"{'':24s} {'mean head: median, mean':>26s} {'fit: median, mean':>22s} {'median, change':>15s}")
    for name in tables[0]:
        mean, fit = tables[0][name], tables[1][name]
        change = 100 * (fit.median / mean.median - 1)
        print(f"{name:24s} {mean.median:20.2f} {mean.mean:5.2f} {fit.median:16.2f} {fit.mean:5.2f} {change:13.0f} %")
