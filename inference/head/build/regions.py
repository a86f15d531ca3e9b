# SPDX-License-Identifier: GPL-3.0-or-later
"""Soft masks of the skin: MakeHuman's painted masks where they exist, else its targets' supports and anatomy.

Positions are metres about the midpoint of the eyes.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ...smoothstep import smoothstep
from .crop import Bust
from .makehuman import MakeHuman

# Hairline on the subject's left: azimuth about HEAD_AXIS (0 in front, 180 behind) in degrees -> height in metres.
HAIRLINE = (
    (0, 0.066),
    (18, 0.065),
    (32, 0.061),
    (44, 0.049),
    (54, 0.033),
    (66, 0.014),
    (78, 0.000),
    (90, 0.006),
    (100, 0.008),
    (112, -0.018),
    (128, -0.052),
    (150, -0.070),
    (180, -0.078),
)
HEAD_AXIS = np.array([0.0, 0.075])
HAIRLINE_SOFTNESS = 0.005


def skin_masks(makehuman: MakeHuman, bust: Bust, vertices: NDArray, head_weight: NDArray) -> dict[str, NDArray]:
    """name -> (V,) float in [0, 1] over the bust's vertices; head_weight (V,): 1 on the head, 0 on the bust."""
    x, y, z = np.abs(vertices[:, 0]), vertices[:, 1], vertices[:, 2]
    inner = np.arange(len(vertices)) >= bust.skin_count
    painted = {name: _painted(makehuman, bust, f"mpfb_{name}") for name in ("lips", "eyelids", "ears")}
    ears = painted["ears"]
    nose = _support(makehuman, bust, ("nose/nose-scale-horiz-incr", "nose/nose-scale-depth-incr"), 0.003)
    scalp = _scalp(vertices) * smoothstep(0.25, 0.0, ears)
    front = smoothstep(0.062, 0.040, y) * smoothstep(-0.135, -0.112, z)
    brow_height = 0.021 - 4.0 * (x - 0.034) ** 2
    brows = np.exp(-(((z - brow_height) / 0.006) ** 2)) * smoothstep(0.008, 0.014, x) * smoothstep(0.060, 0.052, x)
    above_brows = smoothstep(0.022, 0.034, z)
    masks = {
        "scalp": scalp,
        "face": front * (1 - scalp),
        "neck": (1 - front) * (1 - scalp) * smoothstep(-0.02, -0.06, z) * smoothstep(0.02, 0.2, head_weight),
        "ears": ears,
        "lips": painted["lips"],
        "eyelids": painted["eyelids"],
        "brows": brows * front,
        "nose": nose,
        "forehead": front * above_brows * (1 - scalp),
        "cheeks": _support(makehuman, bust, ("cheek/l-cheek-volume-incr", "cheek/r-cheek-volume-incr"), 0.004),
        "bust": smoothstep(0.2, 0.02, head_weight),
    }
    masks = {name: np.where(inner, 0, mask) for name, mask in masks.items()}
    masks["inner_mouth"] = inner.astype(float)
    return masks


def _scalp(vertices: NDArray) -> NDArray:
    azimuth = np.degrees(np.arctan2(np.abs(vertices[:, 0]), HEAD_AXIS[1] - vertices[:, 1]))
    line = np.interp(azimuth, *np.array(HAIRLINE).T)
    return smoothstep(-HAIRLINE_SOFTNESS, HAIRLINE_SOFTNESS, vertices[:, 2] - line)


def _support(makehuman: MakeHuman, bust: Bust, targets: tuple[str, ...], full: float) -> NDArray:
    """How much targets move a vertex, 1 from ``full`` metres on."""
    moved = sum(np.linalg.norm(bust.sources @ makehuman.target(name), axis=1) for name in targets)
    return np.clip(moved / full, 0, 1)


def _painted(makehuman: MakeHuman, bust: Bust, name: str) -> NDArray:
    """One of MakeHuman's mask pictures, sampled at the vertices."""
    with Image.open(makehuman.folder / "mpfb2" / "textures" / f"{name}.jpg") as picture:
        pixels = np.asarray(picture.convert("L"), float) / 255
    height, width = pixels.shape
    value = np.zeros(len(makehuman.vertices))
    column = np.clip((makehuman.uv[:, 0] * width).astype(int), 0, width - 1)
    row = np.clip(((1 - makehuman.uv[:, 1]) * height).astype(int), 0, height - 1)
    np.maximum.at(value, makehuman.faces.ravel(), pixels[row, column][makehuman.uv_faces.ravel()])
    return bust.sources @ value
