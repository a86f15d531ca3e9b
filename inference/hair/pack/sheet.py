# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m inference hair-sheet``: the pictures of all hairstyles on one labelled sheet."""

from __future__ import annotations

import argparse
from pathlib import Path

from PIL import Image, ImageDraw

from ...errors import AvatarError

COLUMNS = 3
MARGIN, LABEL = 4, 14


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own options."""
    parser.add_argument("pictures", type=Path, metavar="DIR", help="folder with <style>.png, all of one size")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="PNG")


def run(options: argparse.Namespace) -> None:
    """Write the sheet."""
    files = sorted(options.pictures.glob("*.png"))
    if not files:
        raise AvatarError("request_invalid", f"There are no pictures in {options.pictures}: run python3 build.py hair.")
    hair_sheet(files).save(options.output)


def hair_sheet(files: list[Path]) -> Image.Image:
    """The pictures row by row, each with its style's name above."""
    pictures = [Image.open(file).convert("RGB") for file in files]
    width, height = pictures[0].size
    cell = (width + MARGIN, height + LABEL + MARGIN)
    rows = -(-len(files) // COLUMNS)
    sheet = Image.new("RGB", (COLUMNS * cell[0], rows * cell[1]), "white")
    draw = ImageDraw.Draw(sheet)
    for index, (file, picture) in enumerate(zip(files, pictures, strict=True)):
        x, y = (index % COLUMNS) * cell[0], (index // COLUMNS) * cell[1]
        draw.text((x + 2, y + 1), file.stem, fill="black")
        sheet.paste(picture, (x, y + LABEL))
    return sheet
