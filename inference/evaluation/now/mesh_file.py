# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads scans and predicted meshes: PLY (text and both binary orders) and OBJ (vertex colours allowed)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import AvatarError

MAX_BYTES = 2_000_000_000
MAX_HEADER = 20_000
# PLY's names, old and new, of numpy's types.
TYPES = {
    name: kind
    for kind, names in {
        "i1": ("char", "int8"),
        "u1": ("uchar", "uint8"),
        "i2": ("short", "int16"),
        "u2": ("ushort", "uint16"),
        "i4": ("int", "int32"),
        "u4": ("uint", "uint32"),
        "f4": ("float", "float32"),
        "f8": ("double", "float64"),
    }.items()
    for name in names
}
ORDERS = {"binary_little_endian": "<", "binary_big_endian": ">", "ascii": ""}


@dataclass(frozen=True)
class MeshFile:
    """vertices (V, 3) float64 as written, not finite where the file says so; triangles (T, 3) int64, none for a cloud of points."""

    vertices: NDArray
    triangles: NDArray


@dataclass(frozen=True)
class _Column:
    """Of a PLY table; size: the type of a list's length, None for a scalar."""

    name: str
    kind: str
    size: str | None = None


@dataclass
class _Element:
    name: str
    count: int
    columns: list[_Column]


