# SPDX-License-Identifier: GPL-3.0-or-later
"""What the texture stage answers."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Textures:
    """skin (S, S, 3) uint8 sRGB over the model's texture chart, row 0 at v = 1. eye (E, E, 3) uint8 sRGB, polar, for both eyes.

    colors: part -> linear sRGB ("skin", "lips", "scalp", "teeth", "gums", "tongue", "brows", "lashes", "iris", "sclera").
    report: "face_seen" (share of the face taken from the photo), "light_direction" (where the light comes from, head frame),
    "light_strength", "iris_measured" (False when no open eye was seen).
    """

    skin: NDArray[np.uint8]
    eye: NDArray[np.uint8]
    colors: dict[str, tuple[float, float, float]]
    report: dict[str, object] = field(default_factory=dict)

    @property
    def pictures(self) -> dict[str, NDArray[np.uint8]]:
        """Texture role -> picture, as the bundle names them."""
        return {"skin": self.skin, "eye": self.eye}
