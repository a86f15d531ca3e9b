# SPDX-License-Identifier: GPL-3.0-or-later
"""What the photo tells about the irises and the whites of the eyes."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from ..smoothstep import smoothstep
from . import contours
from .color import LUMINANCE, linear_from_bytes
from .contours import fill

ANGLES, RINGS = 128, 24  # samples around and along the radius of an iris
PUPIL_SHARE = 0.42  # of the iris' radius: nearer the centre is pupil
RIM_SHARE = 0.88  # farther out the sclera mixes in
LEAST_OPENING = 0.12  # height over width of an eye below which it counts as closed
LEAST_SAMPLES = 40
SHARP_RADIUS = 9.0, 26.0  # radius in pixels from which the photo's pattern is used, and used fully
SCLERA_ALBEDO = 0.62
DARKEST, BRIGHTEST = 0.018, 0.20  # luminance of irises
DEFAULT_IRIS = (0.065, 0.035, 0.018)
DEFAULT_SCLERA = (0.57, 0.54, 0.505)
GREATEST_BRIGHTENING = 1.8
# Light on the skin over light on the eyes; share (of the logarithm) by which the photo's contrast counts; luminance that whites have.
LIDS_SHADE, PHOTO_SHARE, WHITES = 1.5, 0.6, (0.28, 0.58)


@dataclass(frozen=True)
class EyeColors:
    """iris, sclera: (3,) linear colour. pattern: (RINGS, ANGLES) log brightness around the ring's mean, counter-clockwise from the
    picture's right; pattern_trust in [0, 1]: 0 where the photo is too coarse. measured: whether an open eye was seen.
    white_seen, iris_seen: linear luminance in the photo of the white of the better lit eye, and of the irises; 0 when not seen."""

    iris: NDArray
    sclera: NDArray
    pattern: NDArray[np.float32]
    pattern_trust: float
    measured: bool
    white_seen: float = 0.0
    iris_seen: float = 0.0


@dataclass(frozen=True)
class _Sighting:
    """One eye unwrapped: colours (RINGS, ANGLES, 3), valid (RINGS, ANGLES), its sclera's colours (M, 3), the iris' radius in pixels."""

    colors: NDArray
    valid: NDArray[np.bool_]
    sclera: NDArray
    radius: float


def measure_eyes(pixels: NDArray[np.uint8], points: NDArray) -> EyeColors:
    """pixels (H, W, 3) uint8 sRGB; points (478, 2 or more) landmarks in its pixels."""
    eyes = ((contours.RIGHT_EYE, contours.RIGHT_IRIS), (contours.LEFT_EYE, contours.LEFT_IRIS))
    found = [_look(pixels, points[list(lids), :2], points[list(iris), :2]) for lids, iris in eyes]
    sightings = [s for s in found if s is not None]
    samples = [s.colors[s.valid] for s in sightings]
    flat = np.zeros((RINGS, ANGLES), np.float32)
    if sum(map(len, samples)) < LEAST_SAMPLES:
        return EyeColors(np.array(DEFAULT_IRIS), np.array(DEFAULT_SCLERA), flat, 0.0, False)
    white = _white(np.concatenate([s.sclera for s in sightings]))
    seen = _iris_color(np.concatenate(samples))
    iris = _plausible(seen if white is None else seen * _gain(white))
    sclera = np.array(DEFAULT_SCLERA) if white is None else _tinted(white)
    best = max(sightings, key=lambda s: s.valid.sum() * s.radius)
    trust = float(smoothstep(*SHARP_RADIUS, best.radius))
    whites = [w for w in (_white(s.sclera) for s in sightings) if w is not None]
    white_seen = max((float(w @ LUMINANCE) for w in whites), default=0.0)
    return EyeColors(
        iris, sclera, _pattern(best) if trust > 0 else flat, trust, True, white_seen, float(seen @ LUMINANCE)
    )


def lit_like_skin(eyes: EyeColors, scale: float) -> EyeColors:
    """The eyes beside skin whose luminance is ``scale`` times the photo's: nearer to the photo's contrast between the two."""
    iris, sclera = eyes.iris, eyes.sclera
    if eyes.iris_seen > 0:
        iris = iris * _nearer(iris, eyes.iris_seen * scale, (DARKEST, BRIGHTEST))
    if eyes.white_seen > 0:
        sclera = sclera * _nearer(sclera, eyes.white_seen * scale, WHITES)
    return replace(eyes, iris=iris, sclera=sclera)


def _nearer(color: NDArray, seen: float, bounds: tuple[float, float]) -> float:
    level = float(color @ LUMINANCE)
    return float((np.clip(seen * LIDS_SHADE, *bounds) / level) ** PHOTO_SHARE)


def _look(pixels: NDArray[np.uint8], lids: NDArray, iris: NDArray) -> _Sighting | None:
    """Unwraps an iris by the affine frame of its five landmarks; None when the eye is closed or outside the picture."""
    width = np.linalg.norm(lids[0] - lids[8])
    opening = np.linalg.norm(lids[4] - lids[12])
    center = iris[0]
    across = (iris[1] - iris[3]) / 2
    across = across if across[0] > 0 else -across
    up = (iris[2] - iris[4]) / 2
    up = up if up[1] < 0 else -up
    radius = float((np.linalg.norm(across) + np.linalg.norm(up)) / 2)
    height, wide = pixels.shape[:2]
    margin = 2 * width
    x0, y0 = np.floor(np.maximum(center - margin, 0)).astype(int)
    x1, y1 = np.ceil(np.minimum(center + margin, [wide, height])).astype(int)
    if opening < LEAST_OPENING * width or x1 - x0 < 4 or y1 - y0 < 4:
        return None
    cut = linear_from_bytes(np.ascontiguousarray(pixels[y0:y1, x0:x1]))
    origin = np.array([x0, y0])
    inside = cv2.erode(
        fill(cut.shape[:2], lids - origin), np.ones((3, 3), np.uint8), iterations=max(1, round(0.03 * width))
    )

    share = (np.arange(RINGS)[:, None] + 0.5) / RINGS
    angle = np.arange(ANGLES) * 2 * np.pi / ANGLES
    place = center - origin + share[..., None] * (np.cos(angle)[:, None] * across + np.sin(angle)[:, None] * up) - 0.5
    x, y = place[..., 0].astype(np.float32), place[..., 1].astype(np.float32)
    colors = cv2.remap(cut, x, y, cv2.INTER_LINEAR)
    valid = cv2.remap(inside, x, y, cv2.INTER_NEAREST) > 0
    ring = np.broadcast_to((share > PUPIL_SHARE) & (share < RIM_SHARE), valid.shape)
    brightness = colors @ LUMINANCE
    usual = np.median(brightness[valid & ring]) if (valid & ring).any() else 0
    valid &= ring & (brightness < 2.2 * usual + 0.02)  # no highlights
    rows, columns = np.nonzero(inside)
    offset = np.stack([columns + 0.5, rows + 0.5], 1) + origin - center
    away = np.linalg.norm(offset, axis=1) > 1.15 * radius
    return _Sighting(colors, valid, cut[rows[away], columns[away]], radius)


def _iris_color(colors: NDArray) -> NDArray:
    """The usual colour of the half that is not in the lid's shadow."""
    brightness = colors @ LUMINANCE
    low, high = np.quantile(brightness, [0.45, 0.85])
    return np.median(colors[(brightness >= low) & (brightness <= high)], 0)


