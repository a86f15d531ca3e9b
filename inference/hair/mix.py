# SPDX-License-Identifier: GPL-3.0-or-later
"""New hairstyles from two of the same kind: each of five scalp regions follows one or the other (as HairNet's data were made),

and the parameters vary a little. A recipe is a few numbers, so thousands of styles are reproduced from a seed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from .groom import FULL, Detail, Groom, grow_style
from .grow import resolve_collisions
from .head_surface import HeadSurface
from .library import load_style, style_names
from .style import HairStyle
from .variation import unit

# (azimuth, elevation) of the regions' centres: front, left, right, crown, back.
REGIONS = ((0.0, 45.0), (90.0, 5.0), (-90.0, 5.0), (180.0, 65.0), (180.0, -20.0))
SHARPNESS = 8.0
DESCRIPTOR_STRANDS = 200


@dataclass(frozen=True)
class Recipe:
    """first, second: names of styles of one kind. regions: five bits, 1 where the second style counts.

    length, volume, curl: factors; parting: metres added; seed: of the growth.
    """

    first: str
    second: str
    regions: tuple[int, ...]
    length: float
    volume: float
    curl: float
    parting: float
    seed: int


def make_recipes(count: int, seed: int = 0) -> tuple[Recipe, ...]:
    """``count`` different recipes over all pairs of untied styles of one kind, the same for the same seed."""
    random = np.random.default_rng(seed)
    pairs = _pairs()
    found: dict[tuple[str, str, tuple[int, ...], int], Recipe] = {}
    while len(found) < count:
        first, second = pairs[random.integers(len(pairs))]
        regions = tuple(int(bit) for bit in random.integers(0, 2, len(REGIONS)))
        length, volume, curl = np.exp(random.normal(0, (0.15, 0.3, 0.2)))
        recipe = Recipe(
            first,
            second,
            regions,
            float(length),
            float(volume),
            float(curl),
            float(random.normal(0, 0.012)),
            len(found),
        )
        found[(first, second, regions, round(20 * np.log(length)))] = recipe
    return tuple(found.values())


def grow_recipe(head: HeadSurface, recipe: Recipe, detail: Detail = FULL) -> Groom:
    """The strands of a recipe on a head."""
    first = _varied(load_style(recipe.first), recipe)
    second = _varied(load_style(recipe.second), recipe)
    points = max(first.points, second.points)
    first = replace(first, points=points)
    # The same roots and the same parting, or neighbours would be blended through the head.
    flow = replace(second.flow, parting=first.flow.parting, parting_noise=first.flow.parting_noise)
    second = replace(second, points=points, guides=first.guides, hairline=first.hairline, flow=flow)
    one, other = (grow_style(head, style, recipe.seed, detail) for style in (first, second))
    roots = one.strands[:, :1]
    share = _second_share(head, roots[:, 0], recipe.regions)[:, None, None]
    strands = roots + (1 - share) * (one.strands - roots) + share * (other.strands - roots)
    strands = resolve_collisions(head, strands.astype(np.float64))
    strands[:, :1] = roots
    return Groom(strands.astype(np.float32), one.roots)


def descriptor(groom: Groom) -> NDArray:
    """(D,) numbers in metres that say how a style looks: root-relative strands at fixed places on the scalp."""
    picked = np.linspace(0, len(groom.strands) - 1, DESCRIPTOR_STRANDS).astype(int)
    strands = groom.strands[picked]
    along = np.linspace(0, strands.shape[1] - 1, 5).astype(int)[1:]
    return (strands[:, along] - strands[:, :1]).ravel()


def nearest_distances(descriptors: NDArray) -> NDArray:
    """(N,) RMS distance in metres per point from each of (N, D) descriptors to its nearest neighbour."""
    squared = (descriptors**2).sum(1)
    distance = squared[:, None] + squared[None] - 2 * descriptors @ descriptors.T
    np.fill_diagonal(distance, np.inf)
    return np.sqrt(np.clip(distance.min(1), 0, None) / (descriptors.shape[1] / 3))


def _pairs() -> list[tuple[str, str]]:
    """All pairs of styles of one kind that hang freely, each style with itself included."""
    kinds: dict[str, list[str]] = {}
    for name in style_names():
        style = load_style(name)
        if style.guides and not style.tie:
            kinds.setdefault(style.kind, []).append(name)
    return [pair for names in kinds.values() for pair in [*combinations(names, 2), *((name, name) for name in names)]]


def _varied(style: HairStyle, recipe: Recipe) -> HairStyle:
    length, volume = style.length, style.volume
    return replace(
        style,
        length=replace(
            length, top=length.top * recipe.length, sides=length.sides * recipe.length, nape=length.nape * recipe.length
        ),
        volume=replace(volume, layer=volume.layer * recipe.volume),
        curl=replace(style.curl, radius=style.curl.radius * recipe.curl),
        flow=replace(style.flow, parting=float(np.clip(style.flow.parting + recipe.parting, -0.06, 0.06))),
    )


def _second_share(head: HeadSurface, roots: NDArray, regions: tuple[int, ...]) -> NDArray:
    """(N,) in [0, 1]: how much a root follows the second style; smooth between regions."""
    centers = np.stack([head.anatomy.direction(*region) for region in REGIONS])
    weight = np.exp(SHARPNESS * unit(roots - head.anatomy.center) @ centers.T)
    return weight @ np.array(regions, float) / weight.sum(1)
