# SPDX-License-Identifier: GPL-3.0-or-later
"""The hair of the person in a photo: mask -> style from the library -> strands refined on the picture, in the hair's colour."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from ..bundle import Camera, Hair, HairColor
from ..face.types import FaceFit
from ..head.model import HeadModel
from ..photo.types import FaceLandmarks, Photo
from .color import brow_color, color_of, hair_color
from .face_window import face_window
from .groom import grow_style
from .head_surface import HeadSurface, prepare_head
from .library import load_style
from .match import match_style
from .orientation.coding import OrientationMap, resized
from .orientation.photo import map_of_photo
from .orientation.strands import MapView, map_of_strands, map_view
from .photo_light import light_gain
from .picture import coverage, make_view, measure_hair
from .refine.refine import Likeness, likeness, refine
from .style import HairStyle
from .wear import wear_file

PhotoMap = tuple[MapView, OrientationMap, NDArray]
WINDOW_ROWS = 96
# Below this share of the window's pixels a mask holds no hairstyle.
LEAST_HAIR = 0.004
LOCKS, REGULAR, FLYAWAYS = 0.25, 0.6, 0.5  # of a style's own looseness, what a portrait's hair has
SKETCHY_ROUNDS = 5  # of refinement, to see what a style may become


def hair_from_photo(
    model: HeadModel,
    fit: FaceFit,
    photo: Photo,
    landmarks: FaceLandmarks,
    mask: NDArray,
    color: HairColor,
    style: str | None = None,
    file: Path | None = None,
) -> Hair:
    """Guide strands on the person's neutral head.

    mask: (H, W) in [0, 1], from :func:`.mask.hair_mask` or the user. color: from :func:`photo_hair_color`. style: a style's name
    instead of the photo's own. file: a file of strands to wear instead of both. Raises AvatarError for an unknown style or a file
    that is no hair.
    """
    head = prepare_head(model, model.forward(fit.shape, offsets=fit.offsets))
    if file is not None:
        return wear_file(head, file, color)
    if style is not None:
        return hair_of_style(head, load_style(style), color)
    shown = photo_map(head, fit.camera, photo.pixels, mask)
    hair = hair_of_style(head, style_of_photo(head, fit, photo, landmarks, mask, shown), color)
    return replace(hair, points=refine(head, *shown, hair.points)) if len(hair.points) else hair


def has_hair(landmarks: FaceLandmarks, mask: NDArray, style: str | None = None, file: Path | None = None) -> bool:
    """Whether :func:`hair_from_photo` will make any hair; raises AvatarError for an unknown style."""
    if file is not None:
        return True
    if style is not None:
        return load_style(style).guides > 0
    return _enough(coverage(face_window(landmarks.points, WINDOW_ROWS), mask))


def _enough(coverage: NDArray) -> bool:
    return bool(coverage.mean() >= LEAST_HAIR)


def style_of_photo(
    head: HeadSurface, fit: FaceFit, photo: Photo, landmarks: FaceLandmarks, mask: NDArray, shown: PhotoMap
) -> HairStyle:
    """The library's style that fits the hair in the photo best, adapted to it; the bald style for an empty mask.

    shown: from ``photo_map``.
    """
    window = face_window(landmarks.points, WINDOW_ROWS)
    seen = measure_hair(window, photo.pixels, mask)
    if not _enough(seen.coverage):
        return load_style("bald")
    view, wanted, known = shown
    # Half the pixels show as much of what a style may become.
    view, wanted, known = view.halved(), resized(wanted, (view.size // 2,) * 2), known[::2, ::2]

    def promise(strands: NDArray) -> Likeness:
        refined = refine(head, view, wanted, known, strands, SKETCHY_ROUNDS)
        return likeness(map_of_strands(view, refined), wanted, known)

    return groomed(match_style(head, make_view(fit.camera, window, head), seen, promise).style)


def groomed(style: HairStyle) -> HairStyle:
    """A style's locks drawn together and its flyaways made few: people comb their hair for a portrait."""
    clump, curl, noise = style.clump, style.curl, style.noise
    return replace(
        style,
        clump=replace(clump, strength=clump.strength + LOCKS * (1 - clump.strength)),
        curl=replace(curl, irregular=curl.irregular * REGULAR),
        noise=replace(noise, amount=noise.amount * FLYAWAYS),
        hairline=replace(style.hairline, soft=style.hairline.soft * FLYAWAYS),
    )


def photo_map(head: HeadSurface, camera: Camera, pixels: NDArray, mask: NDArray, size: int = 256) -> PhotoMap:
    """The view of a head in its photo, the photo's orientation map in it, and (size, size) bool where the photo is."""
    view = map_view(camera, head, size)
    known = cv2.warpAffine(np.ones(mask.shape, np.uint8), view.to_map, (size, size)) > 0
    return view, map_of_photo(pixels, mask, view.to_map, size, np.isfinite(view.depth)), known


def hair_of_style(head: HeadSurface, style: HairStyle, color: HairColor, seed: int = 0) -> Hair:
    """A style grown on a head, as it goes into the bundle."""
    groom = grow_style(head, style, seed)
    return Hair(
        style=style.name,
        points=groom.strands,
        root_vertices=groom.roots.vertices.astype(np.int32),
        root_barycentric=groom.roots.barycentric,
        radius=style.radius,
        strands=style.strands,
        color=color,
    )


def photo_hair_color(photo: Photo, landmarks: FaceLandmarks, mask: NDArray) -> HairColor:
    """Colour of the masked hair; of the brows when the mask holds too little (a bald head's next hairstyle needs one)."""
    try:
        return hair_color(photo.pixels, mask, light_gain(photo.pixels, landmarks.points))
    except ValueError:
        return color_of(brow_color(photo.pixels, landmarks.points))
