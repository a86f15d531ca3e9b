# SPDX-License-Identifier: GPL-3.0-or-later
"""Mixed styles: reproducible, many, different from each other, and still outside the head."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from inference.hair.groom import SKETCH
from inference.hair.head_surface import HeadSurface
from inference.hair.library import load_style
from inference.hair.mix import descriptor, grow_recipe, make_recipes, nearest_distances
from tests.inference.hair.test_growth import DEEPEST, deep_points

SAME, DIFFERENT = 0.0005, 0.002  # metres per point


def test_thousands_of_recipes_from_a_seed() -> None:
    recipes = make_recipes(2500, seed=5)
    assert recipes == make_recipes(2500, seed=5)
    assert recipes != make_recipes(2500, seed=6)
    assert len({replace(recipe, seed=0) for recipe in recipes}) == 2500
    assert all(load_style(r.first).kind == load_style(r.second).kind for r in recipes)


def test_all_of_one_style_is_that_style(mean_head: HeadSurface) -> None:
    recipe = replace(make_recipes(1)[0], first="bob", second="lob", length=1.0, volume=1.0, curl=1.0, parting=0.0)
    bob, mixed, lob = (
        grow_recipe(mean_head, replace(recipe, regions=bits), SKETCH).strands
        for bits in ((0,) * 5, (1, 0, 1, 0, 1), (1,) * 5)
    )
    tips = [strands[:, -1, 2].mean() for strands in (bob, mixed, lob)]
    assert tips[0] > tips[1] > tips[2]
    at_left = bob[:, 0, 0] > 0.05
    assert np.abs(mixed[at_left] - bob[at_left]).mean() < np.abs(mixed[at_left] - lob[at_left]).mean()


@pytest.mark.slow
def test_mixed_styles_differ_and_stay_outside(mean_head: HeadSurface) -> None:
    grooms = [grow_recipe(mean_head, recipe, SKETCH) for recipe in make_recipes(60)]
    nearest = nearest_distances(np.stack([descriptor(groom) for groom in grooms]))
    assert nearest.min() > SAME
    assert np.median(nearest) > DIFFERENT
    for groom in grooms[::6]:
        depth = deep_points(mean_head, groom.strands)
        assert depth.size == 0 or depth.min() > -DEEPEST