def _white(sclera: NDArray) -> NDArray | None:
    """Colour of the whites: their brighter part; None when too little of them shows."""
    if len(sclera) < 12:
        return None
    brightness = sclera @ LUMINANCE
    low, high = np.quantile(brightness, [0.6, 0.92])
    return np.median(sclera[(brightness >= low) & (brightness <= high)], 0)


def _gain(white: NDArray) -> NDArray:
    """The eyes lie in shadow: what brings their white to its usual albedo brings the iris to its own; hue is followed by half."""
    level = float(white @ LUMINANCE)
    gain = np.clip(SCLERA_ALBEDO / max(level, 1e-3), 0.8, GREATEST_BRIGHTENING)
    hue = (white / max(level, 1e-3)) / (np.array(DEFAULT_SCLERA) / (np.array(DEFAULT_SCLERA) @ LUMINANCE))
    return gain / np.clip(hue, 0.7, 1.4) ** 0.5


def _plausible(iris: NDArray) -> NDArray:
    """No iris is white, black or skin-coloured: brightness is bounded, and the brighter it is, the less red it may be."""
    iris = np.maximum(iris, 0.01 * np.array(DEFAULT_IRIS))
    level = float(iris @ LUMINANCE)
    color = iris * np.clip(level, DARKEST, BRIGHTEST) / level
    level = float(color @ LUMINANCE)
    reddest = np.interp(level, [0.02, 0.06, 0.12, 0.2], [2.2, 2.0, 1.5, 1.15])
    return np.minimum(np.maximum(color, 0.002), [reddest * level, 1.6 * level, 2.2 * level])


def _tinted(white: NDArray) -> NDArray:
    """Off-white with a little of the photo's tint."""
    hue = np.clip(white / max(float(white @ LUMINANCE), 1e-3), 0.8, 1.25)
    return np.array(DEFAULT_SCLERA) * hue**0.35


def _pattern(eye: _Sighting) -> NDArray[np.float32]:
    """Log brightness around each ring's mean; hidden parts take the nearest seen angles."""
    valid = eye.valid.astype(np.float32)
    log = np.log(np.maximum(eye.colors @ LUMINANCE, 0.002)).astype(np.float32) * valid
    pad = ANGLES // 2
    wrapped, weight = (np.concatenate([p[:, -pad:], p, p[:, :pad]], 1) for p in (log, valid))
    # Slow change over the angle is the lid's shadow and the light, not the iris.
    slow = cv2.GaussianBlur(wrapped, (0, 0), 10, sigmaY=2) / (cv2.GaussianBlur(weight, (0, 0), 10, sigmaY=2) + 1e-3)
    detail = (wrapped - slow) * weight
    filled = cv2.GaussianBlur(detail, (0, 0), 1.0) + (1 - weight) * _repeated(detail, weight)
    return np.clip(filled[:, pad:-pad], -0.5, 0.5)


def _repeated(detail: NDArray, weight: NDArray) -> NDArray:
    """The pattern from the opposite side of the iris, where it is seen."""
    half = ANGLES // 2
    return np.roll(detail * weight, half, 1)
