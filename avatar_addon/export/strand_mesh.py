# SPDX-License-Identifier: GPL-3.0-or-later
"""Strands as ribbons or tubes: what programs without hair curves can show. numpy only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

TUBE_SIDES = 3


@dataclass(frozen=True)
class Strands:
    """points (P, 3) metres of all strands in a row, root first; starts (N + 1,) where each strand begins in them."""

    points: np.ndarray
    starts: np.ndarray

    def __len__(self) -> int:
        return len(self.starts) - 1


@dataclass(frozen=True)
class StrandMesh:
    """vertices (V, 3), quads (F, 4), uv (V, 2): u across the strand, v from root to tip."""

    vertices: np.ndarray
    quads: np.ndarray
    uv: np.ndarray


def resample(strands: Strands, count: int) -> np.ndarray:
    """(N, count, 3): points at equal shares of each strand's index range."""
    lengths = np.diff(strands.starts)
    place = np.linspace(0.0, 1.0, count)[None] * (lengths[:, None] - 1)
    lower = np.minimum(place.astype(int), np.maximum(lengths[:, None] - 2, 0))
    first = strands.starts[:-1, None] + lower
    second = np.minimum(first + 1, strands.starts[1:, None] - 1)
    share = (place - lower)[..., None]
    return strands.points[first] * (1 - share) + strands.points[second] * share


def ribbons(points: np.ndarray, width: float, center: np.ndarray) -> StrandMesh:
    """Flat strips of (N, S, 3) strands that face away from ``center``; they taper to a third of their width."""
    side, _ = _frames(points, center)
    half = _taper(points.shape[1], width / 2)[None, :, None]
    vertices = np.stack([points - half * side, points + half * side], 2)
    return _woven(vertices, closed=False)


def tubes(points: np.ndarray, width: float, center: np.ndarray) -> StrandMesh:
    """Three-sided tubes around (N, S, 3) strands, tapering; open at both ends."""
    side, outward = _frames(points, center)
    radius = _taper(points.shape[1], width / 2)[None, :, None]
    turns = np.arange(TUBE_SIDES) * 2 * np.pi / TUBE_SIDES
    corners = [points + radius * (np.cos(turn) * side + np.sin(turn) * outward) for turn in turns]
    return _woven(np.stack(corners, 2), closed=True)


def _frames(points: np.ndarray, center: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Unit vectors across each strand, and across both strand and those."""
    tangent = np.gradient(points, axis=1)
    side = np.cross(tangent, points - center)
    # A strand that points straight away from the head has no side of its own: any will do.
    side += 1e-6 * np.cross(tangent, (0.0, 0.3, 1.0)) + 1e-12
    side /= np.linalg.norm(side, axis=-1, keepdims=True)
    outward = np.cross(side, tangent)
    return side, outward / np.maximum(np.linalg.norm(outward, axis=-1, keepdims=True), 1e-12)


def _taper(count: int, width: float) -> np.ndarray:
    return width * np.linspace(1.0, 1 / 3, count)


def _woven(rings: np.ndarray, closed: bool) -> StrandMesh:
    """(N, S, C, 3) corner rings to quads between neighbouring rings."""
    strands, steps, corners, _ = rings.shape
    index = np.arange(strands * steps * corners).reshape(strands, steps, corners)
    following = np.roll(index, -1, 2) if closed else index[:, :, 1:]
    here = index if closed else index[:, :, :-1]
    quads = np.stack([here[:, :-1], following[:, :-1], following[:, 1:], here[:, 1:]], -1).reshape(-1, 4)
    across = np.linspace(0.0, 1.0, corners)
    along = np.linspace(0.0, 1.0, steps)
    uv = np.stack(np.broadcast_arrays(across[None, None, :], along[None, :, None]), -1)
    uv = np.broadcast_to(uv, (strands, steps, corners, 2)).reshape(-1, 2)
    return StrandMesh(
        rings.reshape(-1, 3).astype(np.float32), quads.astype(np.int32), np.ascontiguousarray(uv, np.float32)
    )
