# SPDX-License-Identifier: GPL-3.0-or-later
"""The colour of hair: from photo pixels to a reflectance, and from there to the melanin of Blender's Principled Hair BSDF.

The BSDF's melanin parametrisation, inverted here:
  amount = -ln(1 - melanin); eumelanin = amount * (1 - redness); pheomelanin = amount * redness
  absorption = eumelanin * (0.506, 0.841, 1.653) + pheomelanin * (0.343, 0.733, 1.924)        (d'Eon et al. 2011)
  colour of many strands = exp(-D * sqrt(absorption)),
  D = 5.969 - 0.215 b + 2.532 b^2 - 10.73 b^3 + 5.574 b^4 + 0.245 b^5 with radial roughness b      (Chiang et al. 2016)
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from ..bundle import HairColor
from ..head.landmark_sets import LEFT_BROW, RIGHT_BROW
from ..photo.srgb import LUMINANCE, linear_from_srgb
from ..smoothstep import smoothstep

EUMELANIN = np.array([0.506, 0.841, 1.653])
PHEOMELANIN = np.array([0.343, 0.733, 1.924])
ROUGHNESS = 0.3
MINIMUM_PIXELS = 30
# Quantiles of brightness of the brightest pixels but for glitter, how vivid they are against the others to be gloss or lit hair, and
# their share in the colour when they are lit.
BRIGHT, PALER, LIT_SHARE = (0.75, 0.97), (0.9, 1.05), 0.6
# Largest over smallest channel up to which hair has no colour of its own; luminances between which it is black or grey; what gloss
# adds to black hair, as a share of what is seen.
NEUTRAL, GREY_FROM, GLOSS_SHARE = (1.35, 1.9), (0.07, 0.15), 0.55


def melanin_color(melanin: float, redness: float, roughness: float = ROUGHNESS) -> NDArray:
    """Linear sRGB (3,) of dense hair with this melanin and redness, both in [0, 1]."""
    amount = -np.log(max(1 - melanin, 1e-4))
    absorption = amount * ((1 - redness) * EUMELANIN + redness * PHEOMELANIN)
    return np.exp(-_density(roughness) * np.sqrt(absorption))


def melanin_of(linear_rgb: NDArray, roughness: float = ROUGHNESS) -> tuple[float, float]:
    """Melanin and redness in [0, 1] whose colour comes nearest to a linear sRGB colour, compared in cube roots (as lightness is)."""
    target = np.cbrt(np.clip(linear_rgb, 1e-4, 1))

    def error(parameters: NDArray) -> NDArray:
        return np.cbrt(melanin_color(*parameters, roughness)) - target

    starts = [(m, r) for m in (0.05, 0.3, 0.6, 0.9) for r in (0.2, 0.8)]
    best = min(starts, key=lambda start: float(np.sum(error(np.array(start)) ** 2)))
    melanin, redness = least_squares(error, best, bounds=([0, 0], [0.9999, 1])).x
    return float(melanin), float(redness)


def hair_color(pixels: NDArray, mask: NDArray, gain: NDArray | float = 1.0) -> HairColor:
    """Colour of the hair in a photo: pixels (H, W, 3) uint8 sRGB, mask (H, W) in [0, 1].

    Shadow between strands and highlights on them lie at the ends of the brightness range; the colour is the mean of the part between,
    weighted towards the core of the mask. Where the brightest are no paler than those between they are no highlights but hair in the
    light, and the rest is in shadow. gain: (3,) what takes the photo's light out. Raises ValueError when the mask has too few pixels.
    """
    weight = np.clip(mask.astype(np.float64) * 2 - 1, 0, 1)
    if (weight > 0.2).sum() < MINIMUM_PIXELS:
        raise ValueError("the hair mask has too few pixels for a colour")
    chosen = weight > 0.2
    linear, weight = linear_from_srgb(pixels[chosen] / 255.0), weight[chosen]
    middle, bright = robust_mean(linear, weight), robust_mean(linear, weight, *BRIGHT)
    lit = LIT_SHARE * smoothstep(*PALER, _vividness(bright) / _vividness(middle)) * (1 - _neutral(middle))
    return color_of(without_gloss((middle + lit * (bright - middle)) * gain))


def without_gloss(linear_rgb: NDArray) -> NDArray:
    """The colour (3,) of dark hair without its white gloss: hair that is neither coloured nor light is black, not grey."""
    dark = 1 - smoothstep(*GREY_FROM, float(linear_rgb @ LUMINANCE))
    return linear_rgb * (1 - GLOSS_SHARE * _neutral(linear_rgb) * dark)


def color_of(linear_rgb: NDArray, roughness: float = ROUGHNESS) -> HairColor:
    """A HairColor with the melanin nearest to a linear sRGB colour."""
    melanin, redness = melanin_of(linear_rgb, roughness)
    return HairColor(tuple(float(c) for c in linear_rgb), melanin, redness, roughness)


def brow_color(pixels: NDArray, landmarks: NDArray) -> NDArray:
    """Linear sRGB (3,) of the brows' hairs: the darker part of the pixels inside both brow outlines; landmarks (478, >=2) pixels."""
    inside = np.zeros(pixels.shape[:2], np.uint8)
    for outline in (RIGHT_BROW, LEFT_BROW):
        cv2.fillPoly(inside, [np.round(landmarks[list(outline), :2]).astype(np.int32)], 1)
    linear = linear_from_srgb(pixels[inside > 0] / 255.0)
    if len(linear) < MINIMUM_PIXELS:
        raise ValueError("the brows are too small for a colour")
    light = linear @ LUMINANCE
    return linear[light <= np.quantile(light, 0.3)].mean(0)


def robust_mean(linear: NDArray, weight: NDArray, low: float = 0.45, high: float = 0.9) -> NDArray:
    """Weighted mean colour (3,) of linear pixels (N, 3) whose luminance lies between two quantiles."""
    light = linear @ LUMINANCE
    bottom, top = np.quantile(light, [low, high])
    weight = weight * ((light >= bottom) & (light <= top))
    return (linear * weight[:, None]).sum(0) / weight.sum()


def _neutral(linear_rgb: NDArray) -> float:
    return 1 - float(smoothstep(*NEUTRAL, _vividness(linear_rgb)))


def _vividness(linear_rgb: NDArray) -> float:
    """Largest over smallest channel."""
    return float((linear_rgb.max() + 1e-4) / (linear_rgb.min() + 1e-4))


def _density(roughness: float) -> float:
    b = roughness
    return 5.969 - 0.215 * b + 2.532 * b**2 - 10.73 * b**3 + 5.574 * b**4 + 0.245 * b**5
