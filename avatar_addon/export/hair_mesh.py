# SPDX-License-Identifier: GPL-3.0-or-later
"""The avatar's strands as a mesh object for programs without hair curves."""

from __future__ import annotations

from dataclasses import dataclass

import bpy
import numpy as np

from ..scene.hair_object import set_strand_count
from .strand_mesh import StrandMesh, Strands, resample, ribbons, tubes

KINDS = {"RIBBONS": ribbons, "TUBES": tubes}
# Wider strips look like straw.
MAX_WIDTH = 0.0022
COVER = 0.6


@dataclass(frozen=True)
class HairDetail:
    """kind: "RIBBONS" or "TUBES"; strands: the budget; points: per strand."""

    kind: str = "RIBBONS"
    strands: int = 5000
    points: int = 10


def hair_mesh(name: str, hair_object: bpy.types.Object, center: np.ndarray, detail: HairDetail) -> bpy.types.Object:
    """A mesh object (not in a collection) of the hair as its modifiers make it now, with at most ``detail.strands``.

    ``hair_object`` is a copy the caller will delete: its strand count is changed. center (3,): where the strips look
    away from, in the hair's own space.
    """
    radius, wanted = hair_object["radius"], hair_object["strands"]
    set_strand_count(hair_object, min(detail.strands, wanted), 1.0)
    strands = evaluated_strands(hair_object)
    strands = _at_most(strands, detail.strands)
    # Fewer strands must cover what all of them did; they overlap, so not the whole width is needed.
    width = np.clip(COVER * 2 * radius * wanted / max(len(strands), 1), 2 * radius, MAX_WIDTH)
    woven = KINDS[detail.kind](resample(strands, detail.points), float(width), center)
    return mesh_object(name, woven)


def evaluated_strands(hair_object: bpy.types.Object) -> Strands:
    """The strands as the object's modifiers make them now, in its own space."""
    depsgraph = bpy.context.evaluated_depsgraph_get()
    depsgraph.update()
    curves = hair_object.evaluated_get(depsgraph).data
    points = np.empty(len(curves.points) * 3, np.float32)
    curves.position_data.foreach_get("vector", points)
    starts = np.empty(len(curves.curves) + 1, np.int32)
    curves.curve_offset_data.foreach_get("value", starts)
    return Strands(points.reshape(-1, 3), starts)


def _at_most(strands: Strands, budget: int) -> Strands:
    """A fixed random choice of ``budget`` strands: random scattering overshoots a little."""
    if len(strands) <= budget:
        return strands
    chosen = np.sort(np.random.default_rng(0).permutation(len(strands))[:budget])
    lengths = np.diff(strands.starts)[chosen]
    starts = np.concatenate([[0], np.cumsum(lengths)])
    index = np.repeat(strands.starts[:-1][chosen] - starts[:-1], lengths) + np.arange(starts[-1])
    return Strands(strands.points[index], starts)


def mesh_object(name: str, woven: StrandMesh) -> bpy.types.Object:
    """A smooth mesh object (not in a collection) with one map of texture coordinates."""
    mesh = bpy.data.meshes.new(name)
    mesh.vertices.add(len(woven.vertices))
    mesh.vertices.foreach_set("co", woven.vertices.ravel())
    mesh.loops.add(woven.quads.size)
    mesh.loops.foreach_set("vertex_index", woven.quads.ravel())
    mesh.polygons.add(len(woven.quads))
    mesh.polygons.foreach_set("loop_start", np.arange(len(woven.quads), dtype=np.int32) * 4)
    mesh.polygons.foreach_set("use_smooth", np.ones(len(woven.quads), bool))
    mesh.update(calc_edges=True)
    layer = mesh.uv_layers.new(name="UVMap", do_init=False)
    layer.uv.foreach_set("vector", woven.uv[woven.quads.ravel()].ravel())
    return bpy.data.objects.new(name, mesh)
