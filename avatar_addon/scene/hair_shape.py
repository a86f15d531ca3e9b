# SPDX-License-Identifier: GPL-3.0-or-later
"""Node groups behind the hair's sliders: one reshapes the guides, one roughens the strands grown from them.

Each stage is skipped at its neutral value, so that untouched hair is as it was made. All lengths are metres.
"""

from __future__ import annotations

import bpy

from .node_fields import Fields, Value, finish_group, new_group
from .nodes import add_node

SHAPE_GROUP, FRIZZ_GROUP = "Portrait Avatar Hair Shape", "Portrait Avatar Hair Frizz"
# Attributes of the guides: the guide in the middle of its lock; the share of its length that lies before a tie.
LOCK_CENTER, TIED = "lock_center", "tied"
CLEARANCE = 0.0012
LIFT, LIFT_RAMP, LIFT_END = 0.022, 0.035, 0.16
FLATTEN_REACH = 0.035
CURL_POINTS, CURL_RADIUS, CURL_SHARE = 72, 0.011, 0.10
STRAIGHTEN_PASSES = 14
FRIZZ, FRIZZ_SHARE = 0.035, 0.2


def shape_group() -> bpy.types.NodeTree:
    """Length, volume, curl and clump of guide curves on a head; made once per file."""
    found = bpy.data.node_groups.get(SHAPE_GROUP)
    if found is not None:
        return found
    group, source = new_group(SHAPE_GROUP)
    group.interface.new_socket("Head", in_out="INPUT", socket_type="NodeSocketObject")
    for name, neutral, low, high in (
        ("Length", 1.0, 0.05, 1.6),
        ("Volume", 1.0, 0.0, 2.0),
        ("Curl", 0.0, -1.0, 1.0),
        ("Clump", 0.0, 0.0, 1.0),
    ):
        _number_input(group, name, neutral, low, high)
    fields = Fields(group)
    slider = source.outputs
    skin = _skin_at_rest(fields, slider["Head"])
    curves = slider["Geometry"]
    curves = _stage(fields, slider["Length"], "LESS_THAN", 0.999, curves, _cut(fields, curves, slider["Length"]))
    curves = _stage(fields, slider["Length"], "GREATER_THAN", 1.001, curves, _longer(fields, curves, slider["Length"]))
    curves = _stage(fields, slider["Curl"], "LESS_THAN", -0.001, curves, _straighter(fields, curves, slider["Curl"]))
    curves = _stage(
        fields, slider["Volume"], "LESS_THAN", 0.999, curves, _flatter(fields, curves, skin, slider["Volume"])
    )
    curves = _stage(
        fields, slider["Volume"], "GREATER_THAN", 1.001, curves, _fuller(fields, curves, skin, slider["Volume"])
    )
    curves = _stage(fields, slider["Clump"], "GREATER_THAN", 0.001, curves, _clumped(fields, curves, slider["Clump"]))
    curves = _stage(fields, slider["Curl"], "GREATER_THAN", 0.001, curves, _curlier(fields, curves, slider["Curl"]))
    curves = fields.if_else(_touched(fields, slider), _outside(fields, curves, skin), curves)
    finish_group(group, curves)
    return group


def frizz_group() -> bpy.types.NodeTree:
    """Flyaways of the grown strands, in proportion to their length; made once per file."""
    found = bpy.data.node_groups.get(FRIZZ_GROUP)
    if found is not None:
        return found
    group, source = new_group(FRIZZ_GROUP)
    _number_input(group, "Frizz", 0.0, 0.0, 1.0)
    fields = Fields(group)
    curves, frizz = source.outputs["Geometry"], source.outputs["Frizz"]
    strand = fields.source("GeometryNodeCurveOfPoint", "Curve Index")
    position = fields.source("GeometryNodeInputPosition", "Position")
    # Each strand has its own place in the noise, or neighbours would move together; few are wild.
    own = fields.random(strand, 1)
    place = fields.add(fields.scale(position, 1.0), fields.scale((7.0, 13.0, 29.0), own))
    wide, fine = fields.noise(place, 35.0), fields.scale(fields.noise(place, 160.0), 0.35)
    wild = fields.math("MULTIPLY_ADD", fields.math("POWER", fields.random(strand, 2), 3.0), 1.6, 0.4)
    amount = fields.math("MULTIPLY", _at_most(fields, FRIZZ, FRIZZ_SHARE), fields.math("MULTIPLY", frizz, wild))
    along = fields.math("POWER", fields.source("GeometryNodeSplineParameter", "Factor"), 0.8)
    offset = fields.scale(fields.add(wide, fine), fields.math("MULTIPLY", amount, fields.math("MULTIPLY", along, 2.0)))
    finish_group(
        group, _stage(fields, frizz, "GREATER_THAN", 0.001, curves, fields.moved(curves, fields.add(position, offset)))
    )
    return group


