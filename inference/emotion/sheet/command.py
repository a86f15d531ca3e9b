# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m inference emotion-sheet``: every emotion at three strengths, and mixtures, as one labelled picture per person.

With --portraits also single pictures, in the layouts that train-emotion reads.
"""

from __future__ import annotations

import argparse
import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from ...bundle_io import read_bundle
from ...errors import output_error
from ...evaluation.fast_render import orbit_camera, render
from ...evaluation.likeness import AvatarViews
from ..emotion_keys import EmotionKeys, slider_displacement
from ..evaluation.command import bundle_keys

STRENGTHS = (0.33, 0.66, 1.0)
YAWS = (0.0, 30.0)
# Folder within the subject's -> strength; train-emotion takes those that lie in the subject's own folder as full.
PORTRAITS = {"": 1.0, "half/": 0.5}
MIXTURES: tuple[dict[str, float], ...] = (
    {"happiness": 1, "surprise": 1},
    {"anger": 1, "contempt": 1},
    {"sadness": 1, "fear": 1},
    {"anger": 1, "disgust": 1},
    {"sadness": 0.8, "anger": 0.8},
    {"fear": 1, "surprise": 1},
    {"happiness": 0.7, "sadness": 0.7},
    {"happiness": 0.5, "contempt": 0.9},
    {"happiness": 1, "surprise": 1, "fear": 1},
    {"anger": 1, "sadness": 1, "disgust": 1, "surprise": 1},
)
CLOSER = 1.42
LABEL_HEIGHT = 26


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("bundles", type=Path, nargs="+", metavar="BUNDLE")
    parser.add_argument(
        "-o", "--output", type=Path, required=True, metavar="DIR", help="NAME_emotions.png, NAME_mixtures.png"
    )
    parser.add_argument(
        "--portraits",
        type=Path,
        metavar="DIR",
        help="also write DIR/NAME/EMOTION.png, at half strength in DIR/NAME/half, and DIR/labels.csv",
    )
    parser.add_argument("--size", type=int, default=300, help="pixels of one picture")


def run(options: argparse.Namespace) -> None:
    """Raises AvatarError."""
    labels: list[tuple[str, str, str, float]] = []
    for path in options.bundles:
        avatar = read_bundle(path)
        views, keys = AvatarViews(avatar, path), bundle_keys(avatar)

        def seen(mixture: dict[str, float], yaw: float, views: AvatarViews = views, keys=keys) -> NDArray:  # noqa: ANN001
            sliders = np.array([mixture.get(name, 0.0) for name in keys.names])
            vertices = views.avatar.head.vertices + slider_displacement(keys, sliders)
            camera = orbit_camera(views.face, yaw, options.size)
            return render(views.surface, vertices, views.look, replace(camera, focal_px=CLOSER * camera.focal_px))

        rows = [[{name: strength} for name in keys.names] for strength in STRENGTHS]
        half = len(MIXTURES) // 2
        sheets = {"emotions": rows, "mixtures": [list(MIXTURES[:half]), list(MIXTURES[half:])]}
        for name, mixtures in sheets.items():
            cells = [[(_label(m), seen(m, yaw)) for m in row] for row in mixtures for yaw in YAWS]
            target = options.output / f"{path.name}_{name}.png"
            try:
                target.parent.mkdir(parents=True, exist_ok=True)
                _sheet(cells).save(target)
            except OSError as problem:
                raise output_error(problem, target) from problem
            print(target, flush=True)
        if options.portraits:
            labels += _write_portraits(views, keys, path.name, options.portraits)
    if labels:
        with (options.portraits / "labels.csv").open("w", newline="", encoding="utf-8") as stream:
            csv.writer(stream).writerows([("photo", "subject", "emotion", "intensity"), *labels])
        print(f"{options.portraits} ({len(labels)} portraits)")


def _write_portraits(
    views: AvatarViews, keys: EmotionKeys, subject: str, folder: Path
) -> list[tuple[str, str, str, float]]:
    """One front view per emotion and strength, and the neutral one; answers the rows of the CSV."""
    rows = [(f"{subject}/neutral.png", subject, "neutral", 1.0)]
    rows += [
        (f"{subject}/{place}{e}.png", subject, e, strength) for place, strength in PORTRAITS.items() for e in keys.names
    ]
    for photo, _, emotion, strength in rows:
        sliders = np.array([strength * (name == emotion) for name in keys.names])
        target = folder / photo
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            picture = views.orbit(views.avatar.head.vertices + slider_displacement(keys, sliders), 0.0)
            Image.fromarray(picture).save(target)
        except OSError as problem:
            raise output_error(problem, target) from problem
    return rows


def _label(mixture: dict[str, float]) -> str:
    return " + ".join(f"{name} {value:.2g}" for name, value in mixture.items())


def _sheet(cells: list[list[tuple[str, NDArray]]]) -> Image.Image:
    size = cells[0][0][1].shape[0]
    sheet = Image.new("RGB", (size * len(cells[0]), (size + LABEL_HEIGHT) * len(cells)), (24, 25, 28))
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(15)
    for row, line in enumerate(cells):
        for column, (label, picture) in enumerate(line):
            left, top = column * size, row * (size + LABEL_HEIGHT)
            sheet.paste(Image.fromarray(picture), (left, top + LABEL_HEIGHT))
            draw.text((left + size / 2, top + LABEL_HEIGHT / 2), label, (225, 225, 225), font, anchor="mm")
    return sheet
