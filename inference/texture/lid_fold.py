# SPDX-License-Identifier: GPL-3.0-or-later
"""The skin that open eyes fold away under the upper lid.

In the photo it is a thin dark line of lashes and shadow; a blink unrolls it, so its colour must come from the skin around.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ..head.model import HeadModel
from ..smoothstep import smoothstep

UNROLLS = 1.5, 2.3  # growth of a vertex's area in a blink: seen well when open, folded away when open


@lru_cache(maxsize=4)
def folded_lids(model: HeadModel) -> NDArray[np.float32]:
    """(V,) in [0, 1]; zero for heads without a blink."""
    blinks = [k for k, name in enumerate(model.expression_names) if name.startswith("eyeBlink")]
    triangles = model.surface.triangles("skin")
    closed = model.template + model.expression_basis[blinks].sum(0)
    growth = _vertex_areas(closed, triangles) / np.maximum(_vertex_areas(model.template, triangles), 1e-9)
    return smoothstep(*UNROLLS, growth).astype(np.float32)


def _vertex_areas(vertices: NDArray, triangles: NDArray) -> NDArray:
    a, b, c = (vertices[triangles[:, k]] for k in range(3))
    area = np.linalg.norm(np.cross(b - a, c - a), axis=1)
    return sum(np.bincount(triangles[:, k], area, len(vertices)) for k in range(3))
