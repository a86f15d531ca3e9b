# SPDX-License-Identifier: GPL-3.0-or-later
"""FLAME dressed for the product: with mouth bag, teeth, tongue, lashes and cornea, sliders, masks, scalp and landmarks.

Vertices 0..5022 are FLAME's own, in FLAME's order; ours follow. The 300 shape directions are FLAME's; the expression directions are the 52
ARKit ones, carried over from the open head, followed by FLAME's 100.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.spatial import cKDTree

from ..model import ExpressionPrior, HeadModel, Joints, Surface
from .bare_head import FlameUV, bare_head
from .chart_cache import cached
from .mesh import mouth_and_neck
from .model_file import VERTICES, FlameArrays
from .mouth_bag import MouthBag, make_mouth_bag
from .texture_chart import head_chart
from .transfer import (
    EYE_JOINTS,
    Correspondence,
    eyeball,
    find_correspondence,
    landmark_sets,
    transferred_directions,
    transferred_masks,
    transferred_scalp,
)

BORROWED = ("cornea", "teeth", "gums", "tongue", "lashes")
PARTS = ("skin", "mouth", "eyes", *BORROWED)


@dataclass(frozen=True, eq=False)
class _Added:
    """The vertices behind FLAME's: bag, then the open head's ``source`` vertices (N,) at ``positions`` (N, 3).

    by_shape, by_expression: (B + N, 5023) rows, what of FLAME's displacements each added vertex follows.
    """

    bag: MouthBag
    source: NDArray
    positions: NDArray
    by_shape: sparse.csr_matrix
    by_expression: sparse.csr_matrix


def flame_avatar_head(flame: FlameArrays, open_head: HeadModel, chart: FlameUV | None = None) -> HeadModel:
    """The product's head of a FLAME model; ``chart``: FLAME's own texture chart where the user has it.

    The first time it takes some seconds; what the correspondence found is kept in the cache folder.
    Raises ValueError for a mesh that is not FLAME's.
    """
    bare = bare_head(flame, chart)
    at = cached("correspondence", (bare, open_head), lambda: find_correspondence(open_head, bare))
    added = _added_parts(bare, open_head, at)
    masks = transferred_masks(open_head, bare, at)
    uv, uv_faces, faces, parts = head_chart(bare, open_head, added.bag, added.source, chart, masks["face"])
    sliders = _sliders(open_head, bare, at, added)
    scalp = transferred_scalp(open_head, bare, at)
    count = len(added.bag.positions) + len(added.source)
    expressions = np.concatenate([sliders, _extended(bare.expression_basis, added.by_expression)])
    return replace(
        bare,
        source=f"{bare.source}; mouth, teeth, tongue, lashes, sliders and scalp: Portrait Avatar's open head (CC0)",
        template=np.concatenate([bare.template, added.bag.positions, added.positions]).astype(np.float32),
        shape_basis=_extended(bare.shape_basis, added.by_shape),
        expression_basis=expressions,
        expression_names=open_head.expression_names + bare.expression_names,
        expression_prior=_joined(open_head.expression_prior, bare.expression_prior),
        pose_basis=_extended(bare.pose_basis, added.by_expression),
        joints=_joints(bare, open_head, added),
        surface=Surface(faces, parts, PARTS, uv, uv_faces),
        scalp_uv=np.concatenate([scalp, np.full((count, 2), np.nan, np.float32)]),
        masks=_masks(masks, open_head, added),
        landmarks=landmark_sets(at),
        learned_expressions=len(bare.expression_names),
    )


def _added_parts(bare: HeadModel, open_head: HeadModel, at: Correspondence) -> _Added:
    surface = open_head.surface
    mouth, _ = mouth_and_neck(bare.template, bare.surface.triangles("skin"))
    held = at.positions[surface.part_vertices("teeth", "gums", "tongue")]
    bag = make_mouth_bag(bare.template, mouth, held, VERTICES)
    source = surface.part_vertices(*BORROWED)
    positions = at.positions[source].copy()
    lashes, cornea = (np.isin(source, surface.part_vertices(part)) for part in ("lashes", "cornea"))
    moving = _lash_rows(bare, positions, lashes)
    for joint in EYE_JOINTS:
        ball, centre, radius = eyeball(bare, joint)
        side = 1 if joint == "left_eye" else -1
        own = surface.part_vertices("eyes")
        own = at.positions[own[np.sign(open_head.template[own, 0]) == side]]
        middle = (own.max(0) + own.min(0)) / 2
        mine = cornea & (np.sign(open_head.template[source, 0]) == side)
        grown = radius / np.median(np.linalg.norm(own - middle, axis=1))
        positions[mine] = centre + grown * (positions[mine] - middle)
        moving = moving + _mean_rows(mine, ball)
    lips = np.flatnonzero(at.on_open.of(open_head.masks["lips"][:, None])[:VERTICES, 0] > 0.5)
    still = moving + _mean_rows(~lashes & ~cornea, lips)
    row, column = np.nonzero(bag.carry)
    carry = sparse.csr_matrix((bag.carry[row, column], (row, bag.rim[column])), (len(bag.positions), VERTICES))
    by_shape, by_expression = (sparse.vstack([carry, rows], "csr").astype(np.float32) for rows in (still, moving))
    return _Added(bag, source, positions, by_shape, by_expression)


def _mean_rows(chosen: NDArray, of: NDArray) -> sparse.csr_matrix:
    """(N, 5023): each chosen vertex (N,) bool follows the mean of FLAME's vertices ``of``."""
    pick = sparse.csr_matrix(chosen.astype(float)[:, None])
    mean = sparse.csr_matrix((np.full(len(of), 1 / len(of)), (np.zeros(len(of), int), of)), (1, VERTICES))
    return pick @ mean


