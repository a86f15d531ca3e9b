# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes most of the photo's light out of the skin: directional light, shine, cast shadows, differences between the sides.

Everything here is a smooth field over the skin's vertices, so it can change no detail.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..smoothstep import smoothstep
from .color import LUMINANCE, linear_from_log
from .skin_graph import SkinGraph

REMOVED = 0.65  # share of the directional light
DARKEST_SHADE = 0.3  # of the mean light
ROUNDS = 12
LEAST_SKIN = 2e-4  # square metres of seen plain skin that tell about the light
BEARD = -0.5, -0.25  # log luminance of the better lit side against the usual skin
SHADOW_RADIUS, SHADOW_KEPT, DEEPEST_SHADOW = 0.018, 0.65, 0.22
HALF_SHADOW = 0.60, 0.85  # log luminance of the brighter half above the mean
SIDE_RADIUS, SIDE_REMOVED = 0.012, 0.8
SHADOWED_SIDE = (
    0.012,
    (0.45, 1.0),
)  # metres averaged over; log luminance below the mirror: mirror preferred, and alone trusted
SHADOWED_SPOT = 0.004, (0.18, 0.45)
GRAZED_SIDE = 0.25, 0.55  # cosine of the angle of view that the mirror has more: mirror preferred, and alone trusted
MIDLINE = 0.005, 0.016  # metres between a vertex and its mirror
SHINE_START, SHINE_REMOVED = 0.05, 0.6


@dataclass(frozen=True)
class Light:
    """correction (N, 3): to be added to the log colour. direction (3,): where the light comes from, head frame; strength in [0, 1]."""

    correction: NDArray
    direction: NDArray
    strength: float


def even_light(
    graph: SkinGraph, normals: NDArray, log: NDArray, plain: NDArray, beard: NDArray, beardless: NDArray
) -> Light:
    """The correction of the light on the seen skin.

    normals (N, 3) of the posed head; log (N, 3) mean log colour around each vertex; plain (N,) in [0, 1]: seen plain skin;
    beard (N,): where darkness is hair; beardless (N,) in [0, 1]: where beards cannot grow, so that darkness can only be shadow.
    """
    if (plain * graph.area).sum() < LEAST_SKIN:
        return Light(np.zeros_like(log), np.array([0.0, -1.0, 0.0]), 0.0)
    bare = plain * (1 - beard)
    sphere = _fit_first_order(normals, linear_from_log(log), bare * graph.area)
    correction = -REMOVED * _log_shade(sphere, normals, bare * graph.area)
    correction -= _side_difference(graph, log + correction, plain)
    correction -= _shadows_and_shine(graph, log + correction, bare, beardless) * (1 - beard)[:, None]
    pull = (sphere[1:] @ LUMINANCE) / max(float(sphere[0] @ LUMINANCE), 1e-6)
    strength = float(np.linalg.norm(pull))
    return Light(correction, pull / max(strength, 1e-6), min(1.0, strength))


def directional_shade(graph: SkinGraph, normals: NDArray, log: NDArray, weight: NDArray) -> NDArray:
    """(N, 3) log of the directional light at each vertex against its mean, judged by skin of weight (N,); zero without any."""
    if (weight * graph.area).sum() < LEAST_SKIN:
        return np.zeros_like(log)
    return _log_shade(
        _fit_first_order(normals, linear_from_log(log), weight * graph.area), normals, weight * graph.area
    )


def side_lit_like_mirror(graph: SkinGraph, log: NDArray, weight: NDArray) -> NDArray:
    """(N,) in [0, 1]: 0 where a side of the face lies in so much more shadow than the other that the other shows the skin better.

    log (N, 3) log colour; weight (N,) in [0, 1] of what was seen of it.
    """
    shadow = _darker_than_mirror(graph, _brightness_lost(graph, log), weight, *SHADOWED_SIDE)
    # Towards the midline both sides become one: a sudden mirror there would draw a line.
    return 1 - shadow * smoothstep(*MIDLINE, graph.apart)


def spot_lit_like_mirror(graph: SkinGraph, log: NDArray, weight: NDArray) -> NDArray:
    """(N,) as above, for small shadows once the directional light is out: of locks and of the nose.

    What is brighter than its mirror counts as even: beside the midline, where shadow and light meet, they would cancel.
    """
    darker = np.maximum(_brightness_lost(graph, log), 0)
    return 1 - _darker_than_mirror(graph, darker, weight, *SHADOWED_SPOT)


def facing_like_mirror(graph: SkinGraph, facing: NDArray, seen: NDArray) -> NDArray:
    """(N,) in [0, 1]: 0 where the camera grazes a side of the face and sees the other well. facing: (N,) cosines; seen (N,) in [0, 1]."""
    better = smoothstep(*GRAZED_SIDE, np.clip(facing[graph.mirror], 0, 1) - np.clip(facing, 0, 1)) * seen[graph.mirror]
    return 1 - better * smoothstep(*MIDLINE, graph.apart)


