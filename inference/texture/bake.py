# SPDX-License-Identifier: GPL-3.0-or-later
"""The photo becomes textures."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ..face.types import FaceFit
from ..head.model import HeadModel
from ..photo.types import FaceLandmarks, Photo
from .atlas import texture_atlas
from .color import log_from_bytes
from .compose import Skin, compose_skin
from .eye import paint_eye
from .iris import EyeColors, measure_eyes
from .part_colors import part_colors
from .skin_graph import SkinGraph, skin_graph
from .trust import texel_trust
from .types import Textures
from .view import prepare_view


def bake_textures(
    model: HeadModel,
    fit: FaceFit,
    photo: Photo,
    landmarks: FaceLandmarks,
    hair_mask: NDArray,
    person: NDArray,
    size: int = 1024,
    hair_color: tuple[float, float, float] | None = None,
) -> Textures:
    """Skin and eye textures of the person in the photo.

    hair_mask, person: (H, W) float in [0, 1] over the photo: hair of the head (not the beard), the person.
    size: side of the skin texture in texels. hair_color: linear sRGB that tints the hairy scalp, None for a bald head.
    """
    atlas, graph = texture_atlas(model, size), skin_graph(model)
    view = prepare_view(model, fit, photo, landmarks, hair_mask, person, atlas)
    log = log_from_bytes(view.pixels)
    places = atlas.spread(view.places[:, :2] - 0.5)
    x, y = np.ascontiguousarray(places[..., 0]), np.ascontiguousarray(places[..., 1])
    trust = texel_trust(model, view, log, x, y, atlas)
    sampled = cv2.remap(log, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    skin = compose_skin(model, atlas, graph, view.normals, sampled, trust, hair_color)
    eyes = measure_eyes(photo.pixels, landmarks.points)
    eye = paint_eye(eyes, int(np.clip(size // 2, 256, 512)))
    colors = part_colors(model, graph, skin, eyes, photo.pixels, landmarks.points)
    return Textures(skin.texture, eye, colors, _report(model, graph, skin, eyes))


def _report(model: HeadModel, graph: SkinGraph, skin: Skin, eyes: EyeColors) -> dict[str, object]:
    face = model.masks["face"][graph.vertices] * graph.area
    return {
        "face_seen": round(float(np.average(skin.seen, weights=face)), 3),
        "light_direction": [round(float(v), 3) for v in skin.light.direction],
        "light_strength": round(skin.light.strength, 3),
        "iris_measured": eyes.measured,
    }
