# SPDX-License-Identifier: GPL-3.0-or-later
"""Eyelashes: small tapered blades that grow from the outer edge of the lid margins."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .lids import OUTER_EDGE, Lids

UPPER, LOWER = 64, 34
UPPER_LENGTH, LOWER_LENGTH = 0.0085, 0.0050
WIDTH = 0.00026
MIDDLE, TIP = 0.5, 1.0
SEED = 7


@dataclass(frozen=True)
class LashRow:
    """Blades of one lid. columns (n, 2) ring columns a root lies between, share (n,) of the second; length, fan, curl, start (n,)."""

    columns: NDArray
    share: NDArray
    length: NDArray
    fan: NDArray
    curl: NDArray
    start: NDArray


def plan_lashes(skin: NDArray, lids: Lids) -> list[LashRow]:
    """Upper and lower row; the same plan for both sides of the face."""
    side = np.sign(lids.centre[0])
    random = np.random.default_rng(SEED)
    edge = skin[lids.rings[OUTER_EDGE]]
    rows = []
    for upper, count, reach in ((True, UPPER, UPPER_LENGTH), (False, LOWER, LOWER_LENGTH)):
        columns = np.flatnonzero(lids.upper == upper)
        columns = columns[np.argsort(side * edge[columns, 0])]
        run = np.r_[0, np.cumsum(np.linalg.norm(np.diff(edge[columns], axis=0), axis=1))]
        place = np.linspace(0.14, 0.985, count) + random.normal(scale=0.25 / count, size=count)
        at = np.interp(np.clip(place, 0.05, 1) * run[-1], run, np.arange(len(columns)))
        first = np.minimum(at.astype(int), len(columns) - 2)
        profile = 0.55 + 0.45 * np.sin(np.pi * np.clip(place, 0, 1) ** 0.8)
        rows.append(LashRow(
            columns=np.stack([columns[first], columns[first + 1]], 1),
            share=at - first,
            length=reach * profile * random.uniform(0.75, 1.05, count),
            fan=1.1 * (place - 0.42) + random.normal(scale=0.12, size=count),
            curl=np.radians((62 if upper else 48) + random.normal(scale=6, size=count)),
            start=np.radians((-12 if upper else 8) + random.normal(scale=5, size=count)),
        ))  # fmt: skip
    return rows


def grow_lashes(skin: NDArray, lids: Lids, rows: list[LashRow], centre: NDArray) -> NDArray:
    """(5 * blades, 3) vertices for lids at ``skin`` on a ball at ``centre``: two at the root, two in the middle, the tip."""
    blades = []
    for row in rows:
        edge, beyond = (_between(skin[lids.rings[r]], row) for r in (OUTER_EDGE, OUTER_EDGE + 2))
        ends = skin[lids.rings[OUTER_EDGE]][row.columns]
        along = _unit(ends[:, 1] - ends[:, 0])  # towards the temple
        out = _unit(edge - centre)
        away = beyond - edge
        away = _unit(away - (away * out).sum(1, keepdims=True) * out)
        points = [edge]
        for share in (MIDDLE, TIP):
            angle = row.start + row.curl * share
            heading = np.cos(angle)[:, None] * out + np.sin(angle)[:, None] * away + row.fan[:, None] * along
            points.append(points[-1] + _unit(heading) * (row.length * 0.5)[:, None])
        half = along * WIDTH / 2
        blades.append(
            np.stack([points[0] - half, points[0] + half, points[1] - 0.7 * half, points[1] + 0.7 * half, points[2]], 1)
        )
    return np.concatenate(blades).reshape(-1, 3)


def lash_faces(blades: int) -> tuple[NDArray, NDArray]:
    """(faces (2 n, 4), uv (5 n, 2)) of n blades; v runs from root to tip, u over the blades."""
    first = 5 * np.arange(blades)
    quads = np.stack([first, first + 1, first + 3, first + 2], 1)
    tips = np.stack([first + 2, first + 3, first + 4, np.full(blades, -1)], 1)
    across = (np.arange(blades)[:, None] + [0.1, 0.9, 0.25, 0.75, 0.5]) / blades
    return np.concatenate([quads, tips]), np.stack(
        [across, np.tile([0.0, 0.0, 0.5, 0.5, 1.0], (blades, 1))], -1
    ).reshape(-1, 2)


def _between(ring: NDArray, row: LashRow) -> NDArray:
    a, b = ring[row.columns[:, 0]], ring[row.columns[:, 1]]
    return a + row.share[:, None] * (b - a)


def _unit(vectors: NDArray) -> NDArray:
    return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9)
