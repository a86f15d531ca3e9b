# SPDX-License-Identifier: GPL-3.0-or-later
"""NumPy archives of strands: this project's ``hair.npz`` ("points") and DiffLocks' ("positions"), both (N, P, 3)."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np

from .strands import StrandSet, check_sizes, damaged, strand_set

NAMES = ("points", "positions")


def read_npz_strands(path: Path) -> StrandSet:
    """The strands of an archive. Raises AvatarError; pickled arrays are never opened."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            name = next((name for name in NAMES if name in archive.files), None)
            if name is None:
                raise damaged(path, f"it holds none of the arrays {', '.join(NAMES)}")
            points = archive[name]
    except (ValueError, OSError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise damaged(path, f"it is not a readable NumPy archive ({error})") from error
    if points.ndim != 3 or points.shape[2] != 3 or not np.issubdtype(points.dtype, np.floating):
        raise damaged(path, f"its array {name} is not strands x points x 3")
    check_sizes(path, points.shape[0], points.shape[0] * points.shape[1])
    return strand_set(points, np.full(points.shape[0], points.shape[1]), path)
