# SPDX-License-Identifier: GPL-3.0-or-later
"""Every figure of an evaluation: its name in the JSON, its words, its unit, and which way is better."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Better(Enum):
    """Which way a figure improves; neither for what only describes."""

    HIGHER = 1
    LOWER = -1
    NEITHER = 0


@dataclass(frozen=True)
class Figure:
    """name: key in the JSON. moved: the smallest change that a comparison tells. accuracy: whether floors are recorded for it."""

    name: str
    words: str
    unit: str
    better: Better
    digits: int
    moved: float
    accuracy: bool = True


REGIONS = ("whole", "head", "face")
LIGHTS = {"": "light of the photo", "studio.": "studio light"}


def _image_figures() -> tuple[Figure, ...]:
    rows = []
    for prefix, light in LIGHTS.items():
        for region in REGIONS:
            rows += [
                Figure(f"{prefix}{region}.psnr", f"PSNR, {region}, {light}", "dB", Better.HIGHER, 2, 0.1),
                Figure(f"{prefix}{region}.ssim", f"SSIM, {region}, {light}", "", Better.HIGHER, 3, 0.005),
                Figure(f"{prefix}{region}.lpips", f"LPIPS, {region}, {light}", "", Better.LOWER, 3, 0.005),
            ]
    return tuple(rows)


FIGURES: tuple[Figure, ...] = (
    *_image_figures(),
    Figure("identity.facenet", "DFID: FaceNet distance, render to photo", "", Better.LOWER, 3, 0.02),
    Figure("identity.insightface", "insightface (ArcFace) distance, render to photo", "", Better.LOWER, 3, 0.02),
    Figure("identity.dlib", "dlib distance, render to photo", "", Better.LOWER, 3, 0.02),
    Figure("identity.dlib_front", "dlib distance, neutral front view to photo", "", Better.LOWER, 3, 0.02),
    Figure("fit.residual", "landmark residual", "% of the iris distance", Better.LOWER, 2, 0.03),
    Figure("loop.overall", "closed loop, overall", "% of the iris distance", Better.LOWER, 2, 0.1),
    Figure("loop.eyes", "closed loop, eyes", "% of the iris distance", Better.LOWER, 2, 0.1),
    Figure("loop.nose", "closed loop, nose", "% of the iris distance", Better.LOWER, 2, 0.1),
    Figure("loop.lips", "closed loop, lips", "% of the iris distance", Better.LOWER, 2, 0.1),
    Figure("hair.iou", "hair: strands and mask, IoU", "", Better.HIGHER, 3, 0.01),
    Figure("hair.degrees", "hair: direction error", "degrees", Better.LOWER, 1, 0.5),
    Figure("emotion.units", "emotions: action units seen", "share", Better.HIGHER, 3, 0.01),
    Figure("emotion.clear", "emotions with every unit seen", "share", Better.HIGHER, 3, 0.01),
    Figure("emotion.smile", "smile widens the mouth by", "share", Better.HIGHER, 3, 0.01),
    Figure("emotion.gap", "surprise opens the lips by", "outer-eye distances", Better.HIGHER, 3, 0.01),
    Figure("emotion.brows", "surprise raises the brows by", "share", Better.HIGHER, 3, 0.01),
    Figure("emotion.lids", "blink leaves of the eye's opening", "share", Better.LOWER, 3, 0.02),
)
BY_NAME = {figure.name: figure for figure in FIGURES}


def figure_of(name: str) -> Figure:
    """A figure's description; seconds and megabytes of stages are described by their names."""
    if name in BY_NAME:
        return BY_NAME[name]
    kind, _, stage = name.partition(".")
    if kind == "seconds":
        return Figure(name, f"time, {stage}", "s", Better.LOWER, 2, 0.25, accuracy=False)
    if kind == "cpu":
        return Figure(name, f"CPU time, {stage}", "s", Better.LOWER, 2, 0.25, accuracy=False)
    if kind == "memory":
        return Figure(name, f"peak memory, {stage}", "MB", Better.LOWER, 0, 50, accuracy=False)
    return Figure(name, name, "", Better.NEITHER, 3, 0.0, accuracy=False)