def _stage(
    fields: Fields, slider: Value, comparison: str, bound: float, before: Value, after: Value
) -> bpy.types.NodeSocket:
    return fields.if_else(fields.math(comparison, slider, bound), after, before)


def _cut(fields: Fields, curves: Value, length: Value) -> bpy.types.NodeSocket:
    """Scissors: each strand ends at a share of its length; what lies before a tie is not cut."""
    tied = fields.attribute(TIED, "FLOAT")
    share = fields.math("MULTIPLY_ADD", fields.math("SUBTRACT", 1.0, length), tied, length)
    along = fields.math("MULTIPLY", fields.source("GeometryNodeSplineParameter", "Factor"), share)
    curve = fields.source("GeometryNodeCurveOfPoint", "Curve Index")
    return fields.moved(curves, fields.sample_curve(curves, curve, along))


def _longer(fields: Fields, curves: Value, length: Value) -> bpy.types.NodeSocket:
    """Strands stretched, the more the nearer to the tip, so that the shape on the head stays."""
    factor = fields.source("GeometryNodeSplineParameter", "Factor")
    tied = fields.attribute(TIED, "FLOAT")
    free = fields.math("GREATER_THAN", factor, tied)
    growth = fields.math("MULTIPLY", fields.math("SUBTRACT", length, 1.0), fields.math("MULTIPLY", factor, 2.0))
    extra = fields.running_sum(fields.scale(_step(fields), fields.math("MULTIPLY", growth, free)))
    return fields.moved(curves, fields.add(fields.source("GeometryNodeInputPosition", "Position"), extra))


def _straighter(fields: Fields, curves: Value, curl: Value) -> bpy.types.NodeSocket:
    """Every step of a strand turned towards the strand's general course; its length stays."""
    step = _step(fields)
    length = fields.measure("LENGTH", step)
    course = fields.vector("NORMALIZE", fields.blurred(step, STRAIGHTEN_PASSES))
    own = fields.vector("NORMALIZE", step)
    turned = fields.add(own, fields.scale(fields.vector("SUBTRACT", own, course), curl))
    change = fields.vector("SUBTRACT", fields.scale(fields.vector("NORMALIZE", turned), length), step)
    return fields.moved(
        curves, fields.add(fields.source("GeometryNodeInputPosition", "Position"), fields.running_sum(change))
    )


def _flatter(fields: Fields, curves: Value, skin: Value, volume: Value) -> bpy.types.NodeSocket:
    """Hair near the head comes down to it."""
    position, _, outward, height = _over(fields, skin)
    above = fields.math("MAXIMUM", fields.math("SUBTRACT", height, 2 * CLEARANCE), 0.0)
    share = fields.math("MULTIPLY", fields.math("SUBTRACT", volume, 1.0), fields.decay(above, FLATTEN_REACH))
    return fields.moved(curves, fields.add(position, fields.scale(outward, fields.math("MULTIPLY", above, share))))


def _fuller(fields: Fields, curves: Value, skin: Value, volume: Value) -> bpy.types.NodeSocket:
    """Hair rises from the head soon after its root; the far ends of long hair move less."""
    position, _, outward, height = _over(fields, skin)
    along = fields.source("GeometryNodeSplineParameter", "Length")
    rise = fields.smooth(along, 0.0, LIFT_RAMP)
    near = fields.math("MULTIPLY_ADD", fields.decay(along, LIFT_END), 0.7, 0.3)
    own = fields.decay(height, 0.08)
    # Short hair cannot rise higher than it is long.
    lift = fields.math("MULTIPLY", _at_most(fields, LIFT, 0.5), fields.math("SUBTRACT", volume, 1.0))
    lift = fields.math("MULTIPLY", fields.math("MULTIPLY", lift, rise), fields.math("MULTIPLY", near, own))
    return fields.moved(curves, fields.add(position, fields.scale(outward, lift)))


def _clumped(fields: Fields, curves: Value, clump: Value) -> bpy.types.NodeSocket:
    """Strands run together towards the middle one of their lock."""
    factor = fields.source("GeometryNodeSplineParameter", "Factor")
    center = fields.sample_curve(curves, fields.attribute(LOCK_CENTER, "INT"), factor)
    position = fields.source("GeometryNodeInputPosition", "Position")
    share = fields.math("MULTIPLY", clump, fields.smooth(factor, 0.0, 0.75))
    toward = fields.scale(fields.vector("SUBTRACT", center, position), fields.math("MULTIPLY", share, 0.92))
    return fields.moved(curves, fields.add(position, toward))


