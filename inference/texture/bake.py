# SPDX-License-Identifier: GPL-3.0-or-later
"""The photo becomes textures."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ..face.types import FaceFit
from ..head.model import HeadModel
from ..photo.types import FaceLandmarks, Photo
from ..smoothstep import smoothstep
from .canvas import Canvas, texture_canvas
from .color import LUMINANCE, bytes_from_log, linear_from_bytes, log_from_bytes
from .compose import compose_skin
from .detail import prepare_noise
from .exposure import exposure
from .eye import paint_eye, prepare_eye
from .field import SkinField, skin_field
from .iris import EyeColors, lit_like_skin, measure_eyes
from .mottle import prepare_mottle
from .part_colors import part_colors
from .scalp import tint_scalp
from .skin_tone import Scene
from .trust import texel_trust
from .types import Textures
from .view import View, prepare_view

STRAINED = 0.0008, 0.004  # metres of expression at which creases begin to be smoothed, and are smoothed most
CREASES_REMOVED = 0.9
BROWS_FOLD = 1.8  # metres of strain of a forehead per metre that its brows move
EYE_SIZES = 256, 512
SCENE_SIDE, SCENE_BRIGHT = 200, 0.9  # samples along the photo; quantile of its luminance


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
    canvas = texture_canvas(model, size)
    view = prepare_view(model, fit, photo, landmarks, hair_mask, person, canvas.atlas)
    log = log_from_bytes(view.pixels)
    places = canvas.atlas.spread(view.places[:, :2] - 0.5)
    x, y = cv2.split(places)
    trust = texel_trust(model, view, log, x, y, canvas.atlas)
    sampled = cv2.remap(log, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    strained = CREASES_REMOVED * _strained(canvas, view)
    # Beside a stretched mouth the photo shows lips, teeth and the fold at the corner where the face at rest has skin.
    trust = trust * (1 - canvas.spread(canvas.regions.mouth_corners * strained))
    vertices = canvas.graph.vertices
    field = skin_field(canvas, view.normals[vertices], view.facing[vertices], sampled, trust, strained)
    skin = compose_skin(canvas, field, sampled, trust, strained)
    eyes = measure_eyes(photo.pixels, landmarks.points)
    exposed = exposure(canvas, view, log, skin, _scene(photo, eyes))
    skin += exposed.change
    if hair_color is not None:
        tint_scalp(canvas, skin, hair_color)
    eyes = lit_like_skin(eyes, exposed.scale)
    eye = paint_eye(eyes, eye_size(size))
    colors = part_colors(canvas, field.color + exposed.change, eyes, photo.pixels, landmarks.points)
    return Textures(bytes_from_log(skin), eye, colors, _report(canvas, field, eyes))


def _strained(canvas: Canvas, view: View) -> NDArray:
    """(N,) in [0, 1] how far the photo's expression folds the skin: where it moves it, and on the forehead as far as it moves the brows."""
    moved = view.moved[canvas.graph.vertices]
    brows = canvas.model.masks["brows"]
    with_brows = np.average(view.moved, weights=brows + 1e-9)
    return smoothstep(*STRAINED, np.maximum(moved, BROWS_FOLD * canvas.regions.forehead * with_brows))


def _scene(photo: Photo, eyes: EyeColors) -> Scene:
    height, width = photo.pixels.shape[:2]
    step = max(1, round(max(height, width) / SCENE_SIDE))
    luminance = linear_from_bytes(photo.pixels[::step, ::step]) @ LUMINANCE
    return Scene(float(np.quantile(luminance, SCENE_BRIGHT)), eyes.white_seen)


def prepare_textures(model: HeadModel, size: int = 1024) -> None:
    """Does the work that is the same for every photo ahead of time (about a second)."""
    texture_canvas(model, size)
    prepare_noise(model, size)
    prepare_mottle(model, size)
    prepare_eye(eye_size(size))


def eye_size(size: int) -> int:
    """Side of the eye texture for a skin texture of ``size``."""
    return int(np.clip(size // 2, *EYE_SIZES))


def _report(canvas: Canvas, field: SkinField, eyes: EyeColors) -> dict[str, object]:
    face = canvas.regions.face * canvas.graph.area
    return {
        "face_seen": round(float(np.average(field.seen, weights=face)), 3),
        "light_direction": [round(float(v), 3) for v in field.light.direction],
        "light_strength": round(field.light.strength, 3),
        "iris_measured": eyes.measured,
    }
