# SPDX-License-Identifier: GPL-3.0-or-later
"""Teeth, each lofted from the gum to its edge, and gums with papillae between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .dental_arch import MM, Arch, Crown
from .topology import triangulate

AROUND = 12
# Rows of a crown: height (0 gum line, 1 edge), half width and depth as shares of the crown's.
ROW_HEIGHT = np.array([-0.25, 0.0, 0.2, 0.42, 0.64, 0.82, 0.93, 0.985])
ROW_WIDTH = {
    "incisor": (0.78, 0.88, 0.94, 0.97, 0.99, 1.0, 0.985, 0.93),
    "canine": (0.74, 0.85, 0.92, 0.98, 1.0, 0.96, 0.86, 0.70),
    "premolar": (0.70, 0.80, 0.91, 0.99, 1.0, 0.95, 0.84, 0.66),
    "molar": (0.80, 0.87, 0.95, 1.0, 1.0, 0.96, 0.87, 0.72),
}
ROW_DEPTH = {
    "incisor": (0.95, 1.0, 0.95, 0.76, 0.52, 0.34, 0.25, 0.17),
    "canine": (0.95, 1.0, 0.98, 0.84, 0.62, 0.42, 0.30, 0.20),
    "premolar": (0.84, 0.92, 0.99, 1.0, 0.97, 0.88, 0.76, 0.58),
    "molar": (0.86, 0.93, 0.99, 1.0, 0.98, 0.91, 0.80, 0.62),
}
LABIAL = np.array([-0.9, -0.55, -0.12, 0.0, -0.06, -0.22, -0.38, -0.55])  # mm of the labial face from the arch
SQUARENESS = {"incisor": 2.5, "canine": 2.3, "premolar": 2.6, "molar": 3.2}
GAP = 0.06  # mm between neighbours
GUM_SAMPLES = (-1.0, -0.82, -0.5, 0.0, 0.5, 0.82)  # along each tooth, -1 and 1 are its contacts
PAPILLA = 0.42  # of the crown height that the gum rises between teeth


@dataclass(frozen=True)
class Piece:
    """vertices (n, 3), faces (f, 4) with -1 for triangles, uv (n, 2)."""

    vertices: NDArray
    faces: NDArray
    uv: NDArray


def make_teeth(arch: Arch) -> Piece:
    """The 14 crowns of an arch."""
    contacts = arch.places()
    pieces = []
    for number, crown in enumerate(arch.crowns):
        for side in (1, -1):
            place = (contacts[number] + contacts[number + 1]) / 2
            cell = (number, 0 if side > 0 else 1)
            pieces.append(_placed(_crown(crown, side, cell), arch, side * place, crown.tilt))
    return join(pieces)


def make_gums(arch: Arch) -> Piece:
    """The gum ridge of an arch, outer fold to inner fold; the upper one is closed by a palate."""
    contacts = arch.places()
    length, crown_height, crown_depth, gum_line, tilt, pinch = (np.array(v) for v in _gum_samples(arch, contacts))
    length = np.r_[-length[:0:-1], length]
    crown_height, crown_depth, gum_line, tilt, pinch = (
        np.r_[v[:0:-1], v] for v in (crown_height, crown_depth, gum_line, tilt, pinch)
    )
    fold, thick = (8.5, 1.4) if arch.upward < 0 else (3.6, 0.6)
    profile = [
        (thick - 0.2, crown_height + fold),
        (thick, crown_height + 0.6 * fold),
        (0.7 * thick, crown_height + 0.27 * fold),
        (0.25 - 0.9 * pinch, gum_line + 0.35),
        (-0.5 - 1.3 * pinch, gum_line - 0.05),
        (-crown_depth + 0.6 + 0.8 * pinch, gum_line + 0.1),
        (-crown_depth - 0.3 + 0.6 * pinch, gum_line + 0.6),
        (-crown_depth - 1.4, crown_height + 3.0),
        (-crown_depth - 3.4, crown_height + 8.0),
    ]
    rows = []
    for outward, root in profile:
        base, normal = arch.at(length)
        lean = np.tan(np.radians(tilt))
        away = -arch.upward * root * MM
        rows.append(base + normal * ((outward - lean * root * 0.6) * MM)[:, None] + away[:, None] * [0, 0, 1])
    if arch.upward < 0:
        rows += _palate(rows[-1])
    grid = np.array(rows)
    faces = _grid_faces(*grid.shape[:2])
    if arch.upward < 0:
        faces = faces[:, ::-1]
    u, v = np.meshgrid(np.linspace(0, 1, grid.shape[1]), np.linspace(0, 1, grid.shape[0]))
    return Piece(grid.reshape(-1, 3), faces, np.stack([u, v], -1).reshape(-1, 2))


def join(pieces: list[Piece]) -> Piece:
    """Concatenates pieces."""
    starts = np.cumsum([0] + [len(p.vertices) for p in pieces])
    faces = [np.where(p.faces >= 0, p.faces + start, -1) for p, start in zip(pieces, starts, strict=False)]
    return Piece(
        np.concatenate([p.vertices for p in pieces]), np.concatenate(faces), np.concatenate([p.uv for p in pieces])
    )


def _crown(crown: Crown, side: int, cell: tuple[int, int]) -> Piece:
    """In mm: x along the arch to the back, y outwards from the labial face, z from the edge (0) to the root (-)."""
    turn = np.linspace(0, 2 * np.pi, AROUND, endpoint=False)
    power = 2 / SQUARENESS[crown.kind]
    ring = np.stack(
        [np.sign(np.cos(turn)) * np.abs(np.cos(turn)) ** power, np.sign(np.sin(turn)) * np.abs(np.sin(turn)) ** power],
        1,
    )
    rows = []
    for row, share in enumerate(ROW_HEIGHT):
        half_width = (crown.width - GAP) / 2 * ROW_WIDTH[crown.kind][row]
        depth = crown.depth * ROW_DEPTH[crown.kind][row]
        x, y = ring[:, 0] * half_width, LABIAL[row] - depth / 2 + ring[:, 1] * depth / 2
        rows.append(
            np.stack([x, y, _edge_shape(crown, ring, max(share, 0)) + crown.height * (share - 1) - crown.edge], 1)
        )
    top = rows[-1]
    centre = top.mean(0) + np.array([0, 0, 0.12 if crown.kind in ("incisor", "canine") else -0.7])
    vertices = np.concatenate([*rows, centre[None]])
    if side < 0:
        vertices = vertices * [-1, 1, 1]
    faces = _loft_faces(len(rows))
    u = np.tile((np.arange(AROUND) + 0.5) / AROUND, len(rows))
    v = np.repeat(ROW_HEIGHT + 0.25, AROUND) / 1.35
    uv = np.stack([np.r_[u, 0.5], np.r_[v, 0.98]], 1)
    uv = (np.array(cell) + 0.04 + 0.92 * uv) / [len(ROW_WIDTH["incisor"]), 2]
    return Piece(vertices, faces, uv)


def _edge_shape(crown: Crown, ring: NDArray, share: float) -> NDArray:
    """mm by which the edge is lower than its highest point: rounded corners, the canine's point, cusps."""
    across, through = ring.T
    strength = np.clip((share - 0.55) / 0.45, 0, 1) ** 1.5
    if crown.kind == "incisor":
        fall = 0.35 * np.abs(across) ** 4 + 0.35 * np.maximum(across, 0) ** 3
    elif crown.kind == "canine":
        fall = 1.9 * np.abs(across + 0.1) ** 1.3
    elif crown.kind == "premolar":
        fall = 0.9 * np.abs(across) ** 1.4 + np.where(through < 0, 0.7, 0)
    else:
        fall = 0.3 * (1 + np.cos(2 * np.pi * across)) + np.where(through < 0, 0.3, 0)
    return -strength * fall