def _curlier(fields: Fields, curves: Value, curl: Value) -> bpy.types.NodeSocket:
    """Helices around the strands, in step within a lock: wide waves at first, coils at full."""
    fine = fields.resampled(curves, CURL_POINTS)
    position = fields.source("GeometryNodeInputPosition", "Position")
    tangent = fields.source("GeometryNodeInputTangent", "Tangent")
    side = fields.source("GeometryNodeInputNormal", "Normal")
    other = fields.vector("CROSS_PRODUCT", tangent, side)
    along = fields.source("GeometryNodeSplineParameter", "Length")
    turns = fields.math("MULTIPLY_ADD", curl, 30.0, 18.0)
    lock = fields.attribute(LOCK_CENTER, "INT")
    strand = fields.source("GeometryNodeCurveOfPoint", "Curve Index")
    start = fields.math("MULTIPLY_ADD", fields.random(strand, 3), 0.12, fields.random(lock, 4))
    angle = fields.math("MULTIPLY", fields.math("MULTIPLY_ADD", along, turns, start), 6.2831853)
    ramp = fields.math("MULTIPLY", fields.smooth(along, 0.004, 0.05), fields.math("POWER", curl, 0.7))
    radius = fields.math("MULTIPLY", _at_most(fields, CURL_RADIUS, CURL_SHARE), ramp)
    circle = fields.add(
        fields.scale(side, fields.math("COSINE", angle)), fields.scale(other, fields.math("SINE", angle))
    )
    return fields.moved(fine, fields.add(position, fields.scale(circle, radius)))


def _outside(fields: Fields, curves: Value, skin: Value) -> bpy.types.NodeSocket:
    """Points under the skin, or closer than hair lies on it, come out."""
    position, normal, _, _ = _over(fields, skin)
    surface = fields.nearest(skin, fields.source("GeometryNodeInputPosition", "Position"))
    height = fields.measure("DOT_PRODUCT", fields.vector("SUBTRACT", position, surface), normal)
    along = fields.source("GeometryNodeSplineParameter", "Length")
    wanted = fields.math("MINIMUM", fields.math("MULTIPLY", along, 0.3), CLEARANCE)
    missing = fields.math("MAXIMUM", fields.math("SUBTRACT", wanted, height), 0.0)
    return fields.moved(curves, fields.add(position, fields.scale(normal, missing)))


def _touched(fields: Fields, slider: bpy.types.bpy_prop_collection) -> bpy.types.NodeSocket:
    """Whether any slider is off its neutral value."""
    off = [fields.math("ABSOLUTE", fields.math("SUBTRACT", slider[name], 1.0)) for name in ("Length", "Volume")]
    off += [fields.math("ABSOLUTE", slider[name]) for name in ("Curl", "Clump")]
    total = fields.math("ADD", fields.math("ADD", off[0], off[1]), fields.math("ADD", off[2], off[3]))
    return fields.math("GREATER_THAN", total, 0.001)


def _over(fields: Fields, skin: Value) -> tuple[bpy.types.NodeSocket, ...]:
    """Of each point: its position, the normal of the nearest skin, the direction away from it, and its distance."""
    position = fields.source("GeometryNodeInputPosition", "Position")
    surface = fields.nearest(skin, position)
    normal = fields.nearest(skin, fields.source("GeometryNodeInputNormal", "Normal"))
    away = fields.vector("SUBTRACT", position, surface)
    height = fields.measure("LENGTH", away)
    # Close to the skin the way from it is ill-defined, its normal is not.
    share = fields.math("MINIMUM", fields.math("DIVIDE", height, 0.01), 1.0)
    mixed = fields.add(normal, fields.scale(fields.vector("SUBTRACT", fields.vector("NORMALIZE", away), normal), share))
    return position, normal, fields.vector("NORMALIZE", mixed), height


def _step(fields: Fields) -> bpy.types.NodeSocket:
    """The way from the point before; zero at the root."""
    before = add_node(fields.tree, "GeometryNodeOffsetPointInCurve", {"Offset": -1})
    position = fields.source("GeometryNodeInputPosition", "Position")
    way = fields.vector("SUBTRACT", position, fields.at_point(position, before.outputs["Point Index"]))
    return fields.scale(way, before.outputs["Is Valid Offset"])


def _at_most(fields: Fields, metres: float, share: float) -> bpy.types.NodeSocket:
    """A length that short strands have less of: ``share`` of theirs, ``metres`` at most."""
    length = fields.source("GeometryNodeSplineLength", "Length")
    return fields.math("MINIMUM", fields.math("MULTIPLY", length, share), metres)


def _skin_at_rest(fields: Fields, head: Value) -> bpy.types.NodeSocket:
    """The head before shape keys and armature: guides stand on that."""
    info = add_node(fields.tree, "GeometryNodeObjectInfo", {"Object": head}, transform_space="RELATIVE")
    return fields.moved(info.outputs["Geometry"], fields.attribute("rest_position", "FLOAT_VECTOR"))


def _number_input(group: bpy.types.NodeTree, name: str, neutral: float, low: float, high: float) -> None:
    socket = group.interface.new_socket(name, in_out="INPUT", socket_type="NodeSocketFloat")
    socket.default_value, socket.min_value, socket.max_value = neutral, low, high
