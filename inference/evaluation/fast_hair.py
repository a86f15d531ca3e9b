# SPDX-License-Identifier: GPL-3.0-or-later
"""Strand hair for the quick renderer: many fine strands as a mist of coverage, as dense as the strands' own widths make it.

Each guide stands for a lock of strands beside it, as in Blender, where every strand copies its nearest guide.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from ..bundle import Camera, Hair, HairColor
from ..face.camera import project
from ..hair.variation import unit
from ..photo.srgb import LUMINANCE
from .fast_render import SUPERSAMPLING, Seen
from .spherical_light import SphericalLight

STRANDS = 14_000  # drawn at most; fewer than there are, and as much thicker
SAMPLES = 2_000_000  # of all strands
STEP = 2.5  # finer pixels from one sample of a strand to the next
LOCK_REACH = 0.8  # of the spacing of the guides: how far from its guide a strand of the lock stands
BEHIND = 0.003  # metres below the skin that count as on it: roots, and strands that graze the head
DEPTH_SEEN = 0.004  # metres into the hair at which sight has fallen to a third
SPREAD = 0.9  # finer pixels over which a sample is drawn, at least
WIDEST = 2.0  # and at most
VARIATION = 0.25  # of brightness between strands
ROOT_SHADE, TIP_SHADE = 0.8, 1.15
GLOSS, GLOSS_POWER = 0.3, 20.0


@dataclass(frozen=True)
class SeenHair:
    """Hair on the finer grid (h, w). cover: (h, w) in [0, 1]. shade: (h, w) brightness of the strands themselves, about 1.

    normal: (h, w, 3) where the strands look to; along: (h, w, 3) their direction. Both unit, or zero where there is no hair.
    """

    cover: NDArray
    shade: NDArray
    normal: NDArray
    along: NDArray


@dataclass(frozen=True)
class _Samples:
    """N points on strands: cell of the finer grid, depth and length in metres, strand, share of the way to the tip, place, direction."""

    cell: NDArray
    depth: NDArray
    length: NDArray
    strand: NDArray
    share: NDArray
    place: NDArray
    along: NDArray


def see_hair(hair: Hair, guides: NDArray, center: NDArray, camera: Camera, head: Seen, seed: int = 0) -> SeenHair:
    """The strands before and on a head. guides: (S, P, 3) as posed; center: (3,) the middle of the skull."""
    size = head.part.shape
    if not len(guides):
        flat, deep = np.zeros(size, np.float32), np.zeros((*size, 3), np.float32)
        return SeenHair(flat, flat, deep, deep)
    random = np.random.default_rng(seed)
    guides = guides.astype(np.float32)
    metre = camera.focal_px * SUPERSAMPLING / float(project(camera, center)[2])
    length = float(np.linalg.norm(np.diff(guides, axis=1), axis=2).sum(1).mean()) * metre
    most = max(len(guides), min(STRANDS, hair.strands))
    count = int(np.clip(SAMPLES * STEP / max(length, 1), len(guides), most))
    strands = _locks(guides, count, random)
    at = _samples(strands, max(1, round(length / STEP / (guides.shape[1] - 1))), camera, head)
    width = 2 * hair.radius * max(hair.strands, len(guides)) / len(strands)
    covered = at.length * width * (camera.focal_px * SUPERSAMPLING / at.depth) ** 2
    own = random.normal(1, VARIATION, len(strands)).astype(np.float32).clip(0.4, 1.6)
    shade = own[at.strand] * (ROOT_SHADE + (TIP_SHADE - ROOT_SHADE) * at.share)
    outward = at.place - center.astype(np.float32)
    outward -= (outward * at.along).sum(1, keepdims=True) * at.along
    outward /= np.maximum(np.linalg.norm(outward, axis=1, keepdims=True), 1e-6)
    weight = covered * np.exp((_outermost(at, size)[at.cell] - at.depth) / DEPTH_SEEN)
    # Which end of a strand comes first means nothing here; pointing down, neighbours do not cancel.
    along = at.along * np.where(at.along[:, 2:] > 0, -1, 1)
    layers = [covered, weight, weight * shade, *(weight[:, None] * outward).T, *(weight[:, None] * along).T]
    sums = np.stack([np.bincount(at.cell, layer, size[0] * size[1]) for layer in layers], -1).astype(np.float32)
    sums = sums.reshape(*size, -1)
    spread = max(SPREAD, min(width * metre / 2.5, WIDEST))
    first, rest = (cv2.GaussianBlur(np.ascontiguousarray(part), (0, 0), spread) for part in np.split(sums, [4], axis=2))
    seen = np.maximum(first[..., 1], 1e-9)
    return SeenHair(
        1 - np.exp(-first[..., 0]),
        first[..., 2] / seen,
        unit(np.dstack([first[..., 3], rest[..., :2]])),
        unit(rest[..., 2:]),
    )


def lit_hair(seen: SeenHair, color: HairColor, light: SphericalLight, toward: NDArray) -> NDArray[np.float32]:
    """(h, w, 3) linear colour of the hair, as bright on average as was measured in the photo; light gives it form.

    toward: (3,) direction from the head to the camera. Gloss after Kajiya and Kay (SIGGRAPH 1989).
    """
    colors = np.zeros((*seen.cover.shape, 3), np.float32)
    hairy = seen.cover > 0.003
    if not hairy.any():
        return colors
    weight = seen.cover[hairy]
    received = light.on(seen.normal[hairy])
    main = light.coefficients[1:4] @ LUMINANCE
    half = unit(unit(main) + unit(toward))
    across = np.sqrt(np.clip(1 - (seen.along[hairy] @ half) ** 2, 0, 1))
    gloss = 1 + GLOSS * across**GLOSS_POWER
    factor = seen.shade[hairy][:, None] * received * gloss[:, None]
    colors[hairy] = np.array(color.linear_rgb) * factor / np.average(factor, axis=0, weights=weight)
    return colors


def _locks(guides: NDArray, count: int, random: np.random.Generator) -> NDArray[np.float32]:
    """(N, P, 3): every guide, and copies of it beside it, about ``count`` in all."""
    copies = max(1, round(count / len(guides)))
    roots = guides[:, 0]
    near = cKDTree(roots).query(roots, k=min(4, len(roots)))[0]
    spacing = float(np.median(near[:, 1:])) if len(roots) > 1 else 0.0
    offset = random.normal(0, LOCK_REACH * spacing / np.sqrt(3), (copies, len(guides), 1, 3)).astype(np.float32)
    offset[0] = 0
    return (guides[None] + offset).reshape(-1, *guides.shape[1:])


def _samples(strands: NDArray, fine: int, camera: Camera, head: Seen) -> _Samples:
    """Points in the picture that the head does not hide, ``fine`` on each segment."""
    height, width = head.part.shape
    steps = strands.shape[1] - 1
    part = ((np.arange(fine, dtype=np.float32) + 0.5) / fine)[:, None]
    step = np.diff(strands, axis=1)
    place = (strands[:, :-1, None] + part * step[:, :, None]).reshape(-1, 3)
    seen = project(camera, place)
    x, y = seen[:, 0] * SUPERSAMPLING, seen[:, 1] * SUPERSAMPLING
    inside = (x >= 0) & (x < width) & (y >= 0) & (y < height) & (seen[:, 2] > 0.01)
    cell = np.where(inside, y, 0).astype(np.int64) * width + np.where(inside, x, 0).astype(np.int64)
    kept = np.flatnonzero(inside & (seen[:, 2] < head.depth.ravel()[cell] + BEHIND))
    segment = kept // fine
    length = np.linalg.norm(step, axis=2).ravel()
    along = step.reshape(-1, 3) / np.maximum(length, 1e-9)[:, None]
    share = (segment % steps + 0.5) / steps
    return _Samples(
        cell[kept],
        seen[kept, 2].astype(np.float32),
        (length / fine)[segment],
        segment // steps,
        share.astype(np.float32),
        place[kept],
        along[segment],
    )


def _outermost(at: _Samples, size: tuple[int, int]) -> NDArray[np.float32]:
    """(h * w,) depth of the nearest sample about each pixel."""
    nearest = np.full(size[0] * size[1], 1e3, np.float32)
    np.minimum.at(nearest, at.cell, at.depth)
    return cv2.erode(nearest.reshape(size), np.ones((3, 3), np.uint8)).ravel()