def _lash_rows(bare: HeadModel, positions: NDArray, lashes: NDArray) -> sparse.csr_matrix:
    """(N, 5023): each lash vertex follows the three nearest vertices of the skin."""
    skin = bare.surface.part_vertices("skin")
    distance, near = cKDTree(bare.template[skin]).query(positions[lashes], 3)
    share = 1 / (distance + 1e-4)
    share /= share.sum(1, keepdims=True)
    rows = np.repeat(np.flatnonzero(lashes), 3)
    return sparse.csr_matrix((share.ravel(), (rows, skin[near].ravel())), (len(positions), VERTICES))


def _extended(basis: NDArray, rows: sparse.csr_matrix) -> NDArray:
    """(D, 5023, 3) directions with those of the added vertices appended."""
    flat = np.moveaxis(basis, 1, 0).reshape(VERTICES, -1)
    more = np.moveaxis((rows @ flat).reshape(-1, len(basis), 3), 0, 1)
    return np.concatenate([basis, more], 1).astype(np.float32)


def _sliders(open_head: HeadModel, bare: HeadModel, at: Correspondence, added: _Added) -> NDArray:
    """(52, V, 3) the ARKit directions on all vertices: borrowed parts move as on the open head."""
    moved = transferred_directions(open_head, bare, at)
    rim = np.moveaxis(moved[:, added.bag.rim], 1, 0).reshape(len(added.bag.rim), -1)
    bag = np.moveaxis((added.bag.carry @ rim).reshape(-1, len(moved), 3), 0, 1)
    borrowed = open_head.expression_basis[:, added.source] @ at.turn.T
    return np.concatenate([moved, bag, borrowed], 1).astype(np.float32)


def _joints(bare: HeadModel, open_head: HeadModel, added: _Added) -> Joints:
    """FLAME's skeleton; its joints and the open head's answer each other one to one (root and neck: neck and head)."""
    joints = bare.joints
    count = len(added.bag.positions)
    follows = added.by_shape @ joints.weights
    lashes = np.isin(added.source, open_head.surface.part_vertices("lashes", "cornea"))
    borrowed = np.where(lashes[:, None], follows[count:], open_head.joints.weights[added.source])
    weights = np.concatenate([joints.weights, follows[:count], borrowed])
    regressor = np.concatenate([joints.regressor, np.zeros((len(joints.names), len(follows)), np.float32)], 1)
    return replace(joints, weights=(weights / weights.sum(1, keepdims=True)).astype(np.float32), regressor=regressor)


def _masks(masks: dict[str, NDArray], open_head: HeadModel, added: _Added) -> dict[str, NDArray]:
    bag = len(added.bag.positions)
    return {
        name: np.concatenate(
            [mask, np.full(bag, float(name == "inner_mouth")), open_head.masks[name][added.source]]
        ).astype(np.float32)
        for name, mask in masks.items()
    }


def _joined(first: ExpressionPrior, second: ExpressionPrior) -> ExpressionPrior:
    count = len(first.low)
    precision = np.zeros((count + len(second.low),) * 2)
    precision[:count, :count], precision[count:, count:] = first.precision, second.precision
    return ExpressionPrior(precision, np.r_[first.low, second.low], np.r_[first.high, second.high])
