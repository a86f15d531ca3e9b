# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m inference train-shape``: makes synthetic photos and learns identity and camera distance from them."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

DEFAULT_PHOTOS, DEFAULT_SEED = 2400, 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--photos", type=int, default=DEFAULT_PHOTOS, help="how many to render")
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED)
    parser.add_argument(
        "--cache",
        type=Path,
        default=Path(tempfile.gettempdir()) / "portrait-avatar-learning",
        metavar="DIR",
        help="keeps what was rendered, so that an interrupted run goes on",
    )
    parser.add_argument("-o", "--output", type=Path, metavar="NPZ", help="default: the product's own file")


def run(options: argparse.Namespace) -> None:
    from ...evaluation.synthetic.learning_set import CHUNK, make_learning_set
    from ...head.open_head import load_open_head
    from .identity import identity_file
    from .train import save, train

    model = load_open_head()
    learning = make_learning_set(
        model,
        options.photos,
        options.seed,
        options.cache,
        lambda chunks: print(f"{min(chunks * CHUNK, options.photos)} photos", flush=True),
    )
    learned = train(model, learning)
    path = options.output or identity_file(model.name)
    save(learned, str(path))
    print(f"{path}: learned from {len(learning.shape)} photos, {path.stat().st_size / 1e6:.2f} MB")
