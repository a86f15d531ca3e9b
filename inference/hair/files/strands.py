# SPDX-License-Identifier: GPL-3.0-or-later
"""Strands as files hold them: any number of points each."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...errors import AvatarError

MOST_STRANDS = 2_000_000
MOST_POINTS = 60_000_000
FARTHEST = 1e5  # units; a coordinate beyond it is damage, whatever the unit


@dataclass(frozen=True)
class StrandSet:
    """points: (T, 3) float32 of all strands one after the other, root first; counts: (N,) int64 points of each strand, all >= 2.

    Positions are in the file's own frame and unit.
    """

    points: NDArray
    counts: NDArray

    def __len__(self) -> int:
        return len(self.counts)

    def uniform(self, count: int) -> NDArray:
        """(N, count, 3) float32: every strand with ``count`` points at equal steps of its point index."""
        first = np.cumsum(self.counts) - self.counts
        place = (self.counts - 1)[:, None] * np.linspace(0, 1, count)
        low = np.minimum(place.astype(np.int64), (self.counts - 2)[:, None])
        part = (place - low)[..., None].astype(np.float32)
        low += first[:, None]
        return self.points[low] * (1 - part) + self.points[low + 1] * part


def strand_set(points: NDArray, counts: NDArray, path: Path) -> StrandSet:
    """A checked set: strands of fewer than two points are no hair and dropped. Raises AvatarError for values that cannot be."""
    points, counts = np.asarray(points, np.float32).reshape(-1, 3), np.asarray(counts, np.int64)
    if (counts < 0).any() or counts.sum() != len(points):
        raise damaged(path, "its point counts do not add up")
    if not np.isfinite(points).all() or (np.abs(points) > FARTHEST).any():
        raise damaged(path, "it has coordinates that are not numbers or far out of range")
    hair = counts >= 2
    if not hair.any():
        raise damaged(path, "it has no strand with two points or more")
    return StrandSet(points[np.repeat(hair, counts)], counts[hair])


def check_sizes(path: Path, strands: int, points: int | None = None) -> None:
    """Refuse counts no hairstyle has, before memory is asked for."""
    if not 0 < strands <= MOST_STRANDS:
        raise damaged(path, f"it claims {strands} strands")
    if points is not None and not 0 < points <= MOST_POINTS:
        raise damaged(path, f"it claims {points} points")


def damaged(path: Path, why: str) -> AvatarError:
    """The error for a file that cannot be read as the hair it says it is."""
    return AvatarError("hair_file_invalid", f"The hair file {path.name} cannot be used: {why}; choose another file.")
