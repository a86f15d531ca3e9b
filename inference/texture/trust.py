# SPDX-License-Identifier: GPL-3.0-or-later
"""How far each texel may be taken from the photo."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ..head.model import HeadModel
from ..raster import rasterize
from ..smoothstep import smoothstep
from . import contours, face_areas
from .atlas import Atlas
from .contours import fill, grow
from .lid_fold import folded_lids
from .skin_color import likely_skin
from .view import View

GRAZING, FRONTAL = 0.22, 0.60  # cosines of the angle of view
DEPTH_MAP_SIDE = 360
EDGE = 0.003  # metres kept from the silhouette and from the edge of what stands clearly in front
JUMP = 0.030, 0.016  # metres behind the nearest surface within the edge's reach: hidden, seen
DROP = (
    0.035,
    0.020,
)  # metres by which the surface falls away within the edge's reach: a small misfit would show what is behind
HIDDEN, SEEN = 0.007, 0.003  # metres behind the surface at the very place
SOFTNESS = 0.005  # of the texture's side
HAIR_FROM, HAIR_MARGIN = 0.2, 0.004
EYE_MARGIN, LIP_MARGIN = 0.0012, 0.0008
NECK_TRUST = 0.6
FACE_SHARE, FACE_RIM = 0.97, 0.003  # share of the face's outline that is surely face, and metres over which it ends
CORE_SHARE = 0.85
UNRECOGNISED = 0.78, 0.62  # share of the core's bare skin below which the skin recogniser is doubted, and overruled


def texel_trust(
    model: HeadModel, view: View, log: NDArray, texel_x: NDArray, texel_y: NDArray, atlas: Atlas
) -> NDArray:
    """(size, size) float32 in [0, 1].

    log: (h, w, 3) log colour of the view; texel_x, texel_y: (size, size) float32 places of the texels in the view for cv2.remap.
    """
    layers = np.dstack([usable_pixels(view, log), 1 - _openings(view)])
    usable, closed = cv2.split(cv2.remap(layers, texel_x, texel_y, cv2.INTER_LINEAR))
    surface = _surface_depth(model, view)
    ratio = np.float32(surface.shape[0] / view.pixels.shape[0])
    shift = np.float32(0.5 * ratio - 0.5)
    in_front, here, behind = cv2.split(
        cv2.remap(surface, texel_x * ratio + shift, texel_y * ratio + shift, cv2.INTER_LINEAR)
    )
    fields = np.stack([view.places[:, 2], view.facing, _region_trust(model), model.masks["nose"]], 1)
    depth, facing, region, nose = cv2.split(atlas.spread(fields))
    trust = usable * region * smoothstep(GRAZING, FRONTAL, facing)
    trust *= smoothstep(*JUMP, depth - in_front) * smoothstep(HIDDEN, SEEN, depth - here)
    trust *= 1 - nose * (1 - smoothstep(*DROP, behind - depth))
    soft = cv2.GaussianBlur(trust, (0, 0), SOFTNESS * atlas.size)
    return trust * smoothstep(0.35, 0.9, soft) * closed


def usable_pixels(view: View, log: NDArray) -> NDArray[np.float32]:
    """(h, w) in [0, 1]: pixels that show skin, not hair, clothes or background."""
    face = contours.soften(face_areas.oval(view, FACE_SHARE), FACE_RIM / view.pixel)
    hair = (view.hair > HAIR_FROM).astype(np.uint8)
    hair = grow(hair, HAIR_MARGIN / view.pixel) * (1 - face_areas.bare_middle(view))
    bare = np.clip(1 - 1.5 * contours.soften(hair, 0.5 * HAIR_MARGIN / view.pixel), 0, 1)
    skin = likely_skin(view, log)
    core = (1 - face_areas.features(view)) * face_areas.oval(view, CORE_SHARE) * bare
    recognised = float((skin * core).sum() / max(core.sum(), 1e-6))
    # Painted faces, coloured light: where few colours look like skin, the landmarks know better what the face is.
    skin = np.maximum(skin, smoothstep(*UNRECOGNISED, recognised) * face)
    person = smoothstep(0.5, 0.9, view.person)
    person = cv2.erode(person, np.ones((3, 3), np.uint8), iterations=max(1, round(0.002 / view.pixel)))
    # Segmentation fails when the face fills the picture; a face with landmarks is a person.
    return (skin * bare * np.maximum(person, face)).astype(np.float32)


def _openings(view: View) -> NDArray[np.float32]:
    """Eyeballs and the inside of the mouth, with a rim."""
    shape, points = view.pixels.shape[:2], view.points
    eyes = fill(shape, points[list(contours.RIGHT_EYE)], points[list(contours.LEFT_EYE)])
    mouth = fill(shape, points[list(contours.INNER_LIPS)])
    gap = np.linalg.norm(points[13] - points[14])
    rim = min(LIP_MARGIN / view.pixel, 0.3 * gap)
    opened = np.maximum(grow(eyes, EYE_MARGIN / view.pixel), grow(mouth, rim))
    return contours.soften(opened, max(0.6, 0.0003 / view.pixel))


def _surface_depth(model: HeadModel, view: View) -> NDArray[np.float32]:
    """(h', w', 3) on a coarser grid: depth of what is nearest within the edge's reach, at the place, and farthest in a wider reach.

    0 near the silhouette.
    """
    height, width = view.pixels.shape[:2]
    scale = min(1.0, DEPTH_MAP_SIDE / max(height, width))
    h, w = max(2, round(height * scale)), max(2, round(width * scale))
    depth = rasterize(view.places * [w / width, h / height, 1], model.surface.triangles("skin"), h, w).depth
    depth[~np.isfinite(depth)] = 0
    reach = max(1, round(EDGE / view.pixel * scale))
    near, far = (np.ones((2 * r + 1, 2 * r + 1), np.uint8) for r in (reach, round(1.6 * reach)))
    return np.dstack([cv2.erode(depth, near), depth, cv2.dilate(depth, far)])


def _region_trust(model: HeadModel) -> NDArray[np.float32]:
    """(V,) ears rarely lie where the fit puts them; the neck is mostly shadow, the bust mostly clothes; the mouth bag is not skin."""
    masks = model.masks
    trust = (1 - masks["ears"]) * (1 - (1 - NECK_TRUST) * masks["neck"]) * (1 - masks["bust"])
    if "mouth" in model.surface.part_names:
        inside = np.setdiff1d(model.surface.part_vertices("mouth"), model.surface.part_vertices("skin"))
        trust[inside] = 0
    return (trust * (1 - folded_lids(model))).astype(np.float32)
