# SPDX-License-Identifier: GPL-3.0-or-later
"""One labelled picture per avatar: the photo beside every rendered view."""

from __future__ import annotations

import json
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from ..errors import AvatarError, output_error
from ..photo.load import load_photo

SAME_VIEW = "same_view"
LABELS = {SAME_VIEW: "same view", "thirty": "30 degrees"}
COLUMNS = 4
LABEL_HEIGHT = 34
GAP = 6
PAPER, INK = (24, 25, 28), (225, 225, 225)


def write_contact_sheet(photo_path: Path, views_folder: Path, output: Path) -> None:
    """Write the sheet as PNG.

    ``photo_path``: the bundle's upright photo. ``views_folder`` holds views.json: view -> {"file", "photo_box": (x0, y0, x1, y1) or null}.

    Raises AvatarError.
    """
    try:
        index = json.loads((views_folder / "views.json").read_text(encoding="utf-8"))
        views = {view: Image.open(views_folder / entry["file"]).convert("RGB") for view, entry in index.items()}
        box = index[SAME_VIEW]["photo_box"]
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise AvatarError(
            "request_invalid", f"{views_folder} holds no rendered views ({problem}): render them first."
        ) from problem
    size = next(iter(views.values())).size
    photo = load_photo(photo_path)
    cells = {"photo": Image.fromarray(photo.pixels).crop([round(v) for v in box])} | views
    sheet = _sheet({name: picture.resize(size, Image.Resampling.LANCZOS) for name, picture in cells.items()}, size)
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        sheet.save(output)
    except OSError as problem:
        raise output_error(problem, output) from problem


def _sheet(cells: dict[str, Image.Image], size: tuple[int, int]) -> Image.Image:
    rows = -(-len(cells) // COLUMNS)
    step_x, step_y = size[0] + GAP, size[1] + LABEL_HEIGHT + GAP
    sheet = Image.new("RGB", (COLUMNS * step_x + GAP, rows * step_y + GAP), PAPER)
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(20)
    for number, (name, picture) in enumerate(cells.items()):
        row, column = divmod(number, COLUMNS)
        left, top = GAP + column * step_x, GAP + row * step_y
        sheet.paste(picture, (left, top + LABEL_HEIGHT))
        label = LABELS.get(name, name.replace("_", " "))
        draw.text((left + size[0] / 2, top + LABEL_HEIGHT / 2), label, INK, font, anchor="mm")
    return sheet
