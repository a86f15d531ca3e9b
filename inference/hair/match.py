# SPDX-License-Identifier: GPL-3.0-or-later
"""Which of the library's styles looks most like the hair in a photo, and how it has to change to look more so."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ..head.model import HeadModel
from .groom import grow_style
from .head_surface import HeadSurface, prepare_head
from .library import load_style, style_names
from .picture import HairPicture, View, draw, measure_hair
from .style import HairStyle

GUIDES = 260
ORIENTATION_WEIGHT = 0.25
COHERENCE_WEIGHT = 0.25
FINALISTS = 2


@dataclass(frozen=True)
class Match:
    """A style fitted to a photo. score: higher is better, at most 1; iou: overlap of its silhouette with the mask."""

    style: HairStyle
    score: float
    iou: float


def match_style(head: HeadSurface, view: View, seen: HairPicture) -> Match:
    """The best style of the library with a few of its parameters adapted; ``seen`` is the hair measured in the photo."""
    ranked = sorted((_judged(style, view, strands, seen) for style, strands in _samples(head.model)), key=_score)
    finalists = [_adapted(head, view, seen, match) for match in ranked[-FINALISTS:]]
    return max(finalists, key=_score)


def compare(drawn: HairPicture, seen: HairPicture) -> tuple[float, float]:
    """Score and IoU of two hair pictures: overlap of coverage, agreement of directions where both have hair, likeness of curliness."""
    both = np.minimum(drawn.coverage, seen.coverage)
    iou = float(both.sum() / max(np.maximum(drawn.coverage, seen.coverage).sum(), 1e-6))
    lengths = [np.linalg.norm(p.orientation, axis=-1) for p in (drawn, seen)]
    product = (drawn.orientation * seen.orientation).sum(-1)
    agreement = float((both * product).sum() / max((both * lengths[0] * lengths[1]).sum(), 1e-6))
    coherence = [float((both * length).sum() / max(both.sum(), 1e-6)) for length in lengths]
    unlike = abs(coherence[0] - coherence[1])
    return iou + ORIENTATION_WEIGHT * agreement - COHERENCE_WEIGHT * unlike, iou


def _score(match: Match) -> float:
    return match.score


def _judged(style: HairStyle, view: View, strands: NDArray, seen: HairPicture) -> Match:
    return Match(style, *compare(draw(view, strands), seen))


@lru_cache(maxsize=2)
def _samples(model: HeadModel) -> tuple[tuple[HairStyle, NDArray], ...]:
    """Every style of the library, thinly grown on the model's mean head; once per process."""
    head = prepare_head(model, model.template)
    styles = (load_style(name) for name in style_names())
    return tuple((style, _thin(head, style)) for style in styles if style.guides)


def _thin(head: HeadSurface, style: HairStyle) -> NDArray:
    return grow_style(head, replace(style, guides=GUIDES), leaders=GUIDES).strands


def _adapted(head: HeadSurface, view: View, seen: HairPicture, match: Match) -> Match:
    """One pass of coordinate search over length, volume and parting, on the person's own head."""
    best = _judged(match.style, view, _thin(head, match.style), seen)
    for variants in (_longer, _fuller, _parted, _longer):
        tried = [_judged(style, view, _thin(head, style), seen) for style in variants(best.style)]
        best = max([best, *tried], key=_score)
    return best


def _longer(style: HairStyle) -> list[HairStyle]:
    return [scaled_length(style, factor) for factor in (0.8, 1.25)]


def scaled_length(style: HairStyle, factor: float) -> HairStyle:
    """The style with all lengths multiplied; scissors move with the hair that hangs below the head's top."""
    length = style.length
    changed = replace(length, top=length.top * factor, sides=length.sides * factor, nape=length.nape * factor)
    top_above_chin = 0.21
    cuts = tuple(replace(cut, height=top_above_chin - (top_above_chin - cut.height) * factor) for cut in style.cut)
    ties = tuple(replace(tie, tail=tie.tail * factor) for tie in style.tie)
    fringe = style.fringe and replace(style.fringe, length=style.fringe.length * (1 + (factor - 1) / 2))
    return replace(style, length=changed, cut=cuts, tie=ties, fringe=fringe)


def _fuller(style: HairStyle) -> list[HairStyle]:
    return [replace(style, volume=replace(style.volume, layer=style.volume.layer * f)) for f in (0.6, 1.6)]


def _parted(style: HairStyle) -> list[HairStyle]:
    if style.flow.part == 0:
        return []
    return [replace(style, flow=replace(style.flow, parting=x)) for x in (-0.03, 0.0, 0.03)]
