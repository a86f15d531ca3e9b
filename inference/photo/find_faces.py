# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the faces are: MediaPipe's two detectors over a pyramid of tiles, each hit confirmed by the landmark network."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from .crop import Square
from .mediapipe_runtime import detect_faces, face_mesh
from .types import FoundFace, Photo

# The detectors see 192 x 192 pixels of a tile; a little more lets them resample themselves.
TILE_PIXELS = 384
# A detector finds faces down to about this fraction of its tile.
SMALLEST_IN_TILE = 0.11
# Faces smaller than this many pixels are never looked for, nor those smaller than this fraction of the largest one.
SMALLEST_PIXELS = 32
SMALLEST_OF_LARGEST = 0.25
# The landmark network wants a crop of this many face sizes.
MESH_CROP = 1.5
OVERLAP_SAME_FACE = 0.3


def find_faces(photo: Photo) -> tuple[FoundFace, ...]:
    """All faces, largest first; empty when there is none.

    ``box`` bounds the face's landmarks (top of the forehead to the chin), so it means the same for every detector and size.
    """
    height, width = photo.pixels.shape[:2]
    faces: list[FoundFace] = []
    side = float(max(width, height))
    for tiles, both in _levels(width, height):
        largest = max((_size(face) for face in faces), default=0.0)
        side = tiles[0].side
        if side * SMALLEST_IN_TILE < SMALLEST_OF_LARGEST * largest / 2:
            break
        for tile in tiles:
            faces = _merge([*faces, *_confirmed(photo, _hits(photo, tile, both))])
    return tuple(sorted(faces, key=_size, reverse=True))


def _levels(width: int, height: int) -> Iterator[tuple[list[Square], bool]]:
    """Tiles from coarse to fine, with a flag for using the close-up detector too. The first level is a zoom out."""
    middle, longest = (width / 2, height / 2), max(width, height)
    yield [Square(middle, longest * 1.6)], True
    yield [Square(middle, longest)], True
    side = longest / 2
    while side * SMALLEST_IN_TILE * 2 > SMALLEST_PIXELS:
        yield [Square((x, y), side) for y in _centers(height, side) for x in _centers(width, side)], False
        side /= 2


def _centers(length: int, side: float) -> np.ndarray:
    """Tile centres along one axis, neighbours overlapping by half a tile."""
    if length <= side:
        return np.array([length / 2])
    return np.linspace(side / 2, length - side / 2, int(np.ceil(2 * length / side)) - 1)


def _hits(photo: Photo, tile: Square, both: bool) -> Iterator[FoundFace]:
    pixels = tile.pixels(photo.pixels, TILE_PIXELS)
    for full_range in (True, False) if both else (True,):
        for box, score in detect_faces(pixels, full_range):
            corners = tile.to_photo(box.reshape(2, 2))
            yield FoundFace(tuple(float(v) for v in corners.reshape(4)), score)


def _confirmed(photo: Photo, hits: Iterator[FoundFace]) -> Iterator[FoundFace]:
    """Hits the landmark network agrees with, their boxes replaced by the bounds of the landmarks."""
    for hit in hits:
        crop = mesh_square(hit)
        points = face_mesh(crop.pixels(photo.pixels, 192))
        if points is None:
            continue
        points = crop.to_photo(points)[:, :2]
        box = (*points.min(0), *points.max(0))
        yield FoundFace(tuple(float(v) for v in box), hit.score)


def mesh_square(face: FoundFace) -> Square:
    """The upright crop around a face that the landmark network expects."""
    x0, y0, x1, y1 = face.box
    return Square(((x0 + x1) / 2, (y0 + y1) / 2), MESH_CROP * _size(face))


def _size(face: FoundFace) -> float:
    x0, y0, x1, y1 = face.box
    return max(x1 - x0, y1 - y0)


def _merge(faces: list[FoundFace]) -> list[FoundFace]:
    """Greedy non-maximum suppression, the surest first."""
    kept: list[FoundFace] = []
    for face in sorted(faces, key=lambda f: f.score, reverse=True):
        if all(_overlap(face, other) < OVERLAP_SAME_FACE for other in kept):
            kept.append(face)
    return kept


def _overlap(a: FoundFace, b: FoundFace) -> float:
    """Intersection over the smaller box's area: a nose found inside a face counts as the same face."""
    (ax0, ay0, ax1, ay1), (bx0, by0, bx1, by1) = a.box, b.box
    common = max(min(ax1, bx1) - max(ax0, bx0), 0.0) * max(min(ay1, by1) - max(ay0, by0), 0.0)
    return common / max(min((ax1 - ax0) * (ay1 - ay0), (bx1 - bx0) * (by1 - by0)), 1e-9)
