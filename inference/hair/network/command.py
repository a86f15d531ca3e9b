# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m inference train-hair FOLDER``: make data, train the networks, judge them on held-out styles; all of it resumes."""

from __future__ import annotations

import argparse
import json
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments; the defaults are full size, for a GPU."""
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="for data, logs and networks; a run goes on there")
    parser.add_argument("--styles", type=int, default=10000, help="mixed styles to make for training")
    parser.add_argument("--shape", default="improved,original", help="networks to train, comma-separated")
    parser.add_argument("--size", type=int, default=256, choices=(128, 256), help="pixels of the orientation map")
    parser.add_argument("--width", type=float, default=1.0, help="factor of all layers' channels")
    parser.add_argument(
        "--components", type=int, default=0, help="answer in this many strand components; 0: free points"
    )
    parser.add_argument("--no-correction", action="store_true", help="no Conv3D block behind the components")
    parser.add_argument("--epochs", type=int, default=500)
    parser.add_argument("--minutes", type=float, default=0.0, help="stop each network then; 0: after all epochs")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--rate", type=float, default=1e-4)
    parser.add_argument("--visible", type=float, default=10.0, help="weight of points the camera sees")
    parser.add_argument("--hidden", type=float, default=0.1, help="weight of the others")
    parser.add_argument("--curvature", type=float, default=1.0, help="weight of the curliness term")
    parser.add_argument("--collision", type=float, default=1e-4, help="weight of the collision term")
    parser.add_argument("--robust", action="store_true", help="distances instead of their squares")
    parser.add_argument("--half", action="store_true", help="bfloat16 in the network")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=0, help="of the CPU; 0: as many as there are")
    parser.add_argument("--device", default="", help="cuda or cpu; default: cuda where there is one")


def run(options: argparse.Namespace) -> None:
    """Do it. Raises AvatarError for a folder that holds something else."""
    import torch

    from .dataset import HELD_OUT, VARIATIONS, make_samples, training_recipes, variations
    from .judging import judge_mean, judge_network, judge_retrieval
    from .losses import Weights
    from .training import Plan, load_trained, scalp_cells, train

    if options.threads:
        torch.set_num_threads(options.threads)
    device = options.device or ("cuda" if torch.cuda.is_available() else "cpu")
    folder, seed = options.folder, options.seed
    tests = make_samples(folder / "data" / "test", variations(HELD_OUT, VARIATIONS, seed + 6), 256, seed + 6, print)
    samples = make_samples(folder / "data" / "train", training_recipes(options.styles, seed), 256, seed, print)
    weights = Weights(options.visible, options.hidden, options.curvature, options.collision, options.robust)
    verdicts = {"mean strand": judge_mean(samples, tests), "nearest training style": judge_retrieval(samples, tests)}
    for shape in options.shape.split(","):
        plan = Plan(
            shape, options.size, options.width, options.components, not options.no_correction, options.epochs,
            options.minutes, options.batch, options.rate, 0, options.half, weights,
        )  # fmt: skip
        train(samples, plan, folder / shape, device, lambda line: print(json.dumps(line), flush=True))
        network, scale, plan = load_trained(folder / shape)
        verdicts[shape] = judge_network(network, scale, plan, tests, scalp_cells())
    print(f"{'held-out styles':24} points mm  seen points mm  direction degrees")
    for name, verdict in verdicts.items():
        print(f"{name:24} {verdict.point:9.1f} {verdict.visible:15.1f} {verdict.degrees:18.1f}")
