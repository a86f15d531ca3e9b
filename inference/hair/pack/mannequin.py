# SPDX-License-Identifier: GPL-3.0-or-later
"""The mean head without a photo, as a bundle: it wears the hairstyles in their pictures."""

from __future__ import annotations

import numpy as np

from ...assemble import head_source, still_head
from ...bundle import Avatar, Camera, Hair, HairColor
from ...head.model import HeadModel

NAME = "mannequin"
# A shop's mannequin: of one colour, without eyes.
CLAY = (0.5, 0.36, 0.29)
BROWN = HairColor((0.085, 0.043, 0.022), 0.72, 0.4)


def mannequin(model: HeadModel) -> Avatar:
    """The template, bald, without shape keys and pictures; its next hairstyle will be brown."""
    bald = Hair(
        "bald",
        np.zeros((0, 8, 3), np.float32),
        np.zeros((0, 3), np.int32),
        np.zeros((0, 3), np.float32),
        1e-4,
        0,
        BROWN,
    )
    return Avatar(
        name=NAME,
        head_model=model.name,
        camera=_camera(),
        head=still_head(model, model.template.astype(np.float32)),
        hair=bald,
        textures={},
        shape=np.zeros(1, np.float32),
        expression={},
        pose={},
        colors={"skin": CLAY, "eyes": CLAY, "lashes": CLAY},
        sources=(head_source(model),),
    )


def _camera() -> Camera:
    matrix = np.eye(4)
    matrix[:3, :3] = np.array([(1.0, 0, 0), (0, 0, -1), (0, 1, 0)])
    matrix[1, 3] = -1.2
    return Camera(matrix, focal_px=1200.0, center_px=(256.0, 256.0), width=512, height=512)
