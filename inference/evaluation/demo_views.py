# SPDX-License-Identifier: GPL-3.0-or-later
"""The pictures that ``build.py demo`` rendered with Cycles, hair and all, in place of quick renders."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ..bundle_io import read_bundle
from .likeness import SIZE, AvatarViews
from .portrait import cut


class DemoViews(AvatarViews):
    """One avatar's folder as ``build.py demo`` leaves it: ``bundle/`` and ``preview/``."""

    def __init__(self, folder: Path) -> None:
        super().__init__(read_bundle(folder / "bundle"), folder / "bundle")
        self.preview = folder / "preview"
        self.files = json.loads((self.preview / "views.json").read_text(encoding="utf-8"))

    def photo_and_render(self) -> tuple[NDArray, NDArray]:
        picture = self._picture("same_view")
        x0, y0, x1, _ = self.files["same_view"]["photo_box"]
        height, width = picture.shape[:2]
        return cut(self.photo.pixels, np.array([x0, y0]), width / (x1 - x0), (width, height)), picture

    def seen(self, view: str) -> NDArray:
        picture = self._picture(view)
        scale = SIZE / picture.shape[0]
        return cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)

    def _picture(self, view: str) -> NDArray:
        return np.asarray(Image.open(self.preview / self.files[view]["file"]).convert("RGB"))