def read_mesh(path: Path, with_triangles: bool = True) -> MeshFile:
    """Raises AvatarError ``scan_invalid``. Without triangles, large scans are read faster."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ValueError("it is larger than any scan")
        if path.suffix.lower() == ".ply":
            mesh = _read_ply(path.read_bytes(), with_triangles)
        elif path.suffix.lower() == ".obj":
            mesh = _read_obj(path.read_bytes(), with_triangles)
        else:
            raise ValueError("only .ply and .obj are read")
        if len(mesh.vertices) == 0:
            raise ValueError("it has no vertices")
        if len(mesh.triangles) and not 0 <= mesh.triangles.min() <= mesh.triangles.max() < len(mesh.vertices):
            raise ValueError("its faces name vertices that do not exist")
    except OSError as problem:
        raise AvatarError(
            "scan_invalid", f"{path} cannot be read ({problem.strerror or problem}): check the path."
        ) from problem
    except (ValueError, IndexError, KeyError, OverflowError, StopIteration, MemoryError) as problem:
        raise AvatarError(
            "scan_invalid", f"{path.name} is not a mesh that can be read ({problem}): export it again as PLY or OBJ."
        ) from problem
    return mesh


def _read_obj(content: bytes, with_triangles: bool) -> MeshFile:
    lines = content.splitlines()
    vertices = np.array([line.split(None, 4)[1:4] for line in lines if line.startswith(b"v ")], "S32").astype(
        np.float64
    )
    if vertices.shape[1:] != (3,):
        raise ValueError("it has no vertices")
    polygons = []
    for line in lines if with_triangles else ():
        if line.startswith(b"f "):
            corners = [int(corner.split(b"/", 1)[0]) for corner in line.split()[1:]]
            polygons.append([corner - 1 if corner > 0 else corner + len(vertices) for corner in corners])
    return MeshFile(vertices, _fans(polygons))


def _fans(polygons: Iterable[Sequence[int]]) -> NDArray:
    """(T, 3) triangles of polygons."""
    fans = [(polygon[0], b, c) for polygon in polygons for b, c in pairwise(polygon[1:])]
    return np.array(fans, np.int64).reshape(-1, 3)


def _read_ply(content: bytes, with_triangles: bool) -> MeshFile:
    order, elements, start = _ply_header(content)
    rest = iter(content[start:].splitlines()) if order == "" else None
    vertices, triangles = np.zeros((0, 3)), np.zeros((0, 3), np.int64)
    for element in elements:
        if element.count * len(element.columns) > len(content):
            raise ValueError("it is cut off")
        if rest is None:
            table, start = _binary_table(content, start, order, element)
        else:
            table = _text_table(rest, element)
        if element.name == "vertex":
            vertices = np.stack([np.asarray(table[axis], np.float64) for axis in "xyz"], 1)
        elif element.name == "face":
            triangles = _triangles(next(table[column.name] for column in element.columns if column.size))
        if len(vertices) and (not with_triangles or len(triangles)):
            break
    return MeshFile(vertices, triangles)


def _triangles(polygons: Any) -> NDArray:
    array = polygons if isinstance(polygons, np.ndarray) else None
    return array.astype(np.int64) if array is not None and array.shape[1:] == (3,) else _fans(polygons)


def _ply_header(content: bytes) -> tuple[str, list[_Element], int]:
    """(byte order, "" for text; the tables; where they start)."""
    end = re.search(rb"end_header\r?\n", content[:MAX_HEADER])
    if not content.startswith(b"ply") or end is None:
        raise ValueError("it has no PLY header")
    order, elements = "?", []
    for line in content[: end.start()].decode("ascii", "replace").splitlines():
        match line.split():
            case ["format", kind, _]:
                order = ORDERS[kind]
            case ["element", name, count]:
                elements.append(_Element(name, int(count), []))
            case ["property", "list", size, kind, name]:
                elements[-1].columns.append(_Column(name, TYPES[kind], TYPES[size]))
            case ["property", kind, name]:
                elements[-1].columns.append(_Column(name, TYPES[kind]))
    if order == "?" or any(element.count < 0 for element in elements):
        raise ValueError("its header is incomplete")
    return order, elements, end.end()


def _binary_table(content: bytes, start: int, order: str, element: _Element) -> tuple[dict[str, Any], int]:
    """Column -> values (lists: an array where all are of one length), and where the table ends."""
    if element.count == 0:
        return {column.name: [] for column in element.columns}, start
    first, _ = _binary_row(content, start, order, element)
    lengths = {column.name: len(first[column.name]) for column in element.columns if column.size}
    layout = []
    for column in element.columns:
        if column.size:
            layout.append((f"length of {column.name}", order + column.size))
        layout.append((column.name, order + column.kind, (lengths[column.name],) if column.size else ()))
    row = np.dtype(layout)
    if len(content) - start >= element.count * row.itemsize:
        rows = np.frombuffer(content, row, element.count, start)
        if all((rows[f"length of {name}"] == length).all() for name, length in lengths.items()):
            return {column.name: rows[column.name] for column in element.columns}, start + rows.nbytes
    table: dict[str, Any] = {column.name: [] for column in element.columns}
    for _ in range(element.count):
        found, start = _binary_row(content, start, order, element)
        for name, value in found.items():
            table[name].append(value)
    return table, start


def _binary_row(content: bytes, start: int, order: str, element: _Element) -> tuple[dict[str, Any], int]:
    found = {}
    for column in element.columns:
        length = 1
        if column.size:
            length = int(np.frombuffer(content, order + column.size, 1, start)[0])
            start += np.dtype(column.size).itemsize
        values = np.frombuffer(content, order + column.kind, length, start)
        start += values.nbytes
        found[column.name] = values.tolist() if column.size else values[0]
    return found, start


def _text_table(lines: Iterator[bytes], element: _Element) -> dict[str, Any]:
    rows = [line.split() for line in islice(lines, element.count)]
    if len(rows) < element.count:
        raise ValueError("it is cut off")
    if not any(column.size for column in element.columns):
        columns = np.array([row[: len(element.columns)] for row in rows], "S32").astype(np.float64).T
        return {column.name: values for column, values in zip(element.columns, columns, strict=True)}
    table: dict[str, Any] = {column.name: [] for column in element.columns}
    for row in rows:
        words = iter(row)
        for column in element.columns:
            if column.size:
                table[column.name].append([int(float(word)) for word in islice(words, int(next(words)))])
            else:
                table[column.name].append(float(next(words)))
    return table
