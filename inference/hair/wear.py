# SPDX-License-Identifier: GPL-3.0-or-later
"""A user's strand file worn by a head: aligned, rooted in the scalp, and out of the skin."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from ..bundle import Hair, HairColor
from ..head.model import HeadModel
from .alignment import align, root_points
from .files.read import read_strands
from .files.strands import StrandSet, damaged
from .grow import resolve_collisions
from .head_surface import HeadSurface
from .scalp import Roots, scattered_roots

MOST_GUIDES = 6000
POINTS = 48
FARTHEST_ROOT = 0.025  # metres from the scalp; brows, beards and stray strands begin farther off
SETTLING = 12
PLACES = 24000  # possible roots on the scalp, about 1.5 mm apart
RADIUS = 0.00009
HAIRS = 40000


def wear_file(head: HeadSurface, path: Path, color: HairColor) -> Hair:
    """The hair of a strand file on a head. Raises AvatarError for a file that cannot be read or holds no hair of a head."""
    strands, roots = wear_strands(head, read_strands(path), path)
    return Hair(
        style=path.stem,
        points=strands,
        root_vertices=roots.vertices.astype(np.int32),
        root_barycentric=roots.barycentric,
        radius=RADIUS,
        strands=max(HAIRS, len(strands)),
        color=color,
    )


def wear_strands(head: HeadSurface, strands: StrandSet, path: Path) -> tuple[NDArray, Roots]:
    """(N, 48, 3) float32 strands on the head and their roots; at most 6,000, evenly taken."""
    scalp = head.vertices[np.isfinite(head.model.scalp_uv[:, 0])]
    try:
        alignment = align(root_points(strands.points, strands.counts), head.vertices, scalp)
    except ValueError as error:
        raise damaged(path, "its roots all lie in one plane") from error
    if len(strands) > MOST_GUIDES:
        strands = _some(strands, np.linspace(0, len(strands) - 1, MOST_GUIDES).astype(int))
    placed = alignment.apply(strands.uniform(POINTS).astype(np.float64))
    places, points = _places(head)
    tree = cKDTree(points)
    placed += _settled(placed[:, 0], points, tree)
    distance, nearest = tree.query(placed[:, 0])
    near = distance < FARTHEST_ROOT
    if not near.any():
        raise damaged(path, "none of its strands begins near the scalp")
    placed, roots = placed[near], places[nearest[near]]
    placed += (points[nearest[near]] - placed[:, 0])[:, None]
    resolved = resolve_collisions(head, placed)
    return resolved.astype(np.float32), roots


def _settled(roots: NDArray, points: NDArray, tree: cKDTree) -> NDArray:
    """(3,) the shift that brings roots onto the scalp; the anchors compare a cap of the head with all roots, which is a start only."""
    shift = np.zeros(3)
    for _ in range(SETTLING):
        nearest = tree.query(roots + shift)[1]
        shift = shift + np.median(points[nearest] - roots - shift, axis=0)
    return shift


def _some(strands: StrandSet, chosen: NDArray) -> StrandSet:
    kept = np.zeros(len(strands), bool)
    kept[chosen] = True
    return StrandSet(strands.points[np.repeat(kept, strands.counts)], strands.counts[kept])


def _places(head: HeadSurface) -> tuple[Roots, NDArray]:
    roots = _model_places(head.model)
    return roots, roots.points(head.vertices.astype(np.float64))


@lru_cache(maxsize=2)
def _model_places(model: HeadModel) -> Roots:
    return scattered_roots(model, PLACES)
