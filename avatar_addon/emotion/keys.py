# SPDX-License-Identifier: GPL-3.0-or-later
"""What the buttons do beside setting sliders: the photo's expression, mirroring, keyframes."""

from __future__ import annotations

import bpy

from .sliders import PHOTO_KEY, sides, sliders


def show_photo_expression(head_object: bpy.types.Object, amount: float) -> None:
    """Set the photo's own expression from 0 (neutral) to 1 (as in the photo)."""
    head_object.data.shape_keys.key_blocks[PHOTO_KEY].value = amount


def mirror_face(head_object: bpy.types.Object) -> None:
    """Swap the sides of one-sided emotions and the values of shape keys that are a left and right pair.

    The photo's own expression is one key for both halves and stays.
    """
    for side in sides(head_object).values():
        head_object[side] = 1.0 - head_object[side]
    blocks = head_object.data.shape_keys.key_blocks
    driven = {curve.data_path for curve in head_object.data.shape_keys.animation_data.drivers}
    for left in blocks:
        right = blocks.get(left.name.removesuffix("Left") + "Right") if left.name.endswith("Left") else None
        if right is not None and left.path_from_id("value") not in driven:
            left.value, right.value = right.value, left.value
    head_object.update_tag()


def keyframe_sliders(head_object: bpy.types.Object, frame: int) -> None:
    """A keyframe of every slider and side."""
    for name in (*sliders(head_object), *sides(head_object).values()):
        head_object.keyframe_insert(f'["{name}"]', frame=frame, group="Emotions")
