# SPDX-License-Identifier: GPL-3.0-or-later
"""Wavefront OBJ with one polyline (``l``) per strand."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from .strands import MOST_POINTS, StrandSet, damaged, strand_set


def read_obj_lines(path: Path) -> StrandSet:
    """The polylines of an OBJ file. Raises AvatarError."""
    vertices: list[list[float]] = []
    lines: list[list[int]] = []
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            for row in file:
                if row.startswith("v "):
                    vertices.append([float(value) for value in row.split()[1:4]])
                elif row.startswith("l "):
                    lines.append([_index(word, len(vertices)) for word in row.split()[1:]])
                if len(vertices) > MOST_POINTS:
                    raise damaged(path, "it has too many points")
    except ValueError as error:
        raise damaged(path, f"a line of it cannot be read ({error})") from error
    if not lines or any(len(vertex) != 3 for vertex in vertices):
        raise damaged(path, "it has no polylines, or points without three coordinates")
    used = np.array([index for line in lines for index in line], np.int64)
    if used.size == 0 or used.min() < 0 or used.max() >= len(vertices):
        raise damaged(path, "a polyline refers to a point that is not there")
    return strand_set(np.array(vertices, np.float32)[used], np.array([len(line) for line in lines]), path)


def write_obj_lines(strands: StrandSet, path: Path) -> None:
    """Write points and polylines."""
    first = np.cumsum(strands.counts) - strands.counts + 1
    with path.open("w", encoding="ascii") as file:
        file.writelines(f"v {x:.6f} {y:.6f} {z:.6f}\n" for x, y, z in strands.points)
        for start, count in zip(first, strands.counts, strict=True):
            file.write("l " + " ".join(str(index) for index in range(start, start + count)) + "\n")


def _index(word: str, known: int) -> int:
    """A zero-based index; OBJ counts from one, and negative numbers from the last point."""
    number = int(word.split("/")[0])
    return number - 1 if number > 0 else known + number
