# SPDX-License-Identifier: GPL-3.0-or-later
"""From a style to strands: the one function of the generator."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .comb import length_map, make_comb
from .detail import clump, curl, cut, flyaway, resample
from .gather import gather, tied_roots
from .grow import POINTS, grow_free, resolve_collisions
from .head_surface import HeadSurface, Sites, plant
from .scalp import Roots
from .style import HairStyle
from .variation import tangential, unit


@dataclass(frozen=True)
class Groom:
    """Strands (N, P, 3) float32 in the bundle's frame, root first, and the roots they stand on."""

    strands: NDArray
    roots: Roots


def grow_style(head: HeadSurface, style: HairStyle, seed: int = 0) -> Groom:
    """The guide strands of a style on a head; the same seed gives the same hair. N = 0 for a bald style."""
    random = np.random.default_rng(seed)
    sites = plant(head, style.hairline, max(style.guides, 1))
    if style.guides == 0:
        return Groom(np.zeros((0, style.points, 3), np.float32), sites.roots[np.zeros(0, int)])
    scale = head.anatomy.scale
    comb = make_comb(style, head.anatomy, sites, random)
    lengths = length_map(style, head.anatomy, sites, comb.fringe, random)
    strands = grow_free(head, style, sites, comb, lengths, random)
    for scissors in style.cut:
        strands = cut(strands, head.anatomy, scissors, random)
    strands, free = _tie_up(head, style, sites, comb.fringe, strands, random)
    directions = unit(tangential(comb.direction(sites.points), sites.normals))
    strands = clump(strands, directions, style.clump, scale, random)
    strands = flyaway(strands, style.noise, scale, random)
    strands = curl(strands, style.curl, scale, free, random)
    strands = resolve_collisions(head, resample(strands, style.points))
    strands[:, 0] = sites.points
    return Groom(strands.astype(np.float32), sites.roots)


def _tie_up(
    head: HeadSurface, style: HairStyle, sites: Sites, fringe: NDArray, strands: NDArray, random: np.random.Generator
) -> tuple[NDArray, NDArray]:
    """Strands with the tied ones replaced, and (N, POINTS) how free each point is of its tie."""
    free = np.ones(strands.shape[:2])
    loose = fringe | ((sites.edge < 0.012) & (random.random(len(sites)) < style.loose))
    for tie in style.tie:
        chosen = np.flatnonzero(tied_roots(tie, sites) & ~loose)
        if len(chosen):
            strands[chosen], free[chosen] = gather(head, tie, _picked(sites, chosen), POINTS, random)
    return strands, free


def _picked(sites: Sites, index: NDArray) -> Sites:
    return Sites(
        sites.roots[index], sites.points[index], sites.normals[index], sites.azimuth[index], sites.elevation[index],
        sites.edge[index], sites.rise[index],
    )
