# SPDX-License-Identifier: GPL-3.0-or-later
"""The person's own hairstyles as an asset file, made anew whenever one joins them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ...inference.bundle import HairColor
from ...inference.bundle_style import StyleStrands
from ...inference.errors import AvatarError
from ..scene.datablocks import remove_new, snapshot
from ..scene.hair_material import hair_material
from . import library
from .assets import PREVIEW, write_assets

BROWN = HairColor((0.085, 0.043, 0.022), 0.72, 0.4)
# Of the head in the picture, metres: from the chest to above the hair.
LOW, HIGH = -0.25, 0.2
BACKGROUND, DARK, LIGHT = (0.16, 0.16, 0.16), (0.12, 0.06, 0.03), (0.62, 0.42, 0.27)


def write_own_assets(folder: Path) -> Path | None:
    """Write the asset file of all own styles beside them; None without any. Damaged styles are left out."""
    styles = list(filter(None, (_read(path) for path in sorted(folder.glob("*.npz")))))
    if not styles:
        return None
    before = snapshot()
    try:
        pictures = {style.info.name: sketch(style.points) for style in styles}
        return write_assets(styles, pictures, hair_material("Hairstyle", BROWN), folder)
    finally:
        remove_new(before)


def sketch(points: np.ndarray) -> np.ndarray:
    """(PREVIEW, PREVIEW, 4) a picture of strands (N, P, 3) from the front, near ones brighter; row 0 at the bottom."""
    size = PREVIEW
    picture = np.ones((size, size, 4), np.float32)
    picture[..., :3] = BACKGROUND
    # Eight places between two points leave no gaps at this size.
    share = np.linspace(0, 1, 8, endpoint=False)[:, None]
    dense = points[:, :-1, None] * (1 - share) + points[:, 1:, None] * share
    x, depth, z = dense.reshape(-1, 3).T
    column = ((x / (HIGH - LOW) + 0.5) * size).astype(int)
    row = ((z - LOW) / (HIGH - LOW) * size).astype(int)
    seen = (column >= 0) & (column < size) & (row >= 0) & (row < size)
    column, row, depth = column[seen], row[seen], depth[seen]
    nearest = np.full((size, size), np.inf)
    np.minimum.at(nearest, (row, column), depth)
    hit = np.isfinite(nearest)
    if hit.any():
        near, far = np.quantile(nearest[hit], (0.02, 0.98))
        # Strands of neighbouring pixels differ a little, or nothing would tell them apart.
        grain = np.random.default_rng(0).uniform(-0.15, 0.15, hit.sum())
        light = np.clip((far - nearest[hit]) / max(far - near, 1e-6) + grain, 0, 1)[:, None]
        picture[hit, :3] = np.array(DARK) * (1 - light) + np.array(LIGHT) * light
    return picture


def _read(path: Path) -> StyleStrands | None:
    try:
        return library.load(path.stem)
    except AvatarError:
        return None
