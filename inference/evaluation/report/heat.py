# SPDX-License-Identifier: GPL-3.0-or-later
"""Where on the head pictures differ: errors gathered at the vertices, and drawn on the mesh as colours."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ...bundle import Avatar
from ...face.camera import project
from ...head.model import vertex_normals
from ...raster import interpolate, rasterize
from ..fast_render import SUPERSAMPLING, orbit_camera
from ..likeness import surface_of
from ..portrait import Portrait

BEHIND = 0.004  # metres behind the surface seen at a pixel that a vertex may lie
GRAZING = 0.15  # cosine of the angle of view below which a vertex tells nothing
UNSEEN = (70, 72, 78)
HIGHEST = 60.0  # grey levels that are drawn as the hottest colour
BACKGROUND = (24, 25, 28)


def vertex_errors(
    portrait: Portrait, vertices: NDArray, avatar: Avatar, photo: NDArray, render: NDArray
) -> NDArray[np.float16]:
    """(V,) mean absolute difference in grey levels at each vertex that the camera sees on bare skin, NaN elsewhere."""
    error = np.abs(render.astype(np.float32) - photo).mean(-1)
    error = cv2.GaussianBlur(error, (0, 0), 1.5)
    camera, seen = portrait.frame.camera, portrait.skin
    place = project(camera, vertices)
    column, row = np.floor(place[:, :2]).astype(int).T
    height, width = error.shape
    inside = (column >= 0) & (row >= 0) & (column < width) & (row < height)
    column, row = np.where(inside, column, 0), np.where(inside, row, 0)
    shown = inside & (place[:, 2] < seen.depth[row * SUPERSAMPLING, column * SUPERSAMPLING] + BEHIND)
    normals = vertex_normals(vertices, surface_of(avatar.head).triangles("skin"))
    toward = camera.matrix_world[:3, 3] - vertices
    shown &= (normals * toward).sum(1) > GRAZING * np.linalg.norm(toward, axis=1)
    shown &= portrait.cover[row * SUPERSAMPLING, column * SUPERSAMPLING] > 0.5
    shown &= (portrait.hair.cover[row * SUPERSAMPLING, column * SUPERSAMPLING] < 0.3) & portrait.frame.known[
        row, column
    ]
    return np.where(shown, error[row, column], np.nan).astype(np.float16)


def heat_picture(avatar: Avatar, errors: NDArray, size: int = 320) -> NDArray[np.uint8]:
    """(size, size, 3) uint8: the neutral head from the front in the colours of its errors (V,), grey where nothing is known."""
    head = avatar.head
    surface = surface_of(head)
    triangles = surface.triangles(*(part for part in ("skin", "eyes") if part in surface.part_names))
    camera = orbit_camera(head.vertices[head.masks["face"] > 0.5], 0.0, size)
    scale = [SUPERSAMPLING, SUPERSAMPLING, 1]
    fragments = rasterize(project(camera, head.vertices) * scale, triangles, size * SUPERSAMPLING, size * SUPERSAMPLING)
    levels = np.clip(np.nan_to_num(errors.astype(np.float32)) / HIGHEST, 0, 1)
    known = np.isfinite(errors).astype(np.float32)
    at = interpolate(fragments, triangles, np.stack([levels * known, known], 1))
    level = at[..., 0] / np.maximum(at[..., 1], 1e-6)
    hot = cv2.applyColorMap((255 * level).astype(np.uint8), cv2.COLORMAP_INFERNO)[..., ::-1].astype(np.float32)
    sure = np.clip(at[..., 1:], 0, 1)
    normal = interpolate(fragments, triangles, vertex_normals(head.vertices, triangles))
    shade = 0.55 + 0.45 * np.clip(-normal[..., 1:2], 0, 1)
    picture = np.array(UNSEEN, np.float32) * (1 - sure) * shade + hot * sure * (0.75 + 0.25 * shade)
    picture[~fragments.covered] = BACKGROUND
    return cv2.resize(picture, (size, size), interpolation=cv2.INTER_AREA).astype(np.uint8)