def _placed(piece: Piece, arch: Arch, length: float, tilt: float) -> Piece:
    base, normal = (v[0] for v in arch.at(np.array([length])))
    along = np.cross(normal, [0, 0, 1.0])
    along *= np.sign(along[0]) if abs(along[0]) > 0.2 else np.sign(along[1]) * np.sign(length)
    up = np.array([0, 0, arch.upward])
    lean = np.radians(tilt)
    outward, upright = np.cos(lean) * normal - np.sin(lean) * up, np.cos(lean) * up + np.sin(lean) * normal
    x, y, z = (piece.vertices * MM).T
    vertices = base + x[:, None] * along + y[:, None] * outward + z[:, None] * upright
    return Piece(vertices, piece.faces if _encloses(vertices, piece.faces) else _flipped(piece.faces), piece.uv)


def _gum_samples(arch: Arch, contacts: NDArray) -> tuple[list[float], ...]:
    """Per sample on the left side: arc length, crown height, crown depth, gum line, tilt, and 1 at the contacts, 0 at tooth centres."""
    rows: list[tuple[float, ...]] = []
    crowns = arch.crowns
    for number, crown in enumerate(crowns):
        before = crowns[max(number - 1, 0)]
        after = crowns[min(number + 1, len(crowns) - 1)]
        for u in GUM_SAMPLES if number else (0.0, 0.5, 0.82):
            neighbour = before if u < 0 else after
            mix = abs(u) / 2
            height, depth, tilt = (
                (1 - mix) * getattr(crown, f) + mix * getattr(neighbour, f) for f in ("height", "depth", "tilt")
            )
            line = height - PAPILLA * height * abs(u) ** 3.5
            place = (contacts[number] + contacts[number + 1]) / 2 + u * crown.width * MM / 2
            rows.append((place, height, depth, line, tilt, abs(u) ** 3.5))
    rows.append(
        (contacts[-1] + 0.001, crowns[-1].height, crowns[-1].depth, crowns[-1].height * 0.8, crowns[-1].tilt, 1.0)
    )
    first = crowns[0]
    middle = [(0.0, first.height, first.depth, first.height * (1 - PAPILLA), first.tilt, 1.0)]
    inner = [
        (
            first.width * MM / 2 * (1 + u),
            first.height,
            first.depth,
            first.height * (1 - PAPILLA * rise),
            first.tilt,
            rise,
        )
        for u, rise in ((u, abs(u) ** 3.5) for u in GUM_SAMPLES[1:3])
    ]
    return tuple(list(column) for column in zip(*(middle + inner + rows), strict=True))


