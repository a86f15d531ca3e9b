# SPDX-License-Identifier: GPL-3.0-or-later
"""Small questions about polygon meshes whose faces are (F, 4) with -1 in the fourth column of a triangle."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def triangulate(faces: NDArray) -> NDArray:
    """(M, 3) triangles in the order of ``Surface.triangles``."""
    quads = faces[:, 3] >= 0
    return np.concatenate([faces[:, :3], faces[quads][:, [0, 2, 3]]])


def sides_of(faces: NDArray) -> NDArray:
    """(H, 2) directed sides of all polygons."""
    quads, triangles = faces[faces[:, 3] >= 0], faces[faces[:, 3] < 0][:, :3]
    sides = [np.stack([part, np.roll(part, -1, 1)], -1).reshape(-1, 2) for part in (quads, triangles)]
    return np.concatenate(sides)


def edges_of(faces: NDArray) -> NDArray:
    """(E, 2) undirected edges, each once."""
    return np.unique(np.sort(sides_of(faces), 1), axis=0)


def boundary_loop(faces: NDArray) -> NDArray:
    """Vertices of the only open border, in order along the faces' sides."""
    sides = sides_of(faces)
    present = {tuple(side) for side in sides}
    following = {int(a): int(b) for a, b in sides if (b, a) not in present}
    first = min(following)
    loop = [first]
    while (current := following[loop[-1]]) != first:
        loop.append(current)
    return np.array(loop)


def split_along(faces: NDArray, seam: NDArray, side: NDArray) -> tuple[NDArray, NDArray]:
    """Opens a mesh along seam vertices: faces on the negative side use copies numbered from ``len(side)`` on.

    side: (V,) signed coordinate, 0 on the seam. Returns (faces, copies in the order of the seam).
    """
    copies = len(side) + np.arange(len(seam))
    to_copy = np.arange(len(side))
    to_copy[seam] = copies
    negative = np.where(faces >= 0, side[faces], 0).sum(1) < 0
    opened = faces.copy()
    opened[negative] = np.where(faces[negative] >= 0, to_copy[faces[negative]], -1)
    return opened, copies
