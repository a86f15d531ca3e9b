# SPDX-License-Identifier: GPL-3.0-or-later
"""Puts the skin texture together: a smooth colour field over the head, plus detail seen, mirrored or made.

The photo gives colours to the vertices that it shows; the field runs from there over the hidden rest along the slopes of the mirrored
side. Detail is what the photo has beyond the field. Where the photo is trusted, field plus detail is the photo again.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ..head.model import HeadModel
from .atlas import Atlas
from .color import LUMINANCE, bytes_from_log, linear_from_log, log_from_linear
from .contours import smoothstep
from .detail import made_detail
from .light import Light, even_light, lit_like_mirror, plain_skin
from .skin_graph import SkinGraph

FOLLOW_RADIUS = 0.0015  # metres over which the field may miss a colour that is seen
FORGET_RADIUS = 0.07  # metres from the seen skin after which the field tends to the mean skin
SEEN_FROM, SEEN_TO = 0.08, 0.45  # trust between which the photo takes over from what is made up
COARSE = 0.008  # of the texture's side: detail coarser than this changes over slowly
MOUTH_COLOR = (0.20, 0.055, 0.05)  # linear, deep inside
EAR_TINT = np.log(np.array([1.05, 0.96, 0.94], np.float32))
NECK_RADIUS, NECK_KEPT, NECK_SPAN = 0.02, 0.5, 0.5
SHINE_KNEE, SHINE_SLOPE = 0.10, 0.45  # log luminance beyond the field from which highlights are compressed
SCALP_SOFTNESS, SCALP_HAIR_SHARE, STUBBLE = 0.005, 0.45, 0.25


@dataclass(frozen=True)
class Skin:
    """texture (S, S, 3) uint8 sRGB; field (N, 3) log colour; seen (N,) share taken from the photo; light found."""

    texture: NDArray[np.uint8]
    field: NDArray
    light: Light
    seen: NDArray


def compose_skin(
    model: HeadModel,
    atlas: Atlas,
    graph: SkinGraph,
    normals: NDArray,
    sampled: NDArray,
    trust: NDArray,
    hair_color: tuple[float, float, float] | None,
) -> Skin:
    """normals (V, 3); sampled (size, size, 3) log colour of the photo at each texel; trust (size, size) in [0, 1]."""
    weight = atlas.gather(trust)[graph.vertices]
    seen = weight / np.maximum(atlas.area[graph.vertices], 1e-6)
    mean = atlas.gather(sampled * trust[..., None])[graph.vertices] / np.maximum(weight, 1e-6)[:, None]
    plain = plain_skin(model, graph)
    mean = np.where(seen[:, None] > 0.02, mean, _usual(mean, plain * weight))
    lit = lit_like_mirror(graph, mean, plain, smoothstep(0.3, 0.8, seen))
    seen, weight = seen * lit, weight * lit
    trust = trust * atlas.spread(_per_vertex(model, graph, lit))
    light = even_light(graph, normals[graph.vertices], mean, plain * smoothstep(0.3, 0.8, seen))
    target = mean + light.correction
    usual = _usual(target, plain * weight)
    target = _calm_neck(model, graph, target, seen, usual)
    field = _field(model, graph, target, seen, usual)

    whole = np.zeros((len(model.template), 6), np.float32)
    whole[graph.vertices] = np.concatenate([field, light.correction - field], 1)
    spread = atlas.spread(whole)
    smooth, detail = spread[..., :3], sampled + spread[..., 3:]
    skin_share, neck = np.moveaxis(atlas.spread(np.stack([_per_vertex(model, graph, plain), _neck(model)], 1)), -1, 0)
    trust = trust * (1 - neck)
    _dim_highlights(detail, skin_share)
    texture = smooth + _detail(model, atlas, detail, trust, skin_share)
    if hair_color is not None:
        texture = _tint_scalp(model, atlas, graph, texture, hair_color)
    return Skin(bytes_from_log(texture), field, light, seen)


def _usual(colors: NDArray, weight: NDArray) -> NDArray:
    """Weighted median colour (3,); a middle skin tone where nothing is seen."""
    if weight.sum() <= 1e-6:
        return log_from_linear(np.array([0.42, 0.25, 0.18]))
    order = np.argsort(colors, axis=0)
    share = np.cumsum(weight[order], axis=0) / weight.sum()
    middle = (share < 0.5).sum(0).clip(0, len(colors) - 1)
    return np.take_along_axis(colors, np.take_along_axis(order, middle[None], 0), 0)[0]


def _calm_neck(model: HeadModel, graph: SkinGraph, target: NDArray, seen: NDArray, usual: NDArray) -> NDArray:
    """Neck and bust: only the coarse colour is kept, and half of its difference from the face; folds and the chin's shadow go."""
    neck = _neck(model)[graph.vertices, None]
    coarse = graph.smooth(target - usual, seen * (neck[:, 0] > 0.3), NECK_RADIUS)
    return target + neck * (usual + NECK_KEPT * np.clip(coarse, -NECK_SPAN, NECK_SPAN) - target)


def _neck(model: HeadModel) -> NDArray:
    return np.minimum(model.masks["neck"] + model.masks["bust"], 1)


