# SPDX-License-Identifier: GPL-3.0-or-later
"""A mesh of exactly FLAME's layout, resampled from the open head: 5023 vertices, 9976 triangles, two open rims, closed eyeballs.

Where the vertices sit is ours; what is FLAME's are the counts, the vertex ranges, the frame and the order of the parts.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from inference.head.model import HeadModel
from inference.head.open_head import load_open_head

HEAD_VERTICES, HEAD_FACES, EYE_VERTICES = 3931, 7800, 546
MOUTH_RIM, NECK_RIM = 32, 30
NECK_CUT = -0.15  # metres below the eyes
BAG_RINGS = 4
SEGMENTS, RINGS = 32, 17
# Moves the open head (eyes at the origin) to where FLAME's template lies in its own frame.
ORIGIN = np.array([0.0, 0.028, 0.024])


@dataclass(frozen=True, eq=False)
class Resampling:
    """faces (9976, 3). rows (5023, V): FLAME-like vertex = rows @ open-head vertex, without what eyeballs add: offsets (5023, 3)
    in the product's frame. eye: (5023,) 0 skin, 3 left, 4 right eyeball (as the joints)."""

    faces: NDArray
    rows: sparse.csr_matrix
    offsets: NDArray
    joint: NDArray


@lru_cache(maxsize=1)
def resampling() -> Resampling:
    """Made once per session."""
    model = load_open_head()
    mesh = _Mesh(_cropped(model), model.template.astype(np.float64))
    for loop, wanted in zip(mesh.rims(), (MOUTH_RIM, NECK_RIM), strict=True):
        mesh.resize_rim(loop, wanted)
    mesh.resize_inner(HEAD_VERTICES)
    skin_faces, skin_rows = mesh.compact()
    assert skin_faces.shape == (HEAD_FACES, 3)
    eye_faces, directions = _ball()
    rows, offsets = [skin_rows], [np.zeros((HEAD_VERTICES, 3))]
    for joint in (3, 4):
        rows.append(sparse.csr_matrix(np.tile(model.joints.regressor[joint], (EYE_VERTICES, 1))))
        offsets.append(0.0122 * directions)
    faces = [skin_faces, eye_faces + HEAD_VERTICES, eye_faces + HEAD_VERTICES + EYE_VERTICES]
    joint = np.repeat([0, 3, 4], [HEAD_VERTICES, EYE_VERTICES, EYE_VERTICES])
    return Resampling(np.concatenate(faces), sparse.vstack(rows).tocsr(), np.concatenate(offsets), joint)


def _cropped(model: HeadModel) -> NDArray:
    """Skin and the front of the mouth bag above the neck's cut."""
    skin, bag = model.surface.triangles("skin"), model.surface.triangles("mouth")
    reached = np.unique(skin)
    kept = []
    for _ in range(BAG_RINGS):
        touching = np.isin(bag, reached).any(1)
        kept.append(bag[touching])
        reached, bag = np.union1d(reached, bag[touching]), bag[~touching]
    triangles = np.concatenate([skin, *kept])
    height = model.template[triangles][:, :, 2].mean(1)
    return _largest_piece(triangles[height > NECK_CUT])


def _largest_piece(triangles: NDArray) -> NDArray:
    count = triangles.max() + 1
    edges = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]]])
    graph = sparse.coo_matrix((np.ones(len(edges)), edges.T), (count, count))
    label = sparse.csgraph.connected_components(graph, directed=False)[1]
    return triangles[label[triangles[:, 0]] == np.bincount(label[triangles[:, 0]]).argmax()]


