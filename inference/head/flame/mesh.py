# SPDX-License-Identifier: GPL-3.0-or-later
"""FLAME's mesh as graph: its two open rims, and ways along its edges."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import dijkstra


def sides_of(triangles: NDArray) -> NDArray:
    """(3T, 2) directed sides of the triangles."""
    return np.concatenate([triangles[:, [k, (k + 1) % 3]] for k in range(3)])


def edges_of(triangles: NDArray) -> NDArray:
    """(E, 2) undirected edges, each once."""
    return np.unique(np.sort(sides_of(triangles), 1), axis=0)


def open_rims(triangles: NDArray) -> list[NDArray]:
    """Boundary loops, each in the order of the triangles' sides."""
    present = set(map(tuple, sides_of(triangles).tolist()))
    following = {a: b for a, b in present if (b, a) not in present}
    loops = []
    while following:
        first, current = following.popitem()
        loop = [first]
        while current != first:
            loop.append(current)
            current = following.pop(current)
        loops.append(np.array(loop))
    return loops


def mouth_and_neck(positions: NDArray, triangles: NDArray) -> tuple[NDArray, NDArray]:
    """FLAME's two rims, told apart by height (third coordinate). Raises ValueError for a mesh with another number of rims."""
    rims = open_rims(triangles)
    if len(rims) != 2:
        raise ValueError(f"a head with {len(rims)} open rims instead of 2")
    neck, mouth = sorted(rims, key=lambda loop: positions[loop, 2].mean())
    return mouth, neck


def shortest_path(positions: NDArray, triangles: NDArray, start: int, end: int) -> list[int]:
    """Vertices of the shortest way along edges."""
    edges = edges_of(triangles)
    length = np.linalg.norm(positions[edges[:, 0]] - positions[edges[:, 1]], axis=1)
    # A way along the middle: sideways steps cost more.
    length = length * (1 + 50 * np.abs(positions[edges, 0]).mean(1))
    graph = sparse.csr_matrix((length, edges.T), (len(positions), len(positions)))
    before = dijkstra(graph, directed=False, indices=start, return_predecessors=True)[1]
    path = [end]
    while path[-1] != start:
        path.append(int(before[path[-1]]))
    return path[::-1]
