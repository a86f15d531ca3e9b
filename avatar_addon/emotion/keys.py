# SPDX-License-Identifier: GPL-3.0-or-later
"""What the buttons do beside setting sliders: the photo's expression, mirroring, keyframes."""

from __future__ import annotations

import bpy

from .sliders import MIRRORED_PHOTO_KEY, PHOTO_KEY, sides, sliders


def show_photo_expression(head_object: bpy.types.Object, amount: float) -> None:
    """Set the photo's own expression from 0 (neutral) to 1 (as in the photo); its mirror image goes."""
    blocks = head_object.data.shape_keys.key_blocks
    blocks[PHOTO_KEY].value = amount
    if MIRRORED_PHOTO_KEY in blocks:
        blocks[MIRRORED_PHOTO_KEY].value = 0.0


def mirror_face(head_object: bpy.types.Object) -> None:
    """Swap the sides of one-sided emotions, the values of shape keys that are a left and right pair, and the photo's expression with its
    mirror image (bundles of before that had one keep it)."""
    for side in sides(head_object).values():
        head_object[side] = 1.0 - head_object[side]
    blocks = head_object.data.shape_keys.key_blocks
    driven = {curve.data_path for curve in head_object.data.shape_keys.animation_data.drivers}
    pairs = [(name, name.removesuffix("Left") + "Right") for name in blocks.keys() if name.endswith("Left")]  # noqa: SIM118  not a dict
    for left, right in ((blocks.get(a), blocks.get(b)) for a, b in (*pairs, (PHOTO_KEY, MIRRORED_PHOTO_KEY))):
        if left and right and left.path_from_id("value") not in driven:
            left.value, right.value = right.value, left.value
    head_object.update_tag()


def keyframe_sliders(head_object: bpy.types.Object, frame: int) -> None:
    """A keyframe of every slider and side."""
    for name in (*sliders(head_object), *sides(head_object).values()):
        head_object.keyframe_insert(f'["{name}"]', frame=frame, group="Emotions")
