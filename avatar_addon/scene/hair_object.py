# SPDX-License-Identifier: GPL-3.0-or-later
"""Strand hair: guide curves that grow on the head, follow its shape keys, and are multiplied by Blender's own nodes."""

from __future__ import annotations

import bpy
import numpy as np

from ...inference.bundle import Hair, HeadMesh
from ..compat import hair_assets_file, set_interpolation_surface, set_modifier_attribute, set_modifier_input
from .hair_coverage import covered_area, distance_to_roots, guide_spacing
from .head_object import DENSITY_MASK, SCALP_UV_MAP
from .skin_material import UNDER_HAIR

VIEWPORT_AMOUNT = 0.15
DEFORM_GROUP = "Portrait Avatar Follow Surface"
# A guide serves scalp up to this multiple of the usual distance between neighbouring guides.
REACH = 1.6
NOISE_PER_LENGTH = 0.012


def build_hair(
    name: str, hair: Hair, head: HeadMesh, head_object: bpy.types.Object, material: bpy.types.Material
) -> bpy.types.Object:
    """The guides as a Curves object (not yet in a collection), attached to the head. ``hair`` must have strands."""
    curves = bpy.data.hair_curves.new(name)
    guides, points, _ = hair.points.shape
    curves.add_curves([points] * guides)
    curves.position_data.foreach_set("vector", np.ascontiguousarray(hair.points, np.float32).ravel())
    # One segment per pair of points: the default of 12 per pair multiplies the work without being seen.
    _curve_attribute(curves, "resolution", "INT", "CURVE", np.ones(guides, np.int32))
    profile = np.linspace(1.0, 0.3, points, dtype=np.float32) * hair.radius
    _curve_attribute(curves, "radius", "FLOAT", "POINT", np.tile(profile, guides))
    uv = np.einsum("nkc,nk->nc", head.scalp_uv[hair.root_vertices], hair.root_barycentric)
    if np.isnan(uv).any():
        raise ValueError("a hair root lies off the scalp")
    coordinate = curves.attributes.new("surface_uv_coordinate", "FLOAT2", "CURVE")
    coordinate.data.foreach_set("vector", np.ascontiguousarray(uv, np.float32).ravel())
    _mark_scalp(head_object, head, hair.points[:, 0])
    curves.surface = head_object
    curves.surface_uv_map = SCALP_UV_MAP
    curves.materials.append(material)
    hair_object = bpy.data.objects.new(name, curves)
    hair_object.parent = head_object
    _add_modifiers(hair_object, hair, head, head_object)
    return hair_object


def set_strand_count(hair_object: bpy.types.Object, strands: float, viewport_amount: float) -> None:
    """Grow about ``strands`` strands in a render and the given share of them in the viewport.

    Fewer strands than the hairstyle's are thicker, so that they cover as much.
    """
    modifier = hair_object.modifiers["Interpolate Hair Curves"]
    set_modifier_input(modifier, "Density", strands / hair_object["hair_area"])
    set_modifier_input(modifier, "Viewport Amount", viewport_amount)
    thickening = max(hair_object["strands"] / strands, 1.0) ** 0.5
    profile = hair_object.modifiers["Set Hair Curve Profile"]
    set_modifier_input(profile, "Radius", hair_object["radius"] * thickening)
    hair_object.update_tag()


def _add_modifiers(hair_object: bpy.types.Object, hair: Hair, head: HeadMesh, head_object: bpy.types.Object) -> None:
    """Interpolate and roughen at rest, then follow the surface: strands keep their places while the face moves."""
    groups = _node_groups("Interpolate Hair Curves", "Hair Curves Noise", "Set Hair Curve Profile")
    reach = REACH * guide_spacing(hair.points[:, 0])
    interpolate = _add_group(hair_object, groups["Interpolate Hair Curves"])
    set_interpolation_surface(interpolate, head_object, SCALP_UV_MAP)
    set_modifier_input(interpolate, "Follow Surface Normal", False)
    set_modifier_input(interpolate, "Part by Mesh Islands", False)
    # Each strand copies its nearest guide: a mean of several turns curls to fuzz and bridges partings.
    set_modifier_input(interpolate, "Interpolation Guides", 1)
    set_modifier_input(interpolate, "Distance to Guides", reach)
    set_modifier_attribute(interpolate, "Density Mask", DENSITY_MASK)
    hair_object["hair_area"] = covered_area(head, hair.points[:, 0], reach)
    noise = _add_group(hair_object, groups["Hair Curves Noise"])
    length = float(np.linalg.norm(np.diff(hair.points, axis=1), axis=2).sum(1).mean())
    set_modifier_input(noise, "Cumulative Offset", False)
    set_modifier_input(noise, "Distance", NOISE_PER_LENGTH * length)
    set_modifier_input(noise, "Scale", 30.0)
    set_modifier_input(noise, "Scale along Curve", 1.0)
    set_modifier_input(noise, "Offset per Curve", 0.2)

    profile = _add_group(hair_object, groups["Set Hair Curve Profile"])
    set_modifier_input(profile, "Factor Min", 0.35)

    _add_group(hair_object, _follow_surface_group())
    hair_object["strands"], hair_object["radius"] = hair.strands, hair.radius
    set_strand_count(hair_object, hair.strands, VIEWPORT_AMOUNT)


def _mark_scalp(head_object: bpy.types.Object, head: HeadMesh, roots: np.ndarray) -> None:
    """Write on the head where hair covers the scalp, for the skin's material."""
    reach = guide_spacing(roots)
    scalp = np.flatnonzero(~np.isnan(head.scalp_uv[:, 0]))
    covered = np.zeros(len(head.vertices), np.float32)
    covered[scalp] = np.clip(2.5 - distance_to_roots(head.vertices[scalp], roots) / reach, 0, 1)
    head_object.data.attributes.new(UNDER_HAIR, "FLOAT", "POINT").data.foreach_set("value", covered)


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


def _follow_surface_group() -> bpy.types.NodeTree:
    group = bpy.data.node_groups.get(DEFORM_GROUP)
    if group is None:
        group = bpy.data.node_groups.new(DEFORM_GROUP, "GeometryNodeTree")
        group.is_modifier = True
        group.interface.new_socket("Geometry", in_out="INPUT", socket_type="NodeSocketGeometry")
        group.interface.new_socket("Geometry", in_out="OUTPUT", socket_type="NodeSocketGeometry")
        source, deform, result = (
            group.nodes.new(kind) for kind in ("NodeGroupInput", "GeometryNodeDeformCurvesOnSurface", "NodeGroupOutput")
        )
        group.links.new(source.outputs[0], deform.inputs[0])
        group.links.new(deform.outputs[0], result.inputs[0])
        source.location.x, result.location.x = -250, 250
    return group


def _curve_attribute(curves: bpy.types.Curves, name: str, kind: str, domain: str, values: np.ndarray) -> None:
    attribute = curves.attributes.get(name) or curves.attributes.new(name, kind, domain)
    attribute.data.foreach_set("value", values)
