# SPDX-License-Identifier: GPL-3.0-or-later
"""The smooth skin colour of every vertex: seen, continued along the slopes of the mirrored side, or tending to the usual skin.

Brows and lids are left out; they are detail upon this field.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..smoothstep import smoothstep
from .canvas import Canvas
from .color import LUMINANCE, log_from_linear
from .light import Light, even_light, side_lit_like_mirror, spot_lit_like_mirror

FOLLOW_RADIUS = 0.0015  # metres over which the field may miss a colour that is seen
FORGET_RADIUS = 0.07  # metres from the seen skin after which the field tends to the usual skin
LIP_SPAN = 0.2  # log luminance by which lips may differ from their usual colour: gloss and shadow are light
LIP_RADIUS, EAR_HOLD, FEATURE_HOLD = 0.012, 8.0, 0.02
DEFAULT_SKIN = (0.42, 0.25, 0.18)
EAR_TINT = np.log(np.array([1.05, 0.96, 0.94]))
LIP_TINT = np.log(np.array([0.85, 0.60, 0.62]))  # lips against skin
MOUTH_TINT = np.log(np.array([0.50, 0.35, 0.35]))  # deep inside, against lips
NECK_RADIUS, NECK_KEPT, NECK_SPAN = 0.02, 0.5, 0.5
TOO_DARK = 0.4, 0.9  # log luminance below the usual skin at which upper skin is doubted, and refused: hair's shadow
CREASE_RADIUS = 0.012
BEARD_RADIUS, BEARD = 0.012, (-0.35, -0.55)  # metres; log luminance against the usual skin


@dataclass(frozen=True)
class SkinField:
    """color (N, 3) log colour of the skin without the photo's light; light that was taken out.

    seen (N,): share of the texels around a vertex that the photo shows, lit (N,): 0 where a shadow makes the mirrored side preferable.
    folded (N,): where the expression's creases are taken out.
    """

    color: NDArray
    light: Light
    seen: NDArray
    lit: NDArray
    folded: NDArray


def skin_field(canvas: Canvas, normals: NDArray, sampled: NDArray, trust: NDArray, strained: NDArray) -> SkinField:
    """normals (N, 3); sampled (size, size, 3) log colour of the photo at each texel and its trust (size, size) in [0, 1].

    strained (N,) in [0, 1]: where the photo's expression folds the skin; its creases do not belong to the face at rest.
    """
    graph, regions = canvas.graph, canvas.regions
    mean, seen = canvas.means(sampled, trust)
    weight = regions.plain * seen * graph.area
    mean = np.where(seen[:, None] > 0.02, mean, usual_color(mean, weight))
    lit = side_lit_like_mirror(graph, mean, regions.plain * sure(seen))
    light = even_light(graph, normals, mean, regions.plain * sure(seen * lit), regions.upper)
    target = mean + light.correction
    lit = lit * spot_lit_like_mirror(graph, target, sure(seen * lit))
    seen = seen * lit
    usual = usual_color(target, regions.plain * seen * graph.area)
    folded = strained * (1 - _bearded(canvas, target - usual, seen))
    target = _calm(canvas, target, seen, usual, folded)
    return SkinField(_membrane(canvas, target, seen, usual), light, seen, lit, folded)


def sure(seen: NDArray) -> NDArray:
    """Weight of vertices that may be judged by what was seen of them."""
    return smoothstep(0.3, 0.8, seen)


def usual_color(colors: NDArray, weight: NDArray) -> NDArray:
    """Weighted median colour (3,) of log colours (N, 3); a middle skin tone where nothing has weight."""
    if weight.sum() <= 1e-9:
        return log_from_linear(np.array(DEFAULT_SKIN))
    order = np.argsort(colors, axis=0)
    share = np.cumsum(weight[order], axis=0) / weight.sum()
    middle = (share < 0.5).sum(0).clip(0, len(colors) - 1)
    return np.take_along_axis(colors, np.take_along_axis(order, middle[None], 0), 0)[0]


def _bearded(canvas: Canvas, difference: NDArray, seen: NDArray) -> NDArray:
    """(N,) in [0, 1]: the lower face where it is dark on both sides, over an area that no crease has."""
    graph, regions = canvas.graph, canvas.regions
    brightness = graph.smooth(difference @ LUMINANCE[:, None], seen * regions.plain, BEARD_RADIUS)[:, 0]
    return smoothstep(*BEARD, np.maximum(brightness, brightness[graph.mirror])) * (1 - regions.upper)


def _calm(canvas: Canvas, target: NDArray, seen: NDArray, usual: NDArray, folded: NDArray) -> NDArray:
    """Folds go: those of the expression, and on the neck everything but half of its coarse difference from the face."""
    graph, regions = canvas.graph, canvas.regions
    relaxed = usual + graph.smooth(target - usual, seen * regions.plain, CREASE_RADIUS)
    target = target + (folded * regions.plain)[:, None] * (relaxed - target)
    coarse = graph.smooth(target - usual, seen * (regions.neck > 0.3), NECK_RADIUS)
    calm = usual + NECK_KEPT * np.clip(coarse, -NECK_SPAN, NECK_SPAN)
    return target + regions.neck[:, None] * (calm - target)


def _membrane(canvas: Canvas, target: NDArray, seen: NDArray, usual: NDArray) -> NDArray:
    """Skin and lips are filled apart, so that neither bleeds into the other; the mouth bag darkens from the lips inwards."""
    regions = canvas.regions
    seen_lips = regions.lips * seen
    lip_color = usual_color(target, seen_lips) if seen_lips.sum() > 0.5 else usual + LIP_TINT
    difference = target - lip_color
    depth = np.abs(difference @ LUMINANCE)[:, None] / LIP_SPAN + 1e-6
    even_lips = lip_color + difference * np.tanh(depth) / depth
    lips = _filled(canvas, even_lips, seen_lips, lip_color, np.full(len(seen), LIP_RADIUS**-2))
    lips = lips + regions.deep_mouth[:, None] * (lip_color + MOUTH_TINT - lips)

    darker = (usual - target) @ LUMINANCE
    doubt = smoothstep(*TOO_DARK, darker) * regions.upper * regions.plain
    believed = seen * (1 - doubt) * (1 - (1 - FEATURE_HOLD) * regions.features) * (1 - regions.lips)
    rest = usual + regions.ears[:, None] * EAR_TINT
    skin = _filled(canvas, target, believed, rest, FORGET_RADIUS**-2 * (1 + EAR_HOLD * regions.ears))
    return skin + np.maximum(regions.lips, regions.inner_mouth)[:, None] * (lips - skin)


def _filled(canvas: Canvas, target: NDArray, believed: NDArray, rest: NDArray, rest_weight: NDArray) -> NDArray:
    """What is believed, continued along the slopes of the mirrored side, tending to ``rest``."""
    other = canvas.graph.mirror
    rest = np.broadcast_to(rest, target.shape)
    slopes = smoothstep(0.2, 0.7, believed[other])
    return canvas.graph.membrane(target, believed**2 * FOLLOW_RADIUS**-2, target[other], slopes, rest, rest_weight)
