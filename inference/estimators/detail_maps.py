# SPDX-License-Identifier: GPL-3.0-or-later
"""What DECA knows beyond the mesh, as pictures over FLAME's chart: displacement, normals, albedo."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..bundle import DISPLACEMENT_SPAN
from ..deca.detail import (
    SIDE,
    TexelTable,
    detail_normals,
    displacement_picture,
    normal_picture,
    tangent_frames,
    tangent_normals,
    texel_table,
)
from ..face.types import FaceFit
from ..head.flame.albedo import AlbedoSpace, read_albedo
from ..head.flame.asset_files import read_fixed_displacement, read_mask
from ..head.model import HeadModel
from ..weights.registry import remembered
from .heads import has_flame_chart

NO_CHART = "DECA's detail was left out, because FLAME's texture chart (head_template.obj) is not known."


def detail_maps(model: HeadModel, fit: FaceFit, displacement: NDArray) -> tuple[dict[str, NDArray], dict[str, object]]:
    """(pictures "displacement" and "normal", report) of a displacement (256, 256) in metres on the fitted head at rest.

    The head must have FLAME's own texture chart.
    """
    known = remembered()
    fixed = np.zeros((SIDE, SIDE))
    if (path := known.get("fixed_displacement")) and path.is_file():
        fixed = read_fixed_displacement(path)
    table, triangles = _table(model), model.surface.triangles("skin")
    if (path := known.get("face_mask")) and path.is_file():
        mask = read_mask(path)
    else:
        mask = table.spread(model.masks["face"][:, None])[..., 0]
    vertices = model.shaped(fit.shape, None, fit.offsets).astype(np.float64)
    normals = detail_normals(table, vertices, triangles, displacement, fixed, mask)
    frames = tangent_frames(vertices, triangles, model.surface.uv, model.surface.uv_triangles("skin"))
    pictures = {
        "displacement": displacement_picture((displacement + fixed) * table.covered, DISPLACEMENT_SPAN),
        "normal": normal_picture(tangent_normals(table, frames, normals)),
    }
    return pictures, {"detail_mm": round(1000 * float(np.abs(displacement).max()), 3)}


@lru_cache(maxsize=2)
def _table(model: HeadModel) -> TexelTable:
    return texel_table(model.surface.uv, model.surface.uv_triangles("skin"), model.surface.triangles("skin"))


def albedo_map(codes: NDArray) -> tuple[dict[str, NDArray], dict[str, object]]:
    """(picture "albedo", report) of DECA's albedo codes (50,), when an albedo space is known and the chart is FLAME's."""
    known = remembered()
    path = next((known[kind] for kind in ("flame_albedo", "flame_texture") if kind in known), None)
    if path is None or not path.is_file() or not has_flame_chart():
        return {}, {}
    space = _space(path, path.stat().st_mtime_ns)
    note = (
        {}
        if space.kind == "BFM"
        else {"albedo": "DECA's albedo codes were trained for the BFM space: colours are arbitrary."}
    )
    picture = np.round(255 * np.clip(space.picture(codes), 0, 1)).astype(np.uint8)
    return {"albedo": picture}, note


@lru_cache(maxsize=1)
def _space(path: Path, _changed: int) -> AlbedoSpace:
    return read_albedo(path)
