# SPDX-License-Identifier: GPL-3.0-or-later
"""The smooth skin colour of every vertex: seen, continued along the slopes of the mirrored side, or tending to the usual skin.

Brows and lids are left out; they are detail upon this field.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..smoothstep import smoothstep
from .beard import beard_seen
from .canvas import Canvas
from .color import LUMINANCE, log_from_linear
from .light import Light, directional_shade, even_light, facing_like_mirror, side_lit_like_mirror, spot_lit_like_mirror

FOLLOW_RADIUS = 0.0015  # metres over which the field may miss a colour that is seen
FORGET_RADIUS = 0.07  # metres from the seen skin after which the field tends to the usual skin
LIP_SPAN = 0.2  # log luminance by which lips may differ from their usual colour: gloss and shadow are light
LIP_RADIUS, EAR_HOLD, FEATURE_HOLD, LID_HOLD = 0.012, 8.0, 0.02, 0.6
# Log colour of what no photo shows evenly, against the skin: nostrils, the nose's underside, the line between closed lips, lids.
NOSTRILS, UNDER_NOSE = np.array([-1.0, -1.35, -1.4]), np.array([-0.22, -0.3, -0.3])
LIP_LINE = np.array([-0.35, -0.5, -0.45])
LID_FOLDS, LASH_LINE = np.array([-0.02, -0.07, -0.06]), np.array([-0.55, -0.65, -0.65])
DEFAULT_SKIN = (0.42, 0.25, 0.18)
EAR_TINT = np.log(np.array([1.05, 0.90, 0.88]))
LIP_TINT = np.log(np.array([0.85, 0.60, 0.62]))  # lips against skin
MOUTH_TINT = np.log(np.array([0.50, 0.35, 0.35]))  # deep inside, against lips
NECK_RADIUS, NECK_KEPT, NECK_HUE_KEPT, NECK_SPAN = 0.02, 0.5, 0.15, 0.5
TOO_DARK = 0.4, 0.9  # log luminance below the usual skin at which upper skin is doubted, and refused: hair's shadow
CREASE_RADIUS, CREASE_KEPT = 0.012, 0.045  # metres; log colour
LEAST_BEARD, BEARD_CONTINUED = 1e-4, 0.85  # square metres; share of a hidden beard's colour that is the seen one's
SIDEWAYS = 0.95, 0.8  # cosine of the angle of view
BEARD_FORGET = 0.045  # metres from the seen beard over which it thins out


@dataclass(frozen=True)
class SkinField:
    """color (N, 3) log colour of the skin without the photo's light; light that was taken out.

    seen (N,): share of the texels around a vertex that the photo shows, lit (N,): 0 where shadow or a grazing view make the mirrored
    side preferable. folded (N,): where the expression's creases are taken out. beard (N,) in [0, 1]. sideways (N,):
    plain skin that the camera sees from the side.
    """

    color: NDArray
    light: Light
    seen: NDArray
    lit: NDArray
    folded: NDArray
    beard: NDArray
    sideways: NDArray


def skin_field(
    canvas: Canvas, normals: NDArray, facing: NDArray, sampled: NDArray, trust: NDArray, strained: NDArray
) -> SkinField:
    """normals (N, 3); facing (N,): cosine of the angle of view;

    sampled (size, size, 3) log colour of the photo at each texel and its trust (size, size) in [0, 1].

    strained (N,) in [0, 1]: where the photo's expression folds the skin; its creases do not belong to the face at rest.
    """
    graph, regions = canvas.graph, canvas.regions
    mean, seen = canvas.means(sampled, trust)
    weight = regions.plain * seen * graph.area
    mean = np.where(seen[:, None] > 0.02, mean, usual_color(mean, weight))
    bare = regions.plain * regions.upper * sure(seen)
    lit_evenly = mean - directional_shade(graph, normals, mean, bare)
    beard = beard_seen(canvas, sampled, lit_evenly - usual_color(lit_evenly, bare * graph.area), trust, seen)
    lit = side_lit_like_mirror(graph, mean, regions.plain * sure(seen))
    lit = lit * facing_like_mirror(graph, facing, sure(seen))
    light = even_light(graph, normals, mean, regions.plain * sure(seen * lit), beard, regions.upper)
    target = mean + light.correction
    # Brows are dark themselves, and raised one by one.
    lit = lit * np.maximum(regions.brows, spot_lit_like_mirror(graph, target, sure(seen * lit)))
    seen = seen * lit
    usual = usual_color(target, regions.plain * seen * graph.area)
    folded = strained * (1 - beard)
    shown = seen * (1 - regions.lips)
    beard = np.clip(
        _filled(canvas, beard[:, None], shown, np.zeros(1), np.full(len(seen), BEARD_FORGET**-2))[:, 0], 0, 1
    )
    target = _calm(canvas, target, seen, usual, folded, beard)
    color = _membrane(canvas, target, seen, usual) + _under_nose(canvas, seen, normals)
    if (grown := beard * seen * regions.plain * graph.area).sum() > LEAST_BEARD:
        hidden = BEARD_CONTINUED * beard * (1 - seen) * regions.plain
        color = color + hidden[:, None] * (usual_color(target, grown * (beard > 0.6)) - color)
    return SkinField(color, light, seen, lit, folded, beard, regions.plain * smoothstep(*SIDEWAYS, facing))


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


def _calm(canvas: Canvas, target: NDArray, seen: NDArray, usual: NDArray, folded: NDArray, beard: NDArray) -> NDArray:
    """Folds go: those of the expression, and on the neck everything but half of its coarse difference from the face."""
    graph, regions = canvas.graph, canvas.regions
    relaxed = usual + graph.smooth(target - usual, seen * regions.plain, CREASE_RADIUS)
    crease = CREASE_KEPT * np.tanh((target - relaxed) / CREASE_KEPT)
    target = target + (folded * regions.plain)[:, None] * (relaxed + crease - target)
    coarse = np.clip(graph.smooth(target - usual, seen * (regions.neck > 0.3), NECK_RADIUS), -NECK_SPAN, NECK_SPAN)
    brightness = (coarse @ LUMINANCE)[:, None]
    # Light from the chest and the chin tints a neck far more than its skin differs.
    calm = usual + NECK_KEPT * brightness + NECK_HUE_KEPT * (coarse - brightness)
    return target + (regions.neck * (1 - beard))[:, None] * (calm - target)


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
    hold = (1 - (1 - FEATURE_HOLD) * regions.brows) * (1 - (1 - LID_HOLD) * regions.lids)
    believed = seen * (1 - doubt) * hold * (1 - regions.lips)
    rest = usual + regions.ears[:, None] * EAR_TINT
    skin = _filled(canvas, target, believed, rest, FORGET_RADIUS**-2 * (1 + EAR_HOLD * regions.ears))
    whole = skin + np.maximum(regions.lips, regions.inner_mouth)[:, None] * (lips - skin)
    whole += regions.lip_line[:, None] * LIP_LINE + regions.lid_folds[:, None] * LID_FOLDS
    return whole + ((1 - seen) * regions.lash_line)[:, None] * LASH_LINE


def _under_nose(canvas: Canvas, seen: NDArray, normals: NDArray) -> NDArray:
    """(N, 3) the shade of what cameras in front of a face do not see of its nose."""
    regions = canvas.regions
    hidden = (1 - seen) * regions.nose * smoothstep(0.2, 0.8, -normals[:, 2])
    return hidden[:, None] * UNDER_NOSE + regions.nostrils[:, None] * (NOSTRILS - hidden[:, None] * UNDER_NOSE)


def _filled(canvas: Canvas, target: NDArray, believed: NDArray, rest: NDArray, rest_weight: NDArray) -> NDArray:
    """What is believed, continued along the slopes of the mirrored side, tending to ``rest``."""
    other = canvas.graph.mirror
    rest = np.broadcast_to(rest, target.shape)
    slopes = smoothstep(0.2, 0.7, believed[other])
    return canvas.graph.membrane(target, believed**2 * FOLLOW_RADIUS**-2, target[other], slopes, rest, rest_weight)
