# SPDX-License-Identifier: GPL-3.0-or-later
"""Lips and lids that do not pass through each other at rest."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from inference.face.lip_parting import part_lips
from inference.head.crossings import crossing_pairs
from inference.head.model import HeadModel
from inference.head.open_head import load_open_head

GREATEST_MOTION = 0.001  # metres


@pytest.fixture(scope="module")
def model() -> HeadModel:
    return load_open_head()


LIPS, LIDS = ("lips", "inner_mouth"), ("eyelids",)


def crossings(model: HeadModel, vertices: NDArray, where: tuple[str, ...] = LIPS) -> int:
    """Pairs of triangles that pass through each other, of the vertices as a bundle stores them."""
    triangles = model.surface.triangles("skin", "mouth")
    near = np.max([model.masks[name] for name in where], 0) > 0
    return len(crossing_pairs(vertices.astype(np.float32), triangles[near[triangles].any(1)]))


def people(model: HeadModel, count: int) -> list[NDArray]:
    random = np.random.default_rng(2)
    shapes = model.shape_mean + 0.7 * model.shape_deviation * random.normal(size=(count, len(model.shape_mean)))
    return [model.shaped(shape) for shape in shapes]


def test_the_lips_of_every_head_end_up_apart(model: HeadModel) -> None:
    for head in [model.template, *people(model, 3)]:
        assert crossings(model, head) > 0
        parted = part_lips(model, head)
        assert crossings(model, head + parted) == 0
        assert np.abs(parted).max() < GREATEST_MOTION
        moved = parted.any(1)
        assert (np.maximum(model.masks["lips"], model.masks["inner_mouth"])[moved] > 0).mean() > 0.6


def test_pressed_lips_come_apart_and_open_ones_stay(model: HeadModel) -> None:
    def with_key(name: str, value: float) -> NDArray:
        return model.template + value * model.expression_basis[model.expression_names.index(name)]

    pressed = with_key("mouthClose", 0.03)
    assert crossings(model, pressed) > crossings(model, model.template)
    assert crossings(model, pressed + part_lips(model, pressed)) == 0
    opened = with_key("jawOpen", 0.5)
    assert np.abs(part_lips(model, opened)).max() < 1e-4


def test_lids_do_not_cross_at_rest(model: HeadModel) -> None:
    assert crossings(model, model.template, LIDS) == 0
    inward = model.template.copy()  # and would be found if they did
    upper = (model.masks["eyelids"] > 0) & (model.template[:, 2] > 0.003)
    inward[upper, 2] -= 0.012
    assert crossings(model, inward, LIDS) > 0


def test_a_head_without_a_jaw_key_is_left_alone(model: HeadModel) -> None:
    names = tuple("x" if name == "jawOpen" else name for name in model.expression_names)
    assert not part_lips(replace(model, expression_names=names), model.template).any()
