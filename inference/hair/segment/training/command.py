# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m inference train-hair-mask FOLDER``: train the network that finds hair in photos."""

from __future__ import annotations

import argparse
from dataclasses import fields
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, help="where the weights, the log and the state to resume from go")
    parser.add_argument("--steps", type=int, default=1200)
    parser.add_argument("--batch", type=int, default=8, help="photos a step")
    parser.add_argument("--rate", type=float, default=2e-3, help="highest learning rate")
    parser.add_argument("--scenes", type=int, default=900, help="most synthetic people kept at once")
    parser.add_argument("--examples", type=int, default=1000, help="most synthetic photos kept at once")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)


def run(options: argparse.Namespace) -> None:
    import torch  # only training needs it

    from .train import Plan, train

    torch.set_num_threads(options.threads)
    plan = Plan(**{item.name: getattr(options, item.name) for item in fields(Plan)})
    options.folder.mkdir(parents=True, exist_ok=True)
    with (options.folder / "log.txt").open("a", encoding="utf-8") as log:

        def tell(line: str) -> None:
            print(line, flush=True)
            log.write(line + "\n")
            log.flush()

        tell(str(plan))
        train(plan, options.folder, tell)