def _brightness_lost(graph: SkinGraph, log: NDArray) -> NDArray:
    """(N, 1) log luminance below the mirrored vertex."""
    return (log[graph.mirror] - log) @ LUMINANCE[:, None]


def _darker_than_mirror(
    graph: SkinGraph, darker: NDArray, weight: NDArray, radius: float, bounds: tuple[float, float]
) -> NDArray:
    both = np.minimum(weight, weight[graph.mirror])
    return smoothstep(*bounds, graph.smooth(darker, both, radius)[:, 0]) * _reach(graph, both)[:, 0]


def _fit_first_order(normals: NDArray, linear: NDArray, weight: NDArray) -> NDArray:
    """(4, 3): light = c0 + c1..3 . normal for each colour channel; robust, half of its hue kept."""
    design = np.c_[np.ones(len(normals)), normals]
    brightness = linear @ LUMINANCE
    trust = weight.copy()
    for _ in range(ROUNDS):
        solution = _least_squares(design, brightness[:, None], trust)
        residual = np.abs(design @ solution[:, 0] - brightness) / max(float(solution[0, 0]), 1e-6)
        trust = weight / (1 + (residual / 0.08) ** 2) ** 2
    colored = _least_squares(design, linear, trust)
    mean = colored[0] / (colored[0] @ LUMINANCE)
    return (colored + solution * mean) / 2


def _least_squares(design: NDArray, values: NDArray, weight: NDArray) -> NDArray:
    weighted = design * weight[:, None]
    ridge = np.diag([0.0, 1, 1, 1]) * 0.02 * weight.sum()
    return np.linalg.solve(weighted.T @ design + ridge + 1e-12 * np.eye(4), weighted.T @ values)


def _log_shade(sphere: NDArray, normals: NDArray, weight: NDArray) -> NDArray:
    """(N, 3) log of the light at each vertex against the mean light of the seen skin."""
    shade = np.c_[np.ones(len(normals)), normals] @ sphere
    mean = np.average(shade, axis=0, weights=weight + 1e-12)
    ratio = shade / np.maximum(mean, 1e-6)
    softened = DARKEST_SHADE + np.logaddexp(0, 8 * (ratio - DARKEST_SHADE)) / 8
    return np.log(softened)


def _side_difference(graph: SkinGraph, log: NDArray, plain: NDArray) -> NDArray:
    """What makes one side differ from the other on a coarse scale: faces are even, light is not."""
    both = np.minimum(plain, plain[graph.mirror])
    difference = (log - log[graph.mirror]) / 2
    return SIDE_REMOVED * graph.smooth(difference, both, SIDE_RADIUS) * _reach(graph, both)


def _shadows_and_shine(graph: SkinGraph, log: NDArray, plain: NDArray, beardless: NDArray) -> NDArray:
    reach = _reach(graph, plain)
    usual = _lit_color(log, plain * graph.area)
    coarse = graph.smooth(log - usual, plain, SHADOW_RADIUS)
    fine = graph.smooth(log - usual, plain, 0.004)
    shine = np.maximum((fine - coarse) @ LUMINANCE - SHINE_START, 0)
    kept = SHADOW_KEPT * coarse
    depth = np.abs(kept @ LUMINANCE)[:, None] / DEEPEST_SHADOW + 1e-6
    # Beards are dark on both sides, shadows on one.
    better = np.maximum(fine, fine[graph.mirror]) @ LUMINANCE
    shadow = np.maximum(beardless, smoothstep(*BEARD, better))[:, None]
    kept = kept * (1 - shadow + shadow * np.tanh(depth) / depth)
    return reach * (coarse - kept + SHINE_REMOVED * shine[:, None])


def _lit_color(log: NDArray, weight: NDArray) -> NDArray:
    """(3,) mean colour; of the brighter half alone where deep shadow covers much of the rest."""
    brightness = log @ LUMINANCE
    mean = np.average(log, axis=0, weights=weight + 1e-12)
    lit = np.average(log, axis=0, weights=weight * (brightness >= mean @ LUMINANCE) + 1e-12)
    return mean + smoothstep(*HALF_SHADOW, (lit - mean) @ LUMINANCE) * (lit - mean)


def _reach(graph: SkinGraph, weight: NDArray) -> NDArray:
    """(N, 1) in [0, 1]: fades a correction out where nothing was seen to base it on."""
    solved = graph.smooth(weight[:, None], np.ones(len(weight)), 0.02)
    return np.clip(solved / 0.3, 0, 1)
