# SPDX-License-Identifier: GPL-3.0-or-later
"""Cuts head, neck and bust out of the body along a smooth border."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sparse
from numpy.typing import NDArray

from .makehuman import MakeHuman

SNAP = 0.3  # a body vertex nearer to the border than this part of an edge is moved onto it, which avoids slivers


@dataclass(frozen=True)
class Bust:
    """The cut surface; skin vertices come first, those of the mouth bag alone last.

    sources: (V, N) sparse, vertex = sources @ MakeHuman vertices (or displacements).
    faces:   (F, 4), -1 in the fourth column of a triangle. mouth: (F,) faces of the mouth bag. socket: (F,) faces behind the eyeballs.
    skin_count: number of skin vertices. mirror: (V,) the vertex on the other side. border: (B,) vertices of the lower border.
    """

    sources: sparse.csr_matrix
    faces: NDArray
    mouth: NDArray
    socket: NDArray
    skin_count: int
    mirror: NDArray
    border: NDArray


def cut_bust(makehuman: MakeHuman) -> Bust:
    """Cuts the 'body' group of the raw base mesh where :func:`_height_above_border` changes sign."""
    body = np.flatnonzero(makehuman.groups == "body")
    faces, charts = makehuman.faces[body], _charts(makehuman, body)
    height = _height_above_border(makehuman.vertices)
    cutter = _Cutter(height, faces)
    polygons, owner = [], []
    for face, polygon in enumerate(faces):
        for piece in cutter.clip(polygon):
            polygons.append(piece)
            owner.append(charts[face])
    owner = np.array(owner)
    return _ordered(makehuman, cutter, polygons, owner)


def _height_above_border(points: NDArray) -> NDArray:
    """Positive on the part that is kept: a rounded bust outline, 16 cm to each side, down to the collar bones."""
    low = np.maximum(0, 0.575 - points[:, 2])
    return 1 - (np.abs(points[:, 0]) / 0.16) ** 3 - (low / 0.085) ** 2


def _charts(makehuman: MakeHuman, body: NDArray) -> NDArray:
    """0 skin, 1 mouth bag, 2 eye socket, by the chart of MakeHuman's UV map a face lies in."""
    centre = makehuman.uv[makehuman.uv_faces[body]].mean(1)
    mouth = (centre[:, 0] > 0.74) & (centre[:, 1] < 0.15)
    socket = (centre[:, 0] < 0.16) & (np.abs(centre[:, 1] - 0.59) < 0.06)
    above = makehuman.vertices[makehuman.faces[body]].mean(1)[:, 2] > 0.6
    return np.where(mouth & above, 1, np.where(socket & above, 2, 0))


class _Cutter:
    """Clips polygons at height 0; remembers the new vertices as mixtures of two old ones."""

    def __init__(self, height: NDArray, faces: NDArray) -> None:
        self.height = height.copy()
        self.mixtures: dict[int, tuple[int, int, float]] = {}
        self.new: dict[tuple[int, int], int] = {}
        self.next = len(height)
        self._snap(faces)

    def _snap(self, faces: NDArray) -> None:
        nearest: dict[int, tuple[float, int]] = {}
        for a, b in np.concatenate([faces[:, [k, (k + 1) % 4]] for k in range(4)]):
            if self.height[a] * self.height[b] < 0:
                t = self.height[a] / (self.height[a] - self.height[b])
                for vertex, other, share in ((a, b, t), (b, a, 1 - t)):
                    if share < SNAP and share < nearest.get(vertex, (1.0, 0))[0]:
                        nearest[vertex] = (share, other)
        for vertex, (share, other) in nearest.items():
            self.mixtures[vertex] = (vertex, other, share)
            self.height[vertex] = 0.0

    def clip(self, polygon: NDArray) -> list[list[int]]:
        """The kept part as polygons of 3 or 4 corners."""
        kept: list[int] = []
        for a, b in zip(polygon, np.roll(polygon, -1), strict=True):
            if self.height[a] >= 0:
                kept.append(int(a))
            if self.height[a] * self.height[b] < 0:
                kept.append(self._crossing(int(a), int(b)))
        if len(kept) < 3 or all(self.height[v] == 0 for v in kept if v < len(self.height)):
            return []
        return [kept] if len(kept) < 5 else [kept[:4], [kept[0], *kept[3:]]]

    def _crossing(self, a: int, b: int) -> int:
        key = (min(a, b), max(a, b))
        if key not in self.new:
            share = self.height[key[0]] / (self.height[key[0]] - self.height[key[1]])
            self.new[key] = self.next
            self.mixtures[self.next] = (*key, share)
            self.next += 1
        return self.new[key]


def _ordered(makehuman: MakeHuman, cutter: _Cutter, polygons: list[list[int]], owner: NDArray) -> Bust:
    used = np.unique(np.concatenate(polygons))
    skin = np.unique(np.concatenate([p for p, chart in zip(polygons, owner, strict=True) if chart != 1]))
    order = np.concatenate([skin, np.setdiff1d(used, skin)])
    number = {old: new for new, old in enumerate(order)}
    faces = np.array([[number[v] for v in p] + [-1] * (4 - len(p)) for p in polygons])

    rows = [cutter.mixtures.get(v, (v, v, 0.0)) for v in order]
    a, b, share = (np.array(column) for column in zip(*rows, strict=True))
    line = np.arange(len(order))
    shape = (len(order), len(makehuman.vertices))
    sources = sparse.coo_matrix((np.r_[1 - share, share], (np.r_[line, line], np.r_[a, b])), shape).tocsr()

    opposite = {tuple(sorted((x, y))): number[v] for v, (x, y, _) in cutter.mixtures.items() if v in number and x != y}
    mirror = np.empty(len(order), int)
    for new, old in enumerate(order):
        if old in cutter.mixtures:
            x, y, _ = cutter.mixtures[old]
            mirror[new] = opposite[tuple(sorted((makehuman.mirror[x], makehuman.mirror[y])))]
        else:
            mirror[new] = number[makehuman.mirror[old]]
    return Bust(sources, faces, owner == 1, owner == 2, len(skin), mirror, _border(faces))


def _border(faces: NDArray) -> NDArray:
    sides = [(int(a), int(b)) for face in faces for a, b in _sides(face[face >= 0])]
    present = set(sides)
    return np.unique([side for side in sides if side[::-1] not in present])


def _sides(polygon: NDArray) -> list[tuple[int, int]]:
    return list(zip(polygon, np.roll(polygon, -1), strict=True))
