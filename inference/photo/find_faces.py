# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the faces are: MediaPipe's two detectors over a pyramid of tiles, each hit confirmed by the landmark network.

The landmark network answers for many things that are no faces, but then its answer to the mirrored crop is another one: the
disagreement, in percent of the face, was 0.4 to 1.6 on faces of the trial photos and 2.1 to 18 on other hits.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from .crop import Square
from .mediapipe_runtime import detect_faces
from .mesh import box_square, level_square, read_mesh
from .types import FoundFace, Photo

# The detectors see 192 x 192 pixels of a tile; a little more lets them resample themselves.
TILE_PIXELS = 384
# A detector finds faces down to about this fraction of its tile.
SMALLEST_IN_TILE = 0.11
# Faces smaller than this many pixels are never looked for, nor those smaller than this fraction of the largest one.
SMALLEST_PIXELS = 32
SMALLEST_OF_LARGEST = 0.3
OVERLAP_SAME_FACE = 0.3
# Largest disagreement, in percent of the face, for any hit and for one the detector is sure of (faces in profile disagree more).
MAX_DISAGREEMENT = 1.9
SURE_SCORE, MAX_DISAGREEMENT_SURE = 0.8, 4.0


def find_faces(photo: Photo) -> tuple[FoundFace, ...]:
    """All faces, largest first; empty when there is none.

    ``box`` bounds the face's landmarks (top of the forehead to the chin), so it means the same for every detector and size.
    """
    height, width = photo.pixels.shape[:2]
    faces: list[FoundFace] = []
    for tiles, both in _levels(width, height):
        largest = max((_size(face) for face in faces), default=0.0)
        if tiles[0].side * SMALLEST_IN_TILE < SMALLEST_OF_LARGEST * largest / 2:
            break
        for tile in tiles:
            for hit in _hits(photo, tile, both):
                if all(_overlap(hit, known) < OVERLAP_SAME_FACE for known in faces) and (
                    face := _confirmed(photo, hit)
                ):
                    faces = _merge([*faces, face])
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


def _confirmed(photo: Photo, hit: FoundFace) -> FoundFace | None:
    """The hit with the bounds of its landmarks as box, or None when the landmark network contradicts itself about it."""
    crop = box_square(hit.box)
    for _ in range(2):
        points = read_mesh(photo, crop)
        if points is None:
            return None
        crop = level_square(points)
    mirrored = read_mesh(photo, replace(crop, side=crop.side * 1.1, mirrored=True))
    if mirrored is None:
        return None
    box = (*points[:, :2].min(0), *points[:, :2].max(0))
    face = FoundFace(tuple(float(v) for v in box), hit.score)
    disagreement = 100 * np.linalg.norm((points - mirrored)[:, :2], axis=1).mean() / max(_size(face), 1e-9)
    limit = MAX_DISAGREEMENT_SURE if hit.score >= SURE_SCORE else MAX_DISAGREEMENT
    return face if disagreement <= limit else None


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
