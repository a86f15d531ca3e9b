# SPDX-License-Identifier: GPL-3.0-or-later
"""FLAME's two published albedo spaces: pictures over its chart as a mean and directions. The files are read without filling memory."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from .pickle_data import damaged

SIDE, COMPONENTS = 512, 50
ROWS_AT_ONCE = 16_384


@dataclass(frozen=True, eq=False)
class AlbedoSpace:
    """mean (512, 512, 3), directions (512, 512, 3, 50): float32 RGB in [0, 1], row 0 at v = 1. kind: "BFM" or "FLAME"."""

    mean: NDArray
    directions: NDArray
    kind: str

    def picture(self, codes: NDArray) -> NDArray:
        """(512, 512, 3) albedo of (<= 50,) codes; DECA's were trained for the kind "BFM"."""
        return self.mean + self.directions[..., : len(codes)] @ codes.astype(np.float32)


def read_albedo(path: Path) -> AlbedoSpace:
    """FLAME_albedo_from_BFM.npz (MU, PC) or FLAME_texture.npz (mean, tex_dir). Raises AvatarError ``weights_invalid``."""
    try:
        with zipfile.ZipFile(path) as packed:
            names = set(packed.namelist())
            if {"MU.npy", "PC.npy"} <= names and "specMU.npy" not in names:
                kind, mean, directions, scale = "BFM", "MU.npy", "PC.npy", 1.0
            elif {"mean.npy", "tex_dir.npy"} <= names:
                kind, mean, directions, scale = "FLAME", "mean.npy", "tex_dir.npy", 1 / 255
            else:
                raise ValueError("no albedo space that DECA's coefficients fit")
            middle = _first_columns(packed, mean, 1)[:, 0]
            rows = _first_columns(packed, directions, COMPONENTS)
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as problem:
        raise damaged(path.name, str(problem)) from problem
    shape = (SIDE, SIDE, 3)
    # Stored blue first.
    return AlbedoSpace(
        np.ascontiguousarray(middle.reshape(shape)[..., ::-1]) * np.float32(scale),
        np.ascontiguousarray(rows.reshape(*shape, COMPONENTS)[:, :, ::-1]) * np.float32(scale),
        kind,
    )


def _first_columns(packed: zipfile.ZipFile, name: str, count: int) -> NDArray[np.float32]:
    """(512 * 512 * 3, count) float32: the first columns of the last axis of a stored array, read a block at a time."""
    size = SIDE * SIDE * 3
    with packed.open(name) as stream:
        version = npy.read_magic(stream)
        read_header = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}[version]
        shape, fortran, dtype = read_header(stream)
        columns = int(np.prod(shape, dtype=object)) // size
        if columns * size != int(np.prod(shape, dtype=object)) or columns < count or dtype.kind != "f":
            raise ValueError(f"{name} has the shape {shape} of {dtype}")
        if fortran and shape != (size, columns):
            raise ValueError(f"{name} is stored column by column in the shape {shape}")
        answer = np.empty((size, count), np.float32)
        if fortran:
            for column in range(count):
                answer[:, column] = _read(stream, size, dtype)
        else:
            for row in range(0, size, ROWS_AT_ONCE):
                rows = min(ROWS_AT_ONCE, size - row)
                answer[row : row + rows] = _read(stream, rows * columns, dtype).reshape(-1, columns)[:, :count]
    return answer


def _read(stream: BinaryIO, count: int, dtype: np.dtype) -> NDArray:
    data = stream.read(count * dtype.itemsize)
    if len(data) != count * dtype.itemsize:
        raise EOFError("the file ends too early")
    return np.frombuffer(data, dtype)
