# SPDX-License-Identifier: GPL-3.0-or-later
"""Which of the library's styles looks most like the hair in a photo, and how it has to change to look more so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..head.model import HeadModel
from .detail import strand_lengths
from .groom import SKETCH, grow_style
from .head_surface import HeadSurface
from .library import load_style, style_names
from .picture import HairPicture, View, draw
from .refine.refine import Likeness
from .sketches import Sketch, library_sketches, skull_size
from .style import Cut, HairStyle

ORIENTATION_WEIGHT = 0.25
COHERENCE_WEIGHT = 0.2
FACE_WEIGHT = 1.0
CURLS_WEIGHT = 0.4  # what unlike curls cost a finalist besides
STRAIN = 0.1  # what it costs to be bent into the outline, per IoU gained
USUAL_DIRECTION = 0.02  # what the terms of direction come to for a fair match
# What people seldom wear, and tied hair, which looks like short hair from the front, must be clearly better to be chosen.
RARE_PENALTY = 0.06
# Unless hair lies close to the head and yet reaches below the chin: then it is likely gathered, and hangs in a tail.
GATHERED = 0.1
FINALISTS, THREADS = 6, 2
# Hair counts as long when this share of it lies below the chin, as short when less than the second figure does.
LONG_SHARE, SHORT_SHARE = 0.12, 0.02
CHIN = 0.62  # face heights below the eyes
TOP_ABOVE_CHIN, SKULL = 0.21, 0.1  # metres on the reference head
# Coherence of directions above which hanging hair has no coils.
SMOOTH = 0.6
# Hair that stands off the head by less than this share of the head's width is cropped or tied: loose strands are shorter than CROPPED.
CLOSE_TO_HEAD, CROPPED = 0.03, 0.035
# Of the head's width: only coils stand off so far all around, whatever the pixels show of them; what that is worth.
STANDING, OUTLINE_OF_COILS = 0.35, 0.15


@dataclass(frozen=True)
class Match:
    """A style fitted to a photo. score: higher is better, at most 1.25; iou: overlap of its silhouette with the mask.

    unlike: difference in curliness, 0..1.
    """

    style: HairStyle
    score: float
    iou: float
    unlike: float = 0.0


def match_style(head: HeadSurface, view: View, seen: HairPicture, promise: Callable[[NDArray], Likeness]) -> Match:
    """The library's style that promises most; ``seen`` is the hair measured in the photo.

    promise: how well thin strands (N, P, 3) of a style would match once they are refined.
    """
    size = skull_size(head.model, head.vertices)
    stands = STANDING < _standing_off(view, seen) < np.inf

    def hope(match: Match, strands: NDArray) -> float:
        # Refinement bends any style to the outline, but only the right one is right where nothing is seen: what fits before counts too.
        found, refined = _judged(match.style, view, strands, seen), promise(strands)
        if stands and "coily" in match.style.tags:
            return found.score + refined.score + OUTLINE_OF_COILS
        strain = STRAIN * max(refined.iou - found.iou, 0)
        return found.score + refined.score - CURLS_WEIGHT * found.unlike - strain

    def hope_of_sketch(found: tuple[Match, Sketch]) -> float:
        return hope(found[0], found[1].on(head, size))

    finalists = rank_styles(head.model, view, seen)[:FINALISTS]
    with ThreadPoolExecutor(THREADS) as threads:
        hopes = list(threads.map(hope_of_sketch, finalists))
        best, _ = finalists[int(np.argmax(hopes))]
        return max(_adapted(head, view, seen, best.style), key=lambda grown: hope(*grown))[0]


def rank_styles(model: HeadModel, view: View, seen: HairPicture) -> list[tuple[Match, Sketch]]:
    """The library's styles of about the right length on the model's mean head, best first; mirrored where that looks better."""
    sketches = library_sketches(model)
    found = []
    for name in _candidates(view, seen):
        style, sketch = load_style(name), sketches[name]
        sides = [(_judged(style, view, sketch.strands, seen), sketch)]
        if (other := _mirrored(style)) != style:
            sides.append((_judged(other, view, sketch.mirrored().strands, seen), sketch.mirrored()))
        found.append(max(sides, key=_score))
    return sorted(found, key=_score, reverse=True)


def compare(drawn: HairPicture, seen: HairPicture, face: NDArray, resolved: float = 1.0) -> tuple[float, float, float]:
    """Score, IoU and difference in curliness (0..1) of two hair pictures.

    The score: overlap of coverage, agreement of directions where both have hair, likeness of curliness.

    face: (h, w) bool; hair drawn where the photo shows a bare face weighs more. resolved: 0..1, how far the direction of such short
    hair can be seen in a photo at all.
    """
    both = np.minimum(drawn.coverage, seen.coverage)
    either = np.maximum(drawn.coverage, seen.coverage)
    iou = float(both.sum() / max(either.sum(), 1e-6))
    product = (drawn.orientation * seen.orientation).sum(-1)
    agreement = float((both * product).sum() / max(both.sum(), 1e-6))
    unlike = _unlike_curls(drawn, seen)
    in_face = float((either - seen.coverage)[face].sum() / max(seen.coverage.sum(), 1e-6))
    direction = ORIENTATION_WEIGHT * agreement - COHERENCE_WEIGHT * unlike
    score = iou + resolved * direction + (1 - resolved) * USUAL_DIRECTION - FACE_WEIGHT * in_face
    return score, iou, unlike


def _unlike_curls(drawn: HairPicture, seen: HairPicture) -> float:
    """Difference in coherence, 0..1, where both have hair: curls turn within a pixel, straight hair does not."""
    both = np.minimum(drawn.coverage, seen.coverage)
    turned = np.linalg.norm(drawn.orientation, axis=-1) - np.linalg.norm(seen.orientation, axis=-1)
    return abs(float((both * turned).sum() / max(both.sum(), 1e-6)))


def _candidates(view: View, seen: HairPicture) -> Iterator[str]:
    """Names of the styles whose length class the photo does not rule out."""
    below = _below_chin(view, seen)
    chin_in_photo = view.known[np.abs(view.window.down - CHIN - 0.2) < 0.05].mean() > 0.5
    unlikely = set()
    if below > LONG_SHARE:
        unlikely = {"short", "very short"}
    elif below < SHORT_SHARE and chin_in_photo:
        unlikely = {"long"}
    close = _standing_off(view, seen) < CLOSE_TO_HEAD
    cropped = close and below <= LONG_SHARE
    if close and not cropped:
        unlikely |= {"medium"}  # which is cut to stand off; long hair is drawn down by its weight
    coherence = np.average(np.linalg.norm(seen.orientation, axis=-1), weights=seen.coverage + 1e-9)
    for name in style_names():
        style = load_style(name)
        if coherence > SMOOTH and {"long", "coily"} <= set(style.tags):
            continue
        possible = not unlikely & set(style.tags) and not (cropped and style.length.top > CROPPED)
        if style.guides and (possible or "tied" in style.tags):
            yield name


def _below_chin(view: View, seen: HairPicture) -> float:
    return float(seen.coverage[view.window.down > CHIN].sum() / max(seen.coverage.sum(), 1e-6))


def _gathered(style: HairStyle, view: View, seen: HairPicture) -> bool:
    """Whether a style is a tail and the photo's hair looks gathered."""
    tail = bool(style.tie) and not any(tie.bun for tie in style.tie)
    return tail and _below_chin(view, seen) > LONG_SHARE and _standing_off(view, seen) < CLOSE_TO_HEAD


