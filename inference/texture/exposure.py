# SPDX-License-Identifier: GPL-3.0-or-later
"""Holds the finished skin to the photo's brightness, and to colours that skin has.

Taking light out has no fixed point: a face in half shadow may come out as dark as its shadow, a painted one as bright as its highlights.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ..smoothstep import smoothstep
from . import face_areas
from .canvas import Canvas
from .color import LUMINANCE, linear_from_log
from .skin_tone import Scene, natural_color
from .view import View

SHOWN = 0.15  # cosine of the angle of view from which skin counts
LIT = 0.3  # share of the shown skin, its brightest, by which brightness is judged: it is not in shadow
# Luminance of the texture's lit skin over the photo's at which the portrait light renders it as bright.
TEXTURE_TO_PHOTO = 0.85
# Log luminance from which a difference is corrected, and corrected fully: smaller ones are the light's shape.
UNCERTAIN = 0.15, 0.35
GREATEST_CHANGE = 0.75  # log luminance


@dataclass(frozen=True)
class Exposure:
    """change: (3,) to be added to the log colour of the skin texture. scale: luminance of the finished skin over the photo's."""

    change: NDArray[np.float32]
    scale: float


def exposure(canvas: Canvas, view: View, log: NDArray, skin: NDArray, scene: Scene) -> Exposure:
    """For a skin texture (size, size, 3) in log colour. log: (h, w, 3) log colour of the view."""
    shown = _shown_skin(canvas, view)
    if shown.sum() <= 1e-6:
        return Exposure(np.zeros(3, np.float32), 1.0)
    photo = _at_vertices(canvas, view, log, cv2.BORDER_REPLICATE)
    texture, _ = canvas.means(skin, np.ones(skin.shape[:2], np.float32))
    lit = _log_brightness(photo, shown)
    wanted = np.log(TEXTURE_TO_PHOTO) + lit - _log_brightness(texture, shown)
    wanted *= smoothstep(*UNCERTAIN, np.abs(wanted))
    wanted = np.clip(wanted, -GREATEST_CHANGE, GREATEST_CHANGE)
    mean = np.average(linear_from_log(texture + wanted), axis=0, weights=shown) + 1e-4
    natural = natural_color(mean, float(np.exp(lit)), scene)
    seen = np.average(linear_from_log(photo), axis=0, weights=shown) + 1e-4
    change = (wanted + np.log(natural / mean)).astype(np.float32)
    return Exposure(change, float((natural @ LUMINANCE) / (seen @ LUMINANCE)))


def _shown_skin(canvas: Canvas, view: View) -> NDArray:
    """(N,) square metres of plain facial skin around each vertex as the camera sees them."""
    bare = _at_vertices(
        canvas, view, face_areas.bare_skin(view, face_areas.oval(view)).astype(np.float32), cv2.BORDER_CONSTANT
    )
    facing = view.facing[canvas.graph.vertices]
    regions = canvas.regions
    return regions.plain * regions.face * canvas.graph.area * bare * np.where(facing > SHOWN, facing, 0)


def _at_vertices(canvas: Canvas, view: View, layer: NDArray, border: int) -> NDArray:
    """(N,) or (N, C): a layer (h, w) or (h, w, C) of the view where the graph's vertices lie in it; border: OpenCV's mode."""
    places = (view.places[canvas.graph.vertices, :2] - 0.5).astype(np.float32)
    return cv2.remap(layer, places[:, :1], places[:, 1:], cv2.INTER_LINEAR, borderMode=border)[:, 0]


def _log_brightness(log: NDArray, weight: NDArray) -> float:
    """Log of the mean luminance of the lit among the log colours (N, 3)."""
    luminance = linear_from_log(log) @ LUMINANCE
    order = np.argsort(luminance)
    brighter = np.cumsum(weight[order]) >= (1 - LIT) * weight.sum()
    return float(np.log(np.average(luminance[order], weights=weight[order] * brighter) + 1e-4))
