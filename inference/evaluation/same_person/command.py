# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m inference same-person ann=1.jpg ann=2.jpg bob.jpg ...``: how far apart the neutral shapes of photos are."""

from __future__ import annotations

import argparse
from pathlib import Path

from ...errors import AvatarError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "photos",
        nargs="+",
        metavar="[NAME=]PHOTO",
        help="photos with the same NAME show one person; without one the file's own name is taken",
    )


def run(options: argparse.Namespace) -> None:
    from ...head.open_head import load_open_head
    from .shapes import distances, neutral_face, separation

    model = load_open_head()
    named = [_named(photo) for photo in options.photos]
    apart = distances([neutral_face(model, path) for _, path in named])
    names = [name for name, _ in named]
    width = max(map(len, names))
    print("RMS millimetres between neutral faces")
    for number, (name, row) in enumerate(zip(names, apart, strict=True), 1):
        print(f"{number:2d} {name:{width}s} " + " ".join(f"{v:4.2f}" for v in row))
    try:
        found = separation(names, apart)
    except ValueError as problem:
        raise AvatarError("request_invalid", f"Nothing to compare: {problem}") from problem
    print(
        f"one person: {found.within_mean:.2f} apart (at most {found.within_largest:.2f}); from others {found.between_mean:.2f} "
        f"(at least {found.between_least:.2f}); ratio {found.within_mean / found.between_mean:.2f}; "
        f"{found.missed} of {found.pairs} pairs have somebody else nearer"
    )


def _named(photo: str) -> tuple[str, Path]:
    name, sign, path = photo.partition("=")
    return (name, Path(path)) if sign and not Path(photo).exists() else (Path(photo).stem, Path(photo))