def _standing_off(view: View, seen: HairPicture) -> float:
    """Mean height of the hair above the head's outline, over the head's width; infinite where the photo cuts the head's top off."""
    head = np.isfinite(view.depth) & (view.window.down < 0)
    above = (view.window.down < 0) & ~np.isfinite(view.depth)
    top = int(head.any(1).argmax())
    if not head.any() or not view.known[max(top - 1, 0), head[top]].all():
        return np.inf
    width = head.sum(1).max()
    # The outline above the eyes is about half a circle around that width.
    return float(seen.coverage[above].sum() / (np.pi / 2 * width * width))


def _score(found: tuple[Match, Sketch]) -> float:
    return found[0].score


def _judged(style: HairStyle, view: View, strands: NDArray, seen: HairPicture) -> Match:
    bare_face = (view.window.oval < -0.03) & (view.window.down > -0.1)
    resolved = float(np.clip((np.median(strand_lengths(strands)) - 0.01) / 0.03, 0, 1))
    score, iou, unlike = compare(draw(view, strands), seen, bare_face, resolved)
    rare = "rare" in style.tags or bool(style.tie)
    return Match(style, score + (GATHERED if _gathered(style, view, seen) else -RARE_PENALTY * rare), iou, unlike)


def _adapted(head: HeadSurface, view: View, seen: HairPicture, style: HairStyle) -> list[tuple[Match, NDArray]]:
    """A style on the person's own head, and what a coordinate search over the parameters that a photo shows made of it."""

    def grown(changed: HairStyle) -> tuple[Match, NDArray]:
        strands = grow_style(head, changed, detail=SKETCH).strands
        return _judged(changed, view, strands, seen), strands

    best = plain = grown(style)
    for variants in (_longer, _higher, _fuller, _draped, _tied):
        best = max([best, *map(grown, variants(best[0].style))], key=lambda found: found[0].score)
    return [plain, best]


