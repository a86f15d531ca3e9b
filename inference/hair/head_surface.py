# SPDX-License-Identifier: GPL-3.0-or-later
"""One head made ready for hair: measures, distance field, and where the roots of a style stand on it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ..head.flame.mesh import open_rims
from ..head.model import HeadModel
from .anatomy import Anatomy, measure
from .distance import DistanceField, distance_field
from .scalp import Roots, hairline, scalp_normals, scattered_roots
from .style import Hairline
from .variation import unit

METRES_PER_DEGREE = np.pi / 180 * 0.095


@dataclass(frozen=True)
class HeadSurface:
    """A head model with one person's neutral vertices (V, 3), their normals on the scalp, and what hair needs to know about it."""

    model: HeadModel
    vertices: NDArray
    normals: NDArray
    anatomy: Anatomy
    distance: DistanceField


@dataclass(frozen=True)
class Sites:
    """Roots as they stand on one head, N of them.

    points, normals: (N, 3). azimuth, elevation: degrees. edge: metres inside the hairline.
    rise: 0 at the hairline's lowest .. 1 at the crown.
    """

    roots: Roots
    points: NDArray
    normals: NDArray
    azimuth: NDArray
    elevation: NDArray
    edge: NDArray
    rise: NDArray

    def __len__(self) -> int:
        return len(self.points)

    def __getitem__(self, index: NDArray) -> Sites:
        return Sites(*(getattr(self, item.name)[index] for item in fields(self)))


def prepare_head(model: HeadModel, vertices: NDArray) -> HeadSurface:
    """Measures and distance field of one person's head (0.3 s); keep it for as many styles as wanted."""
    skin = model.surface.triangles(model.surface.part_names[0])
    normals = scalp_normals(model, vertices)
    field = distance_field(vertices, skin, floor=_neck_rim(model, vertices, skin))
    return HeadSurface(model, vertices, normals, measure(model, vertices), field)


def _neck_rim(model: HeadModel, vertices: NDArray, skin: NDArray) -> float | None:
    """The height of the highest point of the neck's rim, where the head ends there and not below the hair, at a bust."""
    if np.any(model.masks.get("bust", 0)):
        return None
    rims = [vertices[rim, 2] for rim in open_rims(skin)]
    return float(min(rims, key=np.mean).max()) if rims else None


def plant(head: HeadSurface, line: Hairline, count: int) -> Sites:
    """The sites of about ``count`` roots inside a style's hairline."""
    roots = _roots(head.model, count)
    points = roots.points(head.vertices.astype(np.float64))
    azimuth, elevation = head.anatomy.azimuth(points), head.anatomy.elevation(points)
    border = hairline(head.anatomy, azimuth, line.height, line.recession, line.nape)
    inside = elevation > border
    roots, points = roots[inside], points[inside]
    azimuth, elevation, border = azimuth[inside], elevation[inside], border[inside]
    return Sites(
        roots=roots,
        points=points,
        normals=unit(roots.points(head.normals)),
        azimuth=azimuth,
        elevation=elevation,
        edge=(elevation - border) * METRES_PER_DEGREE * head.anatomy.scale,
        rise=np.clip((elevation + 40) / 130, 0, 1),
    )


@lru_cache(maxsize=16)
def _roots(model: HeadModel, count: int) -> Roots:
    """Roots of a model at one density; the same for every person."""
    return scattered_roots(model, count)
