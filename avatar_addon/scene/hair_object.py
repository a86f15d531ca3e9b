# SPDX-License-Identifier: GPL-3.0-or-later
"""Strand hair: guide curves that grow on the head, follow its shape keys, and are multiplied by Blender's own nodes."""

from __future__ import annotations

import bpy
import numpy as np

from ...inference.bundle import Hair
from ..compat import hair_assets_file, set_interpolation_surface, set_modifier_attribute, set_modifier_input
from .hair_attachment import attach, bind_roots, set_curve_attribute
from .hair_coverage import covered_area, guide_spacing, nearest_centers
from .hair_scalp import Scalp
from .hair_shape import LOCK_CENTER, TIED, frizz_group, shape_group
from .hair_sliders import SHAPE, STRANDS, VIEWPORT_STRANDS, add_sliders, drive
from .hair_worn import HAIRSTYLE
from .head_object import DENSITY_MASK, SCALP_UV_MAP

VIEWPORT_AMOUNT = 0.15
# A guide serves scalp up to this multiple of the usual distance between neighbouring guides.
REACH = 1.6
NOISE_PER_LENGTH = 0.005
LOCK_SPACING = 0.014


def build_hair(
    name: str,
    hair: Hair,
    scalp: Scalp,
    head_object: bpy.types.Object,
    material: bpy.types.Material,
    tail: float = -1.0,
) -> bpy.types.Object:
    """The guides as a Curves object (not yet in a collection), attached to the head. ``hair`` must have strands.

    tail: metres of each strand that hang behind a tie; negative for hair that is not tied.
    """
    curves = bpy.data.hair_curves.new(name)
    guides, points, _ = hair.points.shape
    curves.add_curves([points] * guides)
    curves.position_data.foreach_set("vector", np.ascontiguousarray(hair.points, np.float32).ravel())
    # One segment per pair of points: the default of 12 per pair multiplies the work without being seen.
    set_curve_attribute(curves, "resolution", "INT", "CURVE", np.ones(guides, np.int32))
    profile = np.linspace(1.0, 0.3, points, dtype=np.float32) * hair.radius
    set_curve_attribute(curves, "radius", "FLOAT", "POINT", np.tile(profile, guides))
    uv = np.einsum("nkc,nk->nc", scalp.uv[hair.root_vertices], hair.root_barycentric)
    if np.isnan(uv).any():
        raise ValueError("a hair root lies off the scalp")
    bind_roots(curves, head_object, hair.root_vertices, hair.root_barycentric, uv)
    set_curve_attribute(curves, LOCK_CENTER, "INT", "CURVE", nearest_centers(hair.points[:, 0], LOCK_SPACING))
    set_curve_attribute(curves, TIED, "FLOAT", "CURVE", _tied_share(hair.points, tail))
    curves.surface = head_object
    curves.surface_uv_map = SCALP_UV_MAP
    curves.materials.append(material)
    hair_object = bpy.data.objects.new(name, curves)
    hair_object.parent = head_object
    hair_object[HAIRSTYLE] = hair.style
    _add_modifiers(hair_object, hair, scalp, head_object)
    return hair_object


def set_strand_count(hair_object: bpy.types.Object, strands: float, viewport_amount: float) -> None:
    """Grow about ``strands`` strands in a render and the given share of them in the viewport.

    Fewer strands than the hairstyle's are thicker, so that they cover as much.
    """
    hair_object[STRANDS] = max(round(strands), 1)
    hair_object[VIEWPORT_STRANDS] = max(round(strands * viewport_amount), 1)
    hair_object.update_tag()


def _add_modifiers(hair_object: bpy.types.Object, hair: Hair, scalp: Scalp, head_object: bpy.types.Object) -> None:
    """Reshape the guides, multiply and roughen them at rest, then follow the surface while the face moves."""
    groups = _node_groups("Interpolate Hair Curves", "Hair Curves Noise", "Set Hair Curve Profile")
    strands, reach = max(hair.strands, 1), REACH * guide_spacing(hair.points[:, 0])
    hair_object["strands"], hair_object["radius"] = strands, hair.radius
    add_sliders(hair_object, strands, round(strands * VIEWPORT_AMOUNT), hair.color.melanin, hair.color.redness)

    shape = _add_group(hair_object, shape_group())
    set_modifier_input(shape, "Head", head_object)

    interpolate = _add_group(hair_object, groups["Interpolate Hair Curves"])
    set_interpolation_surface(interpolate, head_object, SCALP_UV_MAP)
    set_modifier_input(interpolate, "Follow Surface Normal", False)
    set_modifier_input(interpolate, "Part by Mesh Islands", False)
    # Each strand copies its nearest guide: a mean of several turns curls to fuzz and bridges partings.
    set_modifier_input(interpolate, "Interpolation Guides", 1)
    set_modifier_input(interpolate, "Distance to Guides", reach)
    set_modifier_attribute(interpolate, "Density Mask", DENSITY_MASK)

    noise = _add_group(hair_object, groups["Hair Curves Noise"])
    length = float(np.linalg.norm(np.diff(hair.points, axis=1), axis=2).sum(1).mean())
    set_modifier_input(noise, "Cumulative Offset", False)
    set_modifier_input(noise, "Distance", NOISE_PER_LENGTH * length)
    set_modifier_input(noise, "Scale", 30.0)
    set_modifier_input(noise, "Scale along Curve", 1.0)
    set_modifier_input(noise, "Offset per Curve", 0.2)
    frizz = _add_group(hair_object, frizz_group())

    profile = _add_group(hair_object, groups["Set Hair Curve Profile"])
    set_modifier_input(profile, "Radius", hair.radius)
    set_modifier_input(profile, "Factor Min", 0.2)
    attachment = attach(hair_object, head_object)

    for slider in SHAPE:
        drive(frizz if slider.name == "Frizz" else shape, slider.name, "v", {"v": slider.name})
    area = covered_area(scalp, hair.points[:, 0], reach)
    drive(interpolate, "Density", f"n / {area:.8f}", {"n": STRANDS})
    drive(interpolate, "Viewport Amount", "clamp(v / max(n, 1))", {"v": VIEWPORT_STRANDS, "n": STRANDS})
    drive(attachment, "Thickness", f"sqrt(max({strands} / max(n, 1), 1))", {"n": STRANDS})


def _tied_share(points: np.ndarray, tail: float) -> np.ndarray:
    """(N,) the share of each strand that lies before its tie; 0 for strands too short to reach one."""
    if tail < 0:
        return np.zeros(len(points), np.float32)
    length = np.linalg.norm(np.diff(points, axis=1), axis=2).sum(1)
    return np.where(length > tail + 0.03, 1 - tail / np.maximum(length, 1e-6), 0).astype(np.float32)


def _add_group(hair_object: bpy.types.Object, group: bpy.types.NodeTree) -> bpy.types.NodesModifier:
    modifier = hair_object.modifiers.new(group.name, "NODES")
    modifier.node_group = group
    return modifier


def _node_groups(*names: str) -> dict[str, bpy.types.NodeTree]:
    """Blender's bundled hair groups, appended once per file."""
    present = {name: bpy.data.node_groups.get(name) for name in names}
    missing = [name for name, group in present.items() if group is None]
    if missing:
        with bpy.data.libraries.load(str(hair_assets_file())) as (_, wanted):
            wanted.node_groups = list(missing)
        present.update(zip(missing, wanted.node_groups, strict=True))
    return present