def _longer(style: HairStyle) -> list[HairStyle]:
    return [scaled_length(style, factor) for factor in (0.78, 1.25)]


def scaled_length(style: HairStyle, factor: float) -> HairStyle:
    """The style with all lengths multiplied; scissors move with the hair that hangs below the head's top."""
    length = style.length
    changed = replace(length, top=length.top * factor, sides=length.sides * factor, nape=length.nape * factor)
    cuts = tuple(_moved(cut, factor) for cut in style.cut)
    ties = tuple(replace(tie, tail=tie.tail * factor) for tie in style.tie)
    fringe = style.fringe and replace(style.fringe, length=style.fringe.length * (1 + (factor - 1) / 2))
    return replace(style, length=changed, cut=cuts, tie=ties, fringe=fringe)


def _moved(cut: Cut, factor: float) -> Cut:
    if cut.round:
        return replace(cut, round=SKULL + (cut.round - SKULL) * factor)
    return replace(cut, height=TOP_ABOVE_CHIN - (TOP_ABOVE_CHIN - cut.height) * factor)


def _mirrored(style: HairStyle) -> HairStyle:
    flow, fringe = style.flow, style.fringe
    mirrored = replace(flow, parting=-flow.parting, left=-flow.left, whorl_x=-flow.whorl_x, swirl=-flow.swirl)
    return replace(style, flow=mirrored, fringe=fringe and replace(fringe, side=-fringe.side))


def _fuller(style: HairStyle) -> list[HairStyle]:
    """Flatter and fuller: clearance and root angles together."""
    volume, growth = style.volume, style.growth
    angles = (growth.angle, growth.angle_sides, growth.angle_front)
    made = []
    for factor, rise in ((0.4, 0.65), (1.7, 1.2)):
        angle, sides, front = (min(a * rise, 88.0) for a in angles)
        made.append(
            replace(
                style,
                volume=replace(volume, layer=volume.layer * factor, lower=volume.lower * factor),
                growth=replace(growth, angle=angle, angle_sides=sides, angle_front=front),
            )
        )
    return made


def _higher(style: HairStyle) -> list[HairStyle]:
    line = style.hairline
    return [
        replace(style, hairline=replace(line, height=line.height + 5.0)),
        replace(style, hairline=replace(line, height=line.height + 10.0)),
        replace(style, hairline=replace(line, height=line.height + 5.0, recession=min(line.recession + 0.5, 1.0))),
        replace(style, hairline=replace(line, height=line.height - 4.0)),
    ]


def _draped(style: HairStyle) -> list[HairStyle]:
    """Long hair: more of it in front of the shoulders or behind, or hanging closer to the neck."""
    if style.length.top < 0.25:
        return []
    growth = style.growth
    hanging = [replace(style, growth=replace(growth, inward=min(growth.inward + more, 1.0))) for more in (0.25, 0.6)]
    return hanging + [replace(style, volume=replace(style.volume, drape=azimuth)) for azimuth in (30.0, 105.0, 130.0)]


def _tied(style: HairStyle) -> list[HairStyle]:
    """Buns and tails of other sizes and places."""
    if not style.tie:
        return []
    larger = tuple(replace(tie, bun=tie.bun * 1.35, thickness=tie.thickness * 1.35) for tie in style.tie)
    lower = tuple(replace(tie, elevation=tie.elevation - 14.0) for tie in style.tie)
    both = tuple(replace(tie, elevation=tie.elevation - 14.0) for tie in larger)
    made = [replace(style, tie=ties) for ties in (larger, lower, both)]
    if len(style.tie) == 1 and not style.tie[0].bun and abs(style.tie[0].azimuth) > 150:
        tie = style.tie[0]  # a tail laid over one shoulder
        made += [
            replace(style, tie=(replace(tie, azimuth=side * 145.0, elevation=min(tie.elevation, -35.0)),))
            for side in (-1, 1)
        ]
    return made
