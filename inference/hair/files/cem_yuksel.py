# SPDX-License-Identifier: GPL-3.0-or-later
"""Cem Yuksel's ``.hair`` (z up): a 128-byte header that begins with "HAIR", then the arrays its bit field names."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np

from .strands import StrandSet, check_sizes, damaged, strand_set

MAGIC = b"HAIR"
HEADER = struct.Struct("<4sIIIIff3f88s")
SEGMENTS, POINTS = 1, 2


def read_cem_yuksel(path: Path) -> StrandSet:
    """The strands of a ``.hair`` file; thickness, transparency and colour are left out. Raises AvatarError."""
    size = path.stat().st_size
    if size < HEADER.size:
        raise damaged(path, "it is shorter than its header")
    with path.open("rb") as file:
        magic, strands, points, bits, segments, *_ = HEADER.unpack(file.read(HEADER.size))
        if magic != MAGIC:
            raise damaged(path, 'it does not begin with "HAIR"')
        check_sizes(path, strands, points)
        if not bits & POINTS:
            raise damaged(path, "it holds no points")
        if size < HEADER.size + 2 * strands * bool(bits & SEGMENTS) + 12 * points:
            raise damaged(path, "it ends before its points do")
        if bits & SEGMENTS:
            counts = np.fromfile(file, "<u2", strands).astype(np.int64) + 1
        else:
            counts = np.full(strands, segments + 1, np.int64)
        return strand_set(np.fromfile(file, "<f4", 3 * points), counts, path)


def write_cem_yuksel(strands: StrandSet, path: Path) -> None:
    """Write segments and points. Raises ValueError for strands of more than 65,536 points."""
    if strands.counts.max() > 1 << 16:
        raise ValueError("a strand has more points than the format can count")
    header = HEADER.pack(
        MAGIC, len(strands), len(strands.points), SEGMENTS | POINTS, 0, 1.0, 0.0, 0.5, 0.5, 0.5, b"Portrait Avatar"
    )
    with path.open("wb") as file:
        file.write(header)
        file.write((strands.counts - 1).astype("<u2").tobytes())
        file.write(strands.points.astype("<f4").tobytes())
