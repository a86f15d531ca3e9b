# SPDX-License-Identifier: GPL-3.0-or-later
"""How far each texel may be taken from the photo."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ..head.model import HeadModel
from ..raster import rasterize
from . import contours
from .atlas import Atlas
from .contours import fill, grow, smoothstep
from .skin_color import likely_skin
from .view import View

GRAZING, FRONTAL = 0.22, 0.60  # cosines of the angle of view
DEPTH_MAP_SIDE = 360
OCCLUSION_MARGIN = 0.003  # metres kept from the edge of what hides a texel, and from the silhouette
HIDDEN, SEEN = 0.012, 0.005  # metres behind the nearest surface
SOFTNESS = 0.005  # of the texture's side
HAIR_FROM, HAIR_MARGIN = 0.2, 0.004
EYE_MARGIN, LIP_MARGIN = 0.0012, 0.0008
NECK_TRUST = 0.6


def texel_trust(model: HeadModel, view: View, log: NDArray, texel_x: NDArray, texel_y: NDArray, atlas: Atlas) -> NDArray:
    """(size, size) float32 in [0, 1].

    log: (h, w, 3) log colour of the view; texel_x, texel_y: (size, size) float32 places of the texels in the view for cv2.remap.
    """
    usable = usable_pixels(view, log)
    nearest = _nearest_depth(model, view)
    ratio = np.float32(nearest.shape[0] / view.pixels.shape[0])
    depth, facing, region = np.moveaxis(
        atlas.spread(np.stack([view.places[:, 2], view.facing, _region_trust(model)], 1)), -1, 0
    )
    shift = np.float32(0.5 * ratio - 0.5)
    hidden_by = cv2.remap(nearest, texel_x * ratio + shift, texel_y * ratio + shift, cv2.INTER_LINEAR, borderValue=0.0)
    trust = cv2.remap(usable, texel_x, texel_y, cv2.INTER_LINEAR, borderValue=0.0)
    trust *= smoothstep(GRAZING, FRONTAL, facing)
    trust *= smoothstep(HIDDEN, SEEN, depth - hidden_by) * region
    soft = cv2.GaussianBlur(trust.astype(np.float32), (0, 0), SOFTNESS * atlas.size)
    return trust.astype(np.float32) * smoothstep(0.35, 0.9, soft)


def usable_pixels(view: View, log: NDArray) -> NDArray[np.float32]:
    """(h, w) in [0, 1]: pixels that show skin, not hair, clothes, background, eyeballs or the inside of the mouth."""
    shape = view.pixels.shape[:2]
    hair = grow((view.hair > HAIR_FROM).astype(np.uint8), HAIR_MARGIN / view.pixel)
    hair = cv2.GaussianBlur(hair.astype(np.float32), (0, 0), 0.5 * HAIR_MARGIN / view.pixel)
    person = smoothstep(0.5, 0.9, view.person)
    person = cv2.erode(person, np.ones((3, 3), np.uint8), iterations=max(1, round(0.002 / view.pixel)))
    return (likely_skin(view, log) * np.clip(1 - 1.5 * hair, 0, 1) * person * (1 - _openings(view, shape))).astype(np.float32)


def _openings(view: View, shape: tuple[int, int]) -> NDArray[np.float32]:
    """Eyeballs and the inside of the mouth, with a rim."""
    points = view.points
    eyes = fill(shape, points[list(contours.RIGHT_EYE)], points[list(contours.LEFT_EYE)])
    mouth = fill(shape, points[list(contours.INNER_LIPS)])
    gap = np.linalg.norm(points[13] - points[14])
    rim = min(LIP_MARGIN / view.pixel, 0.3 * gap)
    opened = np.maximum(grow(eyes, EYE_MARGIN / view.pixel), grow(mouth, rim))
    return cv2.GaussianBlur(opened.astype(np.float32), (0, 0), max(0.6, 0.0003 / view.pixel))


def _nearest_depth(model: HeadModel, view: View) -> NDArray[np.float32]:
    """Depth of whatever lies nearest within the margin of each pixel; 0 near the silhouette."""
    height, width = view.pixels.shape[:2]
    scale = min(1.0, DEPTH_MAP_SIDE / max(height, width))
    h, w = max(2, round(height * scale)), max(2, round(width * scale))
    depth = rasterize(view.places * [w / width, h / height, 1], model.surface.triangles("skin"), h, w).depth
    depth[~np.isfinite(depth)] = 0
    reach = max(1, round(OCCLUSION_MARGIN / view.pixel * scale))
    return cv2.erode(depth, np.ones((2 * reach + 1, 2 * reach + 1), np.uint8))


def _region_trust(model: HeadModel) -> NDArray[np.float32]:
    """(V,) ears rarely lie where the fit puts them; the neck is mostly shadow; the mouth bag is not skin."""
    masks = model.masks
    trust = (1 - masks["ears"]) * (1 - (1 - NECK_TRUST) * np.maximum(masks["neck"], masks["bust"]))
    if "mouth" in model.surface.part_names:
        inside = np.setdiff1d(model.surface.part_vertices("mouth"), model.surface.part_vertices("skin"))
        trust[inside] = 0
    return trust.astype(np.float32)
