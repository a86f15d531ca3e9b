# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a beard grows: on the lower face, darker than the skin above without being redder as a shadow is, and livelier."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ..smoothstep import smoothstep
from .canvas import Canvas
from .color import LUMINANCE

RADIUS = 0.006  # metres over which colour and liveliness are averaged
DARK = 0.35, 0.75  # log luminance below the skin of the upper face
REDNESS = 3.0  # darkness that redder skin must have beyond it, per log ratio of red to green: shaded skin is red, beards are grey
LIVELY = 1.3, 2.0  # strength of fine detail against that of the upper face's skin
LIVELINESS = 0.25  # darkness that full liveliness is worth
LEAST_AREA = 4e-4, 8e-4  # square metres: no beard, and surely one
FINE = 0.004  # of the texture's side


def beard_seen(canvas: Canvas, sampled: NDArray, difference: NDArray, trust: NDArray, seen: NDArray) -> NDArray:
    """(N,) in [0, 1] where the photo shows the skin, which ``seen`` (N,) says.

    sampled (size, size, 3) log colour of the photo at each texel, trust (size, size); difference (N, 3): log colour around the vertices
    beyond the usual one of the upper face.
    """
    graph, regions = canvas.graph, canvas.regions
    weight = seen * regions.plain
    brightness = cv2.transform(sampled, LUMINANCE[None])
    detail = np.abs(brightness - cv2.GaussianBlur(brightness, (0, 0), FINE * canvas.atlas.size))
    lively, _ = canvas.means(detail[..., None], trust)
    smooth = graph.smooth(np.c_[difference, lively], weight, RADIUS)
    upper = regions.upper * weight > 0.5
    if not upper.any():
        return np.zeros(len(seen))
    lively = smooth[:, 3] / max(float(np.median(smooth[upper, 3])), 1e-6)
    lively = smoothstep(*LIVELY, lively)
    dark = -(smooth[:, :3] @ LUMINANCE) - REDNESS * np.maximum(smooth[:, 0] - smooth[:, 1], 0)
    dark += LIVELINESS * lively  # of stubble in full light
    # A lamp from the side brightens one cheek's beard to the colour of skin; the other tells.
    dark = np.maximum(dark, dark[graph.mirror])
    beard = smoothstep(*DARK, dark) * lively * (1 - regions.upper) * (weight > 0.02)
    # A few strands of hair, or their shadows, are no beard.
    return beard * smoothstep(*LEAST_AREA, float((beard * weight * graph.area).sum()))
