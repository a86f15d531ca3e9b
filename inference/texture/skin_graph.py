# SPDX-License-Identifier: GPL-3.0-or-later
"""Smooth fields on the skin itself, where the chart's seams do not exist."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import SuperLU, splu

from ..head.model import HeadModel
from .atlas import SKIN_PARTS, mirror_vertices

LEAST_COTANGENT = 0.05  # keeps the operator monotone on badly shaped triangles


@dataclass(frozen=True, eq=False)
class SkinGraph:
    """The N vertices of skin and mouth bag of a model's template.

    vertices (N,): their indices in the model. area (N,): square metres. gradient (E, N): differences along edges, conductance (E,).
    mirror (N,): the vertex on the other side; apart (N,): metres between the two. Fields are (N, C).
    """

    vertices: NDArray
    area: NDArray
    gradient: sparse.csr_matrix
    conductance: NDArray
    mirror: NDArray
    apart: NDArray

    @property
    def laplacian(self) -> sparse.csr_matrix:
        """(N, N) positive semi-definite."""
        return (self.gradient.T @ sparse.diags(self.conductance) @ self.gradient).tocsr()

    def membrane(
        self,
        target: NDArray,
        weight: NDArray,
        guide: NDArray,
        guide_trust: NDArray,
        rest: NDArray,
        rest_weight: NDArray,
    ) -> NDArray:
        """Field (N, C) that follows ``target`` where ``weight`` (N,), elsewhere the slopes of ``guide`` where ``guide_trust`` (N,).

        Without either it is as flat as it can be and drifts towards ``rest`` with ``rest_weight``. Weights are per square metre.
        """
        start, end = self._ends()
        slope_trust = np.minimum(guide_trust[start], guide_trust[end])[:, None]
        slopes = self.conductance[:, None] * slope_trust * (self.gradient @ guide)
        pull, rest_pull = (self.area * weight)[:, None], (self.area * rest_weight)[:, None]
        system = self.laplacian + sparse.diags((pull + rest_pull).ravel())
        return splu(system.tocsc()).solve(self.gradient.T @ slopes + pull * target + rest_pull * rest)

    def smooth(self, field: NDArray, weight: NDArray, radius: float) -> NDArray:
        """Weighted average of a field (N, C) over about ``radius`` metres; weight (N,) may be zero in places."""
        solver = _heat(self, radius)
        mass = (self.area * weight)[:, None]
        return solver.solve(mass * field) / np.maximum(solver.solve(mass + 1e-6 * self.area[:, None]), 1e-12)

    def _ends(self) -> tuple[NDArray, NDArray]:
        pairs = self.gradient.indices.reshape(-1, 2)
        return pairs[:, 0], pairs[:, 1]


@lru_cache(maxsize=4)
def skin_graph(model: HeadModel) -> SkinGraph:
    """Made once per model."""
    parts = tuple(p for p in SKIN_PARTS if p in model.surface.part_names)
    vertices = model.surface.part_vertices(*parts)
    position = np.full(len(model.template), -1)
    position[vertices] = np.arange(len(vertices))
    triangles = position[model.surface.triangles(*parts)]
    points = model.template[vertices].astype(np.float64)
    pairs, cotangents, area = [], [], np.zeros(len(vertices))
    for k in range(3):
        apex, a, b = (triangles[:, (k + shift) % 3] for shift in range(3))
        u, v = points[a] - points[apex], points[b] - points[apex]
        doubled = np.maximum(np.linalg.norm(np.cross(u, v), axis=1), 1e-12)
        pairs.append(np.sort(np.stack([a, b], 1), 1))
        cotangents.append(np.maximum((u * v).sum(1) / doubled, LEAST_COTANGENT) / 2)
        area += np.bincount(apex, doubled / 6, len(vertices))
    edges, owner = np.unique(np.concatenate(pairs), axis=0, return_inverse=True)
    conductance = np.bincount(owner.ravel(), np.concatenate(cotangents))
    rows = np.repeat(np.arange(len(edges)), 2)
    gradient = sparse.csr_matrix((np.tile([-1.0, 1.0], len(edges)), (rows, edges.ravel())), (len(edges), len(vertices)))
    mirror = position[mirror_vertices(model)[vertices]]
    mirror = np.where(mirror >= 0, mirror, np.arange(len(vertices)))
    apart = np.linalg.norm(points - points[mirror], axis=1)
    return SkinGraph(vertices, area, gradient, conductance, mirror, apart)


@lru_cache(maxsize=12)
def _heat(graph: SkinGraph, radius: float) -> SuperLU:
    return splu((sparse.diags(graph.area) + radius**2 * graph.laplacian).tocsc())