class _Mesh:
    """Triangles with vertices that are weighted sums of original ones; edges collapse to their middle or are split."""

    def __init__(self, triangles: NDArray, positions: NDArray) -> None:
        self.triangles = {number: tuple(map(int, t)) for number, t in enumerate(triangles)}
        self.at: dict[int, set[int]] = defaultdict(set)
        for number, corners in self.triangles.items():
            for v in corners:
                self.at[v].add(number)
        self.place = {v: positions[v] for v in self.at}
        self.source = {v: {v: 1.0} for v in self.at}
        self.count = len(positions)

    def rims(self) -> list[list[int]]:
        """The two boundary loops, mouth first."""
        directed = {(t[k], t[(k + 1) % 3]) for t in self.triangles.values() for k in range(3)}
        following = {a: b for a, b in directed if (b, a) not in directed}
        loops = []
        while following:
            first, current = following.popitem()
            loop = [first]
            while current != first:
                loop.append(current)
                current = following.pop(current)
            loops.append(loop)
        assert len(loops) == 2
        return sorted(loops, key=lambda loop: -np.mean([self.place[v][2] for v in loop]))

    def resize_rim(self, loop: list[int], wanted: int) -> None:
        while len(loop) != wanted:
            lengths = [self._length(a, b) for a, b in zip(loop, loop[1:] + loop[:1], strict=True)]
            order = np.argsort(lengths if len(loop) > wanted else np.negative(lengths))
            for position in order:
                a, b = loop[position], loop[(position + 1) % len(loop)]
                if len(loop) < wanted:
                    loop.insert(position + 1, self._split(a, b))
                    break
                if self._collapse(a, b):
                    loop.remove(b)
                    break
            else:
                raise AssertionError("the rim cannot be simplified")

    def resize_inner(self, wanted: int) -> None:
        while len(self.place) != wanted:
            rim = {v for loop in self.rims() for v in loop}
            edges = {tuple(sorted((t[k], t[(k + 1) % 3]))) for t in self.triangles.values() for k in range(3)}
            inner = [(a, b) for a, b in edges if a not in rim and b not in rim]
            shrink = len(self.place) > wanted
            inner.sort(key=lambda edge: self._length(*edge), reverse=not shrink)
            done: set[int] = set()
            for a, b in inner[: max(50, len(inner) // 10)]:
                if len(self.place) == wanted or (len(self.place) > wanted) != shrink:
                    break
                if a in done or b in done or a not in self.place or b not in self.place:
                    continue
                around = {v for t in self.at[a] | self.at[b] for v in self.triangles[t]}
                if shrink:
                    self._collapse(a, b)
                else:
                    self._split(a, b)
                done |= around

    def compact(self) -> tuple[NDArray, sparse.csr_matrix]:
        names = sorted(self.place)
        position = {v: number for number, v in enumerate(names)}
        faces = np.array([[position[v] for v in t] for t in self.triangles.values()])
        entries = [(position[v], old, share) for v in names for old, share in self.source[v].items()]
        row, column, share = zip(*entries, strict=True)
        vertices = len(load_open_head().template)
        return faces, sparse.csr_matrix((share, (row, column)), (len(names), vertices))

    def _length(self, a: int, b: int) -> float:
        return float(np.linalg.norm(self.place[a] - self.place[b]))

    def _collapse(self, a: int, b: int) -> bool:
        """b goes into a, unless the surface would fold or pinch."""
        shared = self.at[a] & self.at[b]
        common = {v for t in self.at[a] for v in self.triangles[t]} & {v for t in self.at[b] for v in self.triangles[t]}
        if len(common - {a, b}) != len(shared):
            return False
        middle = (self.place[a] + self.place[b]) / 2
        for t in (self.at[a] | self.at[b]) - shared:
            corners = self.triangles[t]
            before = _normal([self.place[v] for v in corners])
            after = _normal([middle if v in (a, b) else self.place[v] for v in corners])
            if before @ after <= 0.2 * np.linalg.norm(before) * np.linalg.norm(after):
                return False
        for t in shared:
            for v in self.triangles.pop(t):
                self.at[v].discard(t)
        for t in list(self.at[b]):
            self.triangles[t] = tuple(a if v == b else v for v in self.triangles[t])
            self.at[a].add(t)
        self.place[a], self.source[a] = middle, _mean(self.source[a], self.source[b])
        del self.at[b], self.place[b], self.source[b]
        return True

    def _split(self, a: int, b: int) -> int:
        new = self.count
        self.count += 1
        self.place[new] = (self.place[a] + self.place[b]) / 2
        self.source[new] = _mean(self.source[a], self.source[b])
        for t in list(self.at[a] & self.at[b]):
            corners = self.triangles.pop(t)
            for v in corners:
                self.at[v].discard(t)
            for old in (a, b):
                number = max(self.triangles) + 1
                self.triangles[number] = tuple(new if v == old else v for v in corners)
                for v in self.triangles[number]:
                    self.at[v].add(number)
        return new


def _mean(first: dict[int, float], second: dict[int, float]) -> dict[int, float]:
    return {v: (first.get(v, 0.0) + second.get(v, 0.0)) / 2 for v in first.keys() | second.keys()}


def _normal(corners: list[NDArray]) -> NDArray:
    return np.cross(corners[1] - corners[0], corners[2] - corners[0])


def _ball() -> tuple[NDArray, NDArray]:
    """(1088, 3) outward triangles and (546, 3) unit vectors of a closed sphere with its poles to the front and the back."""
    polar = np.pi * np.arange(1, RINGS + 1) / (RINGS + 1)
    around = 2 * np.pi * np.arange(SEGMENTS) / SEGMENTS
    p, a = (grid.ravel() for grid in np.meshgrid(polar, around, indexing="ij"))
    ring = np.stack([np.sin(p) * np.cos(a), -np.cos(p), np.sin(p) * np.sin(a)], 1)
    vertices = np.concatenate([[[0, -1, 0]], ring, [[0, 1, 0]]])
    last = len(vertices) - 1
    faces = []
    for k in range(SEGMENTS):
        n = (k + 1) % SEGMENTS
        faces.append((0, 1 + k, 1 + n))
        for r in range(RINGS - 1):
            i, j = 1 + r * SEGMENTS, 1 + (r + 1) * SEGMENTS
            faces += [(i + k, j + k, j + n), (i + k, j + n, i + n)]
        faces.append((1 + (RINGS - 1) * SEGMENTS + k, last, 1 + (RINGS - 1) * SEGMENTS + n))
    triangles = np.array(faces)
    corner = vertices[triangles]
    outward = (np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0]) * corner.mean(1)).sum(1)
    triangles[outward < 0] = triangles[outward < 0][:, ::-1]
    return triangles, vertices
