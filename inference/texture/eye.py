# SPDX-License-Identifier: GPL-3.0-or-later
"""Paints the eyeball: pupil, iris, limbus, sclera and veins over the polar chart.

The chart's centre is the pupil, radius 0.25 the iris' boundary, radius 0.5 the back of the eyeball; up is up, and both eyes share it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from ..smoothstep import smoothstep
from .color import bytes_from_linear
from .iris import ANGLES, RINGS, EyeColors

IRIS_RADIUS = 0.25
PUPIL = 0.37  # of the iris' radius
COLLARETTE = 0.55
LID_SHADOW = 0.28  # of the upper lid
LIMBUS = 0.06  # width of the soft border, of the iris' radius
FIBRES = ((24, 0.10), (47, 0.12), (96, 0.13), (150, 0.08))  # streaks around the iris, strength in log brightness
CORNER, BACK = (0.80, 0.60, 0.55), (0.35, 0.12, 0.10)
VEIN_COLOR = (0.50, 0.13, 0.10)
VEINS_PER_SIDE = 9
SEED = 11


@dataclass(frozen=True, eq=False)
class EyeDrawing:
    """What is the same for everybody: (size, size) radius in iris radii, angle, height and the drawing of fibres and veins."""

    radius: NDArray[np.float32]
    angle: NDArray[np.float32]
    height: NDArray[np.float32]
    sideways: NDArray[np.float32]
    fibres: NDArray[np.float32]
    veins: NDArray[np.float32]


def paint_eye(colors: EyeColors, size: int) -> NDArray[np.uint8]:
    """(size, size, 3) uint8 sRGB."""
    canvas = prepare_eye(size)
    share = smoothstep(1 + LIMBUS, 1 - LIMBUS / 2, canvas.radius)[..., None]
    return bytes_from_linear(share * _iris(colors, canvas) + (1 - share) * _sclera(colors, canvas))


@lru_cache(maxsize=3)
def prepare_eye(size: int) -> EyeDrawing:
    """Made once per size."""
    axis = (np.arange(size, dtype=np.float32) + 0.5) / size - 0.5
    x, y = np.meshgrid(axis, -axis)
    distance = np.hypot(x, y)
    radius, angle = distance / np.float32(IRIS_RADIUS), np.arctan2(y, x)
    random = np.random.default_rng(SEED)
    fibres = _fibres(radius, angle, random).astype(np.float32)
    return EyeDrawing(radius, angle, y, np.abs(x) / np.maximum(distance, 1e-6), fibres, _veins(size, random))


def _iris(colors: EyeColors, canvas: EyeDrawing) -> NDArray:
    radius, trust = canvas.radius, np.float32(colors.pattern_trust)
    light = canvas.fibres * (1 - 0.6 * trust) + _sampled(colors.pattern, radius, canvas.angle) * trust
    light = light + 0.22 * np.exp(-(((radius - COLLARETTE) / 0.12) ** 2))
    light = light - 0.9 * smoothstep(0.78, 1.0, radius)  # the dark ring at the limbus
    light = light - LID_SHADOW * smoothstep(0.15, 0.9, canvas.height / np.float32(IRIS_RADIUS))
    light = light - 0.30 * smoothstep(COLLARETTE - 0.02, PUPIL, radius)
    # Nearer the pupil irises are warmer.
    warmth = 1 + smoothstep(0.72, 0.42, radius)[..., None] * np.array([0.09, 0.01, -0.06], np.float32)
    color = colors.iris.astype(np.float32) * np.exp(light)[..., None] * warmth
    pupil = smoothstep(PUPIL - 0.02, PUPIL + 0.03, radius)[..., None]
    return pupil * color + (1 - pupil) * np.float32(0.0035)


def _fibres(radius: NDArray, angle: NDArray, random: np.random.Generator) -> NDArray:
    """Streaks that run outwards, waver a little and differ inside and outside the collarette."""
    wave = np.zeros_like(radius)
    for count, strength in FIBRES:
        for inner in (0.0, 1.0):
            zone = smoothstep(COLLARETTE - 0.08, COLLARETTE + 0.08, radius)
            zone = zone if inner else 1 - zone
            around = 4 * count
            line = cv2.GaussianBlur(random.standard_normal((3, around)).astype(np.float32), (0, 0), 1.2, sigmaY=0.8)
            line = np.concatenate([line, line[:, :2]], 1) / line.std()
            waver = 0.03 * np.sin(radius * 9 + random.uniform(0, 6.3)) * (24 / count) ** 0.5
            column = np.mod(angle + waver, 2 * np.pi) / (2 * np.pi) * around
            row = np.clip(radius * 2, 0, 2)
            streak = cv2.remap(line, column.astype(np.float32), row.astype(np.float32), cv2.INTER_LINEAR)
            wave = wave + zone * strength * streak
    return wave


def _sampled(pattern: NDArray, radius: NDArray, angle: NDArray) -> NDArray:
    wrapped = np.concatenate([pattern, pattern[:, :1]], 1)
    column = np.mod(angle, 2 * np.pi) / (2 * np.pi) * ANGLES
    row = np.clip(radius * RINGS - 0.5, 0, RINGS - 1)
    return cv2.remap(wrapped, column.astype(np.float32), row.astype(np.float32), cv2.INTER_LINEAR)


def _sclera(colors: EyeColors, canvas: EyeDrawing) -> NDArray:
    corner = smoothstep(1.12, 1.42, canvas.radius) * (0.45 + 0.55 * canvas.sideways)
    color = colors.sclera.astype(np.float32) * (1 - corner[..., None] * np.float32(1 - np.array(CORNER)))
    color *= (1 - LID_SHADOW * smoothstep(0.0, 0.3, canvas.height))[..., None]  # under the upper lid
    color *= 1 - canvas.veins[..., None] * np.float32(1 - np.array(VEIN_COLOR))
    back = smoothstep(1.4, 1.75, canvas.radius)[..., None]
    return (1 - back) * color + back * np.array(BACK, np.float32)


def _veins(size: int, random: np.random.Generator) -> NDArray:
    """(size, size) opacity of thin vessels that wander from the corners towards the iris."""
    scale = 2
    canvas = np.zeros((size * scale, size * scale), np.uint8)
    for side in (0.0, np.pi):
        for _ in range(VEINS_PER_SIDE):
            _vein(canvas, side + random.normal(0, 0.45), 1.5, random, 255)
    soft = cv2.GaussianBlur(canvas, (0, 0), 0.9 * size * scale / 1024 + 0.3)
    return 0.55 * cv2.resize(soft, (size, size), interpolation=cv2.INTER_AREA).astype(np.float32) / 255


def _vein(canvas: NDArray, angle: float, start: float, random: np.random.Generator, ink: int) -> None:
    steps = int(random.integers(14, 34))
    turns = np.cumsum(random.normal(0, 0.022, steps)) + angle
    radii = start - np.linspace(0, 1, steps) * random.uniform(0.12, 0.32)
    place = 0.5 + IRIS_RADIUS * radii[:, None] * np.stack([np.cos(turns), -np.sin(turns)], 1)
    line = np.round(place * len(canvas) * 16).astype(np.int32)
    fading = np.linspace(ink, 0.15 * ink, steps)
    for first, second, strength in zip(line[:-1], line[1:], fading, strict=False):
        cv2.line(canvas, first.tolist(), second.tolist(), int(strength), 1, cv2.LINE_AA, 4)
    if ink > 120:
        fork = int(random.integers(steps // 3, steps - 3))
        _vein(canvas, float(turns[fork]), float(radii[fork]), random, ink // 2)
