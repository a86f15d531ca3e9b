# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a new avatar stands: at the origin, or beside what is there already."""

from __future__ import annotations

import bpy
from mathutils import Vector

SPACING = 0.6
# Half the room of a head with long hair, in metres.
ROOM = Vector((0.28, 0.28, 0.4))
FARTHEST = 200


def free_place(scene: bpy.types.Scene) -> float:
    """X of the first place, in steps of SPACING from the origin, where no mesh or hair of the scene stands; Blender's cube is one."""
    boxes = [
        _bounds(item) for item in scene.objects if item.type in {"MESH", "CURVES", "CURVE", "SURFACE", "FONT", "META"}
    ]
    places = (SPACING * number for number in range(FARTHEST))
    return next((x for x in places if not any(_meets(x, low, high) for low, high in boxes)), SPACING * FARTHEST)


def _bounds(item: bpy.types.Object) -> tuple[Vector, Vector]:
    corners = [item.matrix_world @ Vector(corner) for corner in item.bound_box]
    return tuple(Vector(choose(values) for values in zip(*corners, strict=True)) for choose in (min, max))


def _meets(x: float, low: Vector, high: Vector) -> bool:
    middle = (x, 0.0, 0.0)
    return all(low[axis] < middle[axis] + ROOM[axis] and high[axis] > middle[axis] - ROOM[axis] for axis in range(3))
