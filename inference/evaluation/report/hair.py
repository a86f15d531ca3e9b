# SPDX-License-Identifier: GPL-3.0-or-later
"""How well an avatar's strands match the hair of its photo, with the measures of the hair's refinement."""

from __future__ import annotations

import numpy as np
from PIL import Image

from ...bundle import Avatar
from ...errors import AvatarError
from ...hair.from_photo import photo_map
from ...hair.head_surface import prepare_head
from ...hair.orientation.strands import map_of_strands
from ...hair.refine.refine import likeness
from ...head.open_head import load_open_head


def hair_figures(avatar: Avatar) -> dict[str, float]:
    """IoU with the mask that the bundle was made with, and the direction's error in degrees (left out where nothing overlaps).

    Raises AvatarError where there is no hair to measure.
    """
    model = load_open_head()
    if avatar.head_model != model.name:
        raise AvatarError("request_invalid", f"Hair is measured on {model.name} only.")
    if "hair_mask" not in avatar.textures:
        raise AvatarError("request_invalid", "The bundle holds no hair mask: create it again.")
    pixels = np.asarray(Image.open(avatar.textures["photo"]).convert("RGB"))
    mask = np.asarray(Image.open(avatar.textures["hair_mask"]).convert("L")) / np.float32(255)
    if not len(avatar.hair.points) and mask.max() < 0.5:
        raise AvatarError("request_invalid", "Neither the photo nor the avatar has hair.")
    head = prepare_head(model, avatar.head.vertices)
    view, wanted, known = photo_map(head, avatar.camera, pixels, mask)
    match = likeness(map_of_strands(view, avatar.hair.points), wanted, known)
    figures = {"hair.iou": match.iou}
    return figures | ({"hair.degrees": match.degrees} if np.isfinite(match.degrees) else {})
