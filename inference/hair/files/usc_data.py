# SPDX-License-Identifier: GPL-3.0-or-later
"""USC-HairSalon ``.data``: little endian, int32 strands, then per strand int32 points and that many float32 x, y, z.

An older variant adds an int32 to every point. There is no magic number; the variant whose counts end exactly with the file is the right
one. A strand of one point means "no hair at this root". The files' frame: x to the side, y up, z to the front, about 0.82 m per unit.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .strands import StrandSet, check_sizes, damaged, strand_set

STRIDES = (3, 4)  # words per point of the two variants
MOST_POINTS_PER_STRAND = 100_000


def read_usc_data(path: Path) -> StrandSet:
    """The strands of a ``.data`` file. Raises AvatarError when neither variant fits it."""
    size = path.stat().st_size
    if size < 4 or size % 4:
        raise damaged(path, "its length is not that of a .data file")
    words = np.fromfile(path, "<i4")
    check_sizes(path, int(words[0]))
    for stride in STRIDES:
        starts = _strand_starts(words, stride)
        if starts is not None:
            return _read(words, starts, stride, path)
    raise damaged(path, "its strand counts do not match its length, so it is truncated or of another kind")


def write_usc_data(strands: StrandSet, path: Path) -> None:
    """Write the common variant (three words per point)."""
    first = np.cumsum(strands.counts) - strands.counts
    with path.open("wb") as file:
        file.write(np.int32(len(strands)).astype("<i4").tobytes())
        for start, count in zip(first, strands.counts, strict=True):
            file.write(np.int32(count).astype("<i4").tobytes())
            file.write(strands.points[start : start + count].astype("<f4").tobytes())


def _strand_starts(words: NDArray, stride: int) -> NDArray | None:
    """(N,) word index of each strand's count, or None when this variant does not end with the file."""
    strands, place, starts = int(words[0]), 1, []
    for _ in range(strands):
        if place >= len(words):
            return None
        points = int(words[place])
        if not 0 <= points <= MOST_POINTS_PER_STRAND:
            return None
        starts.append(place)
        place += 1 + points * stride
    return np.array(starts) if place == len(words) else None


def _read(words: NDArray, starts: NDArray, stride: int, path: Path) -> StrandSet:
    counts = words[starts].astype(np.int64)
    is_count = np.zeros(len(words), bool)
    is_count[0] = True
    is_count[starts] = True
    values = words[~is_count].view("<f4").reshape(-1, stride)
    return strand_set(values[:, :3], counts, path)
