# SPDX-License-Identifier: GPL-3.0-or-later
"""Lips that meet but do not pass through each other.

The head's lips overlap by a hair at rest, and more where a fit pressed them together. Where they cross, they give way in small steps,
so that the gap that is left is finer than a picture shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ..head.crossings import cross, near_pairs
from ..head.model import HeadModel

ROUNDS = 60
STEP = 4e-5  # metres by which each lip gives way in a round
SPREADING, KEPT = 5, 0.8  # passes that hand a motion on to the neighbours, and the share that these take over
REACH = 0.0005  # metres: lips that are farther apart at first do not come to meet


@dataclass(frozen=True, eq=False)
class _Lips:
    """triangles (M, 3) of both lips; jaw (M,): metres by which the opening jaw moves them; averaging (V, V): mean of the neighbours."""

    triangles: NDArray
    jaw: NDArray
    averaging: sparse.csr_matrix


def part_lips(model: HeadModel, vertices: NDArray) -> NDArray:
    """(V, 3) displacement in metres, up and down, that takes crossing lips of an unposed head (V, 3) apart."""
    parted = np.zeros(vertices.shape)
    lips = _lips(model)
    if lips is None:
        return parted
    moved = vertices.astype(np.float64)
    pairs = near_pairs(moved, lips.triangles, REACH)
    for _ in range(ROUNDS):
        crossing = pairs[cross(moved, lips.triangles, pairs)]
        if not len(crossing):
            break
        moved[:, 2] += STEP * _giving_way(lips, crossing, len(moved))
    return moved - vertices


def _giving_way(lips: _Lips, crossing: NDArray, count: int) -> NDArray:
    """(V,) in [-1, 1]: up where a lip crosses one that the jaw moves more, and down there."""
    lower = np.where(lips.jaw[crossing[:, 0]] > lips.jaw[crossing[:, 1]], crossing[:, 0], crossing[:, 1])
    upper = crossing.sum(1) - lower
    votes = np.bincount(lips.triangles[upper].ravel(), minlength=count) * 1.0
    votes -= np.bincount(lips.triangles[lower].ravel(), minlength=count)
    own = np.sign(votes)
    way = own
    for _ in range(SPREADING):
        way = np.where(own != 0, own, KEPT * (lips.averaging @ way))
    return way


@lru_cache(maxsize=4)
def _lips(model: HeadModel) -> _Lips | None:
    if "jawOpen" not in model.expression_names or "lips" not in model.masks:
        return None
    parts = tuple(part for part in ("skin", "mouth") if part in model.surface.part_names)
    triangles = model.surface.triangles(*parts)
    near = model.masks["lips"] > 0
    if "mouth" in parts:
        near = near | (model.masks.get("inner_mouth", 0 * near) > 0)
    count = len(model.template)
    sides = np.concatenate([triangles[:, [k, (k + 1) % 3]] for k in range(3)])
    adjacency = sparse.csr_matrix((np.ones(2 * len(sides)), np.concatenate([sides, sides[:, ::-1]]).T), (count, count))
    adjacency.data[:] = 1
    degree = np.maximum(np.asarray(adjacency.sum(1)).ravel(), 1)
    triangles = triangles[near[triangles].any(1)]
    jaw = np.linalg.norm(model.expression_basis[model.expression_names.index("jawOpen")], axis=1)
    return _Lips(triangles, jaw[triangles].mean(1), (sparse.diags(1 / degree) @ adjacency).tocsr())
