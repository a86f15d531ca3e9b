# SPDX-License-Identifier: GPL-3.0-or-later
"""The pieces the head is assembled from, and how each follows identity and expression."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Block:
    """A piece of surface.

    vertices (n, 3); faces, uv_faces (f, 4), -1 in the fourth column of a triangle; uv (t, 2) in [0, 1].
    part: (f,) the part name of each face.
    soft:  (D, n, 3) displacement for each direction, shape directions first; None when the piece moves as a whole.
    affine: (D, 4, 3): displacement = [x, y, z, 1] @ affine of the rest position; None when it is soft.
    weights: (n, J) skin weights.
    """

    vertices: NDArray
    faces: NDArray
    part: NDArray
    uv: NDArray
    uv_faces: NDArray
    weights: NDArray
    soft: NDArray | None = None
    affine: NDArray | None = None


@dataclass(frozen=True)
class Assembled:
    """All blocks in one numbering. group (V,): -1 for soft vertices, else the row in affine (D, G, 4, 3); soft (D, soft vertices, 3)."""

    vertices: NDArray
    faces: NDArray
    face_parts: NDArray
    uv: NDArray
    uv_faces: NDArray
    weights: NDArray
    group: NDArray
    soft: NDArray
    affine: NDArray


def assemble(blocks: list[Block], part_names: tuple[str, ...]) -> Assembled:
    """Concatenates the blocks."""
    starts = np.cumsum([0] + [len(b.vertices) for b in blocks])
    uv_starts = np.cumsum([0] + [len(b.uv) for b in blocks])
    group, rigid = [], []
    for block in blocks:
        number = -1 if block.affine is None else len(rigid)
        group.append(np.full(len(block.vertices), number))
        if block.affine is not None:
            rigid.append(block.affine)
    names = np.concatenate([b.part for b in blocks])
    return Assembled(
        vertices=np.concatenate([b.vertices for b in blocks]),
        faces=np.concatenate([_shifted(b.faces, start) for b, start in zip(blocks, starts, strict=False)]),
        face_parts=np.array([part_names.index(name) for name in names], np.uint8),
        uv=np.concatenate([b.uv for b in blocks]),
        uv_faces=np.concatenate([_shifted(b.uv_faces, start) for b, start in zip(blocks, uv_starts, strict=False)]),
        weights=np.concatenate([b.weights for b in blocks]),
        group=np.concatenate(group),
        soft=np.concatenate([b.soft for b in blocks if b.soft is not None], 1),
        affine=np.stack(rigid, 1),
    )


def fit_affine(points: NDArray, displacements: NDArray) -> NDArray:
    """(D, 4, 3) least-squares affine map of (n, 3) points to each of (D, n, 3) displacements."""
    return np.linalg.pinv(np.c_[points, np.ones(len(points))]) @ displacements


def fit_scaling(points: NDArray, displacements: NDArray) -> NDArray:
    """(D, 4, 3) like :func:`fit_affine`, restricted to translation and uniform scale."""
    centre = points.mean(0)
    arms = points - centre
    moved = displacements.mean(1)
    scale = (displacements * arms).sum((1, 2)) / (arms * arms).sum()
    linear = scale[:, None, None] * np.eye(3)
    return np.concatenate([linear, (moved - scale[:, None] * centre)[:, None]], 1)


def fit_rigid(points: NDArray, displacements: NDArray) -> NDArray:
    """(D, 4, 3) like :func:`fit_affine`, restricted to the rotation and translation that end where (D, n, 3) displacements end."""
    centre = points.mean(0)
    maps = []
    for displacement in displacements:
        moved = points + displacement
        u, _, v = np.linalg.svd((points - centre).T @ (moved - moved.mean(0)))
        rotation = (u @ np.diag([1, 1, np.sign(np.linalg.det(u @ v))]) @ v).T
        affine = about(centre, rotation)
        affine[3] += moved.mean(0) - centre
        maps.append(affine)
    return np.stack(maps)


def about(centre: NDArray, linear: NDArray) -> NDArray:
    """(4, 3) affine displacement for a linear map (3, 3) that keeps ``centre`` in place."""
    change = (linear - np.eye(3)).T
    return np.concatenate([change, [-centre @ change]])


def _shifted(faces: NDArray, start: int) -> NDArray:
    return np.where(faces >= 0, faces + start, -1)
