# SPDX-License-Identifier: GPL-3.0-or-later
"""From a style to strands: the one function of the generator."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .comb import Comb, length_map, make_comb, own_lengths
from .detail import clump, curl, cut, flyaway, resample
from .gather import gather, tied_roots
from .grow import grow_free, resolve_collisions
from .head_surface import HeadSurface, Sites, plant
from .scalp import Roots
from .spread import choose_leaders, spread
from .style import HairStyle
from .variation import smooth_noise, tangential, unit

LOOSE_EDGE = 0.014


@dataclass(frozen=True)
class Detail:
    """How finely hair is made. leaders: strands grown step by step, which lend the others their shape; points: steps of each;

    guides: strands in the end, None for as many as the style says.
    """

    leaders: int = 800
    points: int = 100
    guides: int | None = None


FULL = Detail()
SKETCH = Detail(leaders=120, points=16, guides=400)


@dataclass(frozen=True)
class Groom:
    """Strands (N, P, 3) float32 in the bundle's frame, root first, and the roots they stand on."""

    strands: NDArray
    roots: Roots


def grow_style(head: HeadSurface, style: HairStyle, seed: int = 0, detail: Detail = FULL) -> Groom:
    """The strands of a style on a head; the same seed gives the same hair. N = 0 for a bald style."""
    random = np.random.default_rng(seed)
    sites = plant(head, style.hairline, max(1, detail.guides or style.guides))
    if style.guides == 0:
        return Groom(np.zeros((0, style.points, 3), np.float32), sites.roots[np.zeros(0, int)])
    scale = head.anatomy.scale
    comb = make_comb(style, head.anatomy, sites, random)
    lengths = length_map(style, head.anatomy, sites, comb.fringe, random)
    ties = _ties(style, sites, comb, random)
    chosen = choose_leaders(sites.points, detail.leaders)
    strands, tied = _lead(head, style, sites[chosen], comb[chosen], lengths[chosen], ties[chosen], detail, random)
    labels = (comb.side > 0) + 2 * comb.fringe + 4 * (ties + 1)
    own = np.where(ties >= 0, np.inf, own_lengths(style, sites, lengths, random))
    strands = spread(strands, chosen, sites.points, labels, own, tied)
    for scissors in style.cut:
        strands = cut(strands, head.anatomy, scissors, random)
    strands = resample(strands, min(style.points, detail.points))
    directions = unit(tangential(comb.direction(sites.points), sites.normals))
    strands = clump(strands, directions, style.clump, scale, random)
    strands = flyaway(strands, style.noise, scale, random)
    strands = curl(strands, style.curl, scale, random)
    strands = resolve_collisions(head, strands)
    strands[:, 0] = sites.points
    return Groom(strands.astype(np.float32), sites.roots)


def _ties(style: HairStyle, sites: Sites, comb: Comb, random: np.random.Generator) -> NDArray:
    """(N,) index of the tie that catches each root, -1 for hair that hangs freely."""
    # Loose hair comes in wisps, not hair by hair.
    wisp = smooth_noise(random, sites.points, 0.03)[:, 0] > 1.8 - 3.0 * style.loose
    loose = comb.fringe | ((sites.edge < LOOSE_EDGE) & wisp & (style.loose > 0))
    ties = np.full(len(sites), -1)
    for index, tie in enumerate(style.tie):
        ties[tied_roots(tie, sites) & ~loose] = index
    return ties


def _lead(
    head: HeadSurface,
    style: HairStyle,
    sites: Sites,
    comb: Comb,
    lengths: NDArray,
    ties: NDArray,
    detail: Detail,
    random: np.random.Generator,
) -> tuple[NDArray, NDArray]:
    """The leaders' strands (K, P, 3), and (K, P) 1 where their hair has run together at a tie."""
    strands, tied = np.empty((len(sites), detail.points, 3)), np.zeros((len(sites), detail.points))
    free = np.flatnonzero(ties < 0)
    strands[free] = grow_free(head, style, sites[free], comb[free], lengths[free], detail.points, random)
    for index, tie in enumerate(style.tie):
        caught = np.flatnonzero(ties == index)
        if len(caught):
            strands[caught], tied[caught] = gather(head, tie, sites[caught], detail.points, random)
    return strands, tied