def _palate(row: NDArray) -> list[NDArray]:
    """Rows that close the vault from the upper gum's inner fold to the midline."""
    rows = []
    for share, lift in ((0.7, 4.0), (0.35, 6.5), (0.0, 7.2)):
        inner = row * [share, 1, 1] + [0, 0, lift * MM]
        inner[:, 1] = row[:, 1].max() + (row[:, 1] - row[:, 1].max()) * (0.25 * share + 0.75)
        rows.append(inner)
    return rows


def _loft_faces(rows: int) -> NDArray:
    step = np.arange(AROUND)
    following = (step + 1) % AROUND
    belt = np.stack([step, following, AROUND + following, AROUND + step], 1)
    faces = [belt + row * AROUND for row in range(rows - 1)]
    last = (rows - 1) * AROUND
    faces.append(np.stack([last + step, last + following, np.full(AROUND, rows * AROUND), np.full(AROUND, -1)], 1))
    return np.concatenate(faces)


def _grid_faces(rows: int, columns: int) -> NDArray:
    r, c = np.meshgrid(np.arange(rows - 1), np.arange(columns - 1), indexing="ij")
    corner = (r * columns + c).ravel()
    return np.stack([corner, corner + 1, corner + columns + 1, corner + columns], 1)


def _encloses(vertices: NDArray, faces: NDArray) -> bool:
    """True when the faces of a cup look outwards."""
    a, b, c = (vertices[triangulate(faces)][:, k] - vertices.mean(0) for k in range(3))
    return float((np.cross(a, b) * c).sum()) > 0


def _flipped(faces: NDArray) -> NDArray:
    quads = faces[:, 3] >= 0
    flipped = faces[:, [2, 1, 0, 3]].copy()
    flipped[quads] = faces[quads][:, ::-1]
    return flipped
