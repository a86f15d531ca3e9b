# SPDX-License-Identifier: GPL-3.0-or-later
"""Hair on the network's grid: 32 x 32 cells of the scalp chart, each with a strand of 100 points in the frame of its root.

Root-relative strands in local frames fit any head; about half of the cells lie on the scalp (the others hold nothing). The fourth channel
is curliness: the curvature of the strand, on a logarithmic scale so that coils do not drown everything else (raw second differences, as in
HairNet's data, are 1e5 times smaller than the positions and are not learned).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from ..detail import resample
from ..groom import Groom
from ..head_surface import HeadSurface
from ..scalp import Roots, grid_roots, root_frames

SIZE = 32
POINTS = 100
FARTHEST = 0.009  # metres from a cell's root to the strand that stands for it
CURVATURE_UNIT = 20.0  # 1/m; a wave of 10 cm and 5 mm height has about this


@dataclass(frozen=True)
class GridHair:
    """strands: (C, 100, 3) metres from the root in the root's frame (tangent, bitangent, normal); curliness: (C, 100).

    filled: (C,) bool, cells with hair; C cells on the scalp, in the order of :func:`..scalp.grid_roots`.
    """

    strands: NDArray
    curliness: NDArray
    filled: NDArray

    def channels(self) -> NDArray:
        """(C, 100, 4) float32."""
        return np.concatenate([self.strands, self.curliness[..., None]], -1).astype(np.float32)


@dataclass(frozen=True)
class GridFrames:
    """One head's grid: roots, their (C, 3) points and (C, 3, 3) frames (columns), and the (C,) flat cell numbers."""

    roots: Roots
    points: NDArray
    frames: NDArray
    cells: NDArray

    def to_world(self, strands: NDArray) -> NDArray:
        """(C, P, 3) local strands -> the head's frame."""
        return self.points[:, None] + strands @ self.frames.transpose(0, 2, 1)

    def to_local(self, strands: NDArray) -> NDArray:
        """(C, P, 3) strands anywhere on the head -> relative to their own first point, in the frame of the cell's root."""
        return (strands - strands[:, :1]) @ self.frames


def grid_frames(head: HeadSurface) -> GridFrames:
    """The grid's roots on one head."""
    roots, cells = grid_roots(head.model, SIZE)
    return GridFrames(
        roots, roots.points(head.vertices.astype(np.float64)), root_frames(head.model, head.vertices, roots), cells
    )


def sampled(grid: GridFrames, groom: Groom) -> GridHair:
    """A groom on the grid: every cell takes the strand whose root is nearest."""
    distance, nearest = cKDTree(groom.strands[:, 0]).query(grid.points)
    picked = groom.strands[nearest].astype(np.float64)
    curliness = resample(curliness_of(picked)[..., None], POINTS)[..., 0]
    return GridHair(grid.to_local(resample(picked, POINTS)), curliness, distance < FARTHEST)


def curliness_of(strands: NDArray) -> NDArray:
    """(N, P) log(1 + curvature / 20 per metre) of strands (N, P, 3); the ends copy their neighbours."""
    curvature = np.zeros(strands.shape[:2])
    step = np.diff(strands, axis=1)
    length = np.linalg.norm(step, axis=2)
    unit = step / np.maximum(length, 1e-9)[..., None]
    turn = np.linalg.norm(np.diff(unit, axis=1), axis=2)
    curvature[:, 1:-1] = turn / np.maximum((length[:, 1:] + length[:, :-1]) / 2, 1e-4)
    curvature[:, 0], curvature[:, -1] = curvature[:, 1], curvature[:, -2]
    return np.log1p(curvature / CURVATURE_UNIT)


def mirrored_cells(cells: NDArray) -> NDArray:
    """(C,) for each cell the position in the list of the one on the other side of the head."""
    opposite = cells // SIZE * SIZE + SIZE - 1 - cells % SIZE
    return np.searchsorted(cells, opposite)
