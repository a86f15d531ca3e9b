# SPDX-License-Identifier: GPL-3.0-or-later
"""What colours human skin has, and how bright a person's skin is, judged by more than the face's own exposure.

Hue and chroma of skin in white light lie in a narrow band of CIELAB whatever its lightness (Xiao et al., Skin Research and Technology
2017: hue angles 45 to 60 degrees, chroma 15 to 25); lightness is the person's, and a photo against the light hides it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..smoothstep import smoothstep
from .color import LUMINANCE

# Degrees of CIELAB's hue, and its chroma at lightnesses; deviations that are kept whole, and the share that is kept of what lies beyond.
HUE, HUE_SPAN = 52.0, 4.0
LIGHTNESSES, CHROMAS, CHROMA_SPAN = (20, 35, 50, 65, 75, 90), (14, 20, 23, 21.5, 19.5, 14), 3.5
BEYOND_KEPT = 0.2
COLORED = 4.0, 9.0  # chroma from which a picture is no grey one
# Distance from skin's hue and chroma at which colour is paint, not light, and up to which it surely is light.
PAINTED = 36.0, 28.0
# Log luminance of people's skin as photos show it in good light, and its deviation.
USUAL, USUAL_SPREAD = np.log(0.36), 0.6
# Deviation of the photo's own word on it: in good light, and for each unit of log luminance that the scene is brighter than the face.
TOLD, TOLD_BACKLIT, MOST_BACKLIT = 0.15, 0.65, 1.0
# Skin's luminance against the seen white of the eyes', as albedo: usually, at most (nothing makes an eye's white too bright), deviation.
OF_WHITE, AT_MOST_OF_WHITE, WHITE_SPREAD = 0.45, 0.36, 0.5
DOUBTED = 0.04, 0.12  # log luminance by which a guess must differ from the photo's word to count, and to count fully
BRIGHTEST, BRIGHTER_KEPT = np.log(0.46), 0.4  # log luminance beyond which exposure, not skin, is bright
WHITE_POINT = np.array([0.95047, 1.0, 1.08883])
XYZ_FROM_RGB = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)


@dataclass(frozen=True)
class Scene:
    """bright: linear luminance of the picture's bright parts. eye_white: that of the better lit eye's white, 0 when none was seen."""

    bright: float
    eye_white: float


def natural_color(mean: NDArray, lit: float, scene: Scene) -> NDArray[np.float64]:
    """(3,) linear sRGB that skin of mean colour ``mean`` (3,), exposed as the photo is, has in good white light.

    lit: linear luminance of the photo's lit skin.
    """
    told = float(np.log(mean @ LUMINANCE))
    level = _log_luminance(told, lit, scene)
    return _natural_hue(mean * np.exp(level - told))


def _log_luminance(told: float, lit: float, scene: Scene) -> float:
    """The best guess from the photo's word, the usual skin and the eyes' white, each by its certainty."""
    backlit = float(np.clip(np.log(scene.bright / lit), 0, MOST_BACKLIT))
    words = [(told, TOLD + TOLD_BACKLIT * backlit), (USUAL, USUAL_SPREAD)]
    highest = np.inf
    if scene.eye_white > 0:
        ratio = lit / scene.eye_white
        words.append((min(np.log(OF_WHITE * ratio), BRIGHTEST), WHITE_SPREAD))
        highest = np.log(AT_MOST_OF_WHITE * ratio)
    values, spreads = np.array(words).T
    guess = float(np.average(values, weights=spreads**-2))
    guess = max(told, min(guess, highest)) if guess > told else guess
    guess = told + smoothstep(*DOUBTED, abs(guess - told)) * (guess - told)
    return min(guess, BRIGHTEST + BRIGHTER_KEPT * (guess - BRIGHTEST))


def _natural_hue(linear: NDArray) -> NDArray[np.float64]:
    """The colour with hue and chroma drawn towards those of skin, its lightness kept."""
    lightness, a, b = lab_from_linear(linear)
    hue, chroma = np.degrees(np.arctan2(b, a)), float(np.hypot(a, b))
    usual = np.interp(lightness, LIGHTNESSES, CHROMAS)
    away = np.hypot(*(np.array([a, b]) - usual * np.array([np.cos(np.radians(HUE)), np.sin(np.radians(HUE))])))
    colored = smoothstep(*COLORED, chroma) * smoothstep(*PAINTED, away)
    near_hue = np.radians(hue + colored * (_drawn(hue - HUE, HUE_SPAN) - (hue - HUE)))
    near = chroma + colored * (_drawn(chroma - usual, CHROMA_SPAN) - (chroma - usual))
    return np.maximum(linear_from_lab(np.array([lightness, near * np.cos(near_hue), near * np.sin(near_hue)])), 1e-3)


def _drawn(deviation: float, span: float) -> float:
    beyond = deviation - np.clip(deviation, -span, span)
    return deviation - (1 - BEYOND_KEPT) * beyond


def lab_from_linear(linear: NDArray) -> NDArray[np.float64]:
    """(3,) linear sRGB -> CIELAB under D65."""
    x, y, z = (_root(v) for v in XYZ_FROM_RGB @ linear / WHITE_POINT)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def linear_from_lab(lab: NDArray) -> NDArray[np.float64]:
    """(3,) CIELAB under D65 -> linear sRGB, unbounded."""
    y = (lab[0] + 16) / 116
    roots = np.array([y + lab[1] / 500, y, y - lab[2] / 200])
    xyz = np.where(roots > 6 / 29, roots**3, (roots - 4 / 29) * 3 * (6 / 29) ** 2)
    return np.linalg.solve(XYZ_FROM_RGB, xyz * WHITE_POINT)


def _root(value: float) -> float:
    return np.cbrt(value) if value > (6 / 29) ** 3 else value / (3 * (6 / 29) ** 2) + 4 / 29
