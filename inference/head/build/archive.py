# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes open_head.npz."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FIXED_DATE = (2026, 1, 1, 0, 0, 0)


def write_npz(path: Path, arrays: dict[str, NDArray]) -> None:
    """A compressed .npz whose bytes depend on the arrays alone, so a rebuild can be compared."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, array in arrays.items():
            entry = zipfile.ZipInfo(f"{name}.npy", FIXED_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(entry, "w") as file:
                np.lib.format.write_array(file, np.ascontiguousarray(array), allow_pickle=False)