def _field(model: HeadModel, graph: SkinGraph, target: NDArray, seen: NDArray, usual: NDArray) -> NDArray:
    """The colour of every vertex: seen, continued along the mirrored side's slopes, or tending to the usual skin."""
    lips = model.masks["lips"][graph.vertices]
    lip_color = _usual(target, lips * seen) if (lips * seen).sum() > 0.5 else usual + np.log([0.85, 0.6, 0.62])
    rest = usual + lips[:, None] * (lip_color - usual)
    rest = rest + model.masks["ears"][graph.vertices, None] * EAR_TINT
    rest_weight = np.full(len(rest), FORGET_RADIUS**-2) * (1 + 30 * lips + 8 * model.masks["ears"][graph.vertices])
    deep = _depth_in_mouth(model, graph)
    rest = rest + deep[:, None] * (log_from_linear(np.array(MOUTH_COLOR)) - rest)
    rest_weight = rest_weight + deep * 0.004**-2
    follow = seen**2 * FOLLOW_RADIUS**-2
    other = graph.mirror
    return graph.membrane(target, follow, target[other], smoothstep(0.2, 0.7, seen[other]), rest, rest_weight)


def _depth_in_mouth(model: HeadModel, graph: SkinGraph) -> NDArray:
    """(N,) 0 on the lips' rim, 1 a centimetre inside."""
    inside = np.zeros(len(graph.vertices))
    if "mouth" in model.surface.part_names:
        inside[np.isin(graph.vertices, model.surface.part_vertices("mouth"))] = 1
    return smoothstep(0.5, 0.95, graph.smooth(inside[:, None], np.ones(len(inside)), 0.004)[:, 0]) * inside


def _dim_highlights(detail: NDArray, skin_share: NDArray) -> None:
    """Compresses what is much brighter than the field, and gives it the field's hue; in place."""
    brightness = detail @ LUMINANCE
    beyond = np.maximum(brightness - SHINE_KNEE, 0) * skin_share
    detail -= (beyond * (1 - SHINE_SLOPE))[..., None]
    hue = smoothstep(0.0, 0.3, beyond)[..., None] * 0.6
    detail -= hue * (detail - (detail @ LUMINANCE)[..., None])


def _detail(model: HeadModel, atlas: Atlas, detail: NDArray, trust: NDArray, skin_share: NDArray) -> NDArray:
    """Seen detail, else the mirrored side's, else made. What is fine changes over within millimetres, what is coarse over centimetres."""
    seen = smoothstep(SEEN_FROM, SEEN_TO, trust)
    coarse, far_in = _coarse_part(detail, seen, atlas.size)
    layer = np.dstack([(detail - coarse) * seen[..., None], seen])
    deep = np.dstack([coarse * far_in[..., None], far_in])
    made = made_detail(model, detail, trust * skin_share * atlas.covered)
    return _with_mirror(atlas, layer, made) + _with_mirror(atlas, deep, np.float32(0))


def _coarse_part(detail: NDArray, seen: NDArray, size: int) -> tuple[NDArray, NDArray]:
    """(the seen detail's mean over the neighbourhood, a weight that falls to 0 well inside the seen area)."""
    small = cv2.resize(np.dstack([detail * seen[..., None], seen]), None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    sigma = COARSE * size / 4
    blurred = cv2.GaussianBlur(small, (0, 0), sigma)
    mean = blurred[..., :3] / np.maximum(blurred[..., 3:], 0.05)
    far_in = smoothstep(0.5, 0.95, cv2.GaussianBlur(small[..., 3], (0, 0), 2 * sigma))
    full = cv2.resize(np.dstack([mean, far_in]), (size, size), interpolation=cv2.INTER_LINEAR)
    return full[..., :3], full[..., 3] * seen


def _with_mirror(atlas: Atlas, layer: NDArray, otherwise: NDArray) -> NDArray:
    """layer (size, size, 4): values times their weight, and the weight. Where it has none, its mirror image, else ``otherwise``."""
    mirrored = cv2.remap(layer, atlas.mirror_x, atlas.mirror_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    left = 1 - layer[..., 3:]
    return layer[..., :3] + left * (mirrored[..., :3] + (1 - mirrored[..., 3:]) * otherwise)


def _tint_scalp(
    model: HeadModel, atlas: Atlas, graph: SkinGraph, texture: NDArray, hair_color: tuple[float, float, float]
) -> NDArray:
    """Hair colour mixed into the hairy scalp, mottled like stubble, so that skin does not shine through the strands."""
    scalp = model.masks["scalp"][graph.vertices, None].astype(float)
    soft = graph.smooth(scalp, np.ones(len(scalp)), SCALP_SOFTNESS)[:, 0]
    share = atlas.spread(_per_vertex(model, graph, soft))
    rows = slice(0, int(np.flatnonzero(share.max(1) > 0.004).max(initial=-1)) + 1)
    noise = np.random.default_rng(7).standard_normal(share[rows].shape).astype(np.float32)
    mottled = share[rows] * SCALP_HAIR_SHARE * (1 + STUBBLE * cv2.GaussianBlur(noise, (0, 0), 0.8))
    linear = linear_from_log(texture[rows])
    texture[rows] = log_from_linear(linear + mottled[..., None] * (np.array(hair_color, np.float32) - linear))
    return texture


def _per_vertex(model: HeadModel, graph: SkinGraph, field: NDArray) -> NDArray:
    whole = np.zeros((len(model.template), *field.shape[1:]), np.float32)
    whole[graph.vertices] = field
    return whole
