# SPDX-License-Identifier: GPL-3.0-or-later
"""The ``.hair`` of NeuralHDHair and MonoHair: uint32 strands, uint32 points, uint16 points of each strand, float32 x, y, z (y up)."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from .strands import StrandSet, check_sizes, damaged, strand_set


def read_neural_hair(path: Path) -> StrandSet:
    """The strands of such a file. Raises AvatarError."""
    size = path.stat().st_size
    if size < 8:
        raise damaged(path, "it is shorter than its header")
    with path.open("rb") as file:
        strands, points = (int(v) for v in np.fromfile(file, "<u4", 2))
        check_sizes(path, strands, points)
        if size != 8 + 2 * strands + 12 * points:
            raise damaged(path, "its counts do not match its length, so it is truncated or of another kind")
        counts = np.fromfile(file, "<u2", strands)
        return strand_set(np.fromfile(file, "<f4", 3 * points), counts, path)
