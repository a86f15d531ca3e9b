# SPDX-License-Identifier: GPL-3.0-or-later
"""Emotion sliders: custom properties on the head that drive shape keys.

The drivers are simple expressions, which Blender evaluates itself: they work with auto-run scripts off and without
the add-on. An emotion may be given at several levels of its slider; the keys between are blended by hat functions.
"""

from __future__ import annotations

import bpy
import numpy as np

from ...inference.bundle import HeadMesh
from .head_object import add_shape_key

DESCRIPTION = "How strongly the face shows {emotion}: 0 is neutral, 1 is full"


def slider_name(emotion: str) -> str:
    """The custom property's name of a bundle's emotion: "happiness" -> "Happiness"."""
    return emotion[:1].upper() + emotion[1:]


def add_emotions(head_object: bpy.types.Object, head: HeadMesh) -> None:
    """Add a slider and driven shape keys for each emotion of the bundle."""
    for emotion, deltas in zip(head.emotion_names, head.emotion_deltas, strict=True):
        slider = slider_name(emotion)
        _add_slider(head_object, slider, emotion)
        for index, level in enumerate(head.emotion_levels):
            key_name = slider if index == len(head.emotion_levels) - 1 else f"{slider} {level:.0%}"
            key = add_shape_key(head_object, key_name, head.vertices + deltas[index])
            _drive(key, head_object, slider, hat_expression(head.emotion_levels, index))


def sliders(head_object: bpy.types.Object) -> list[str]:
    """Names of the head's emotion sliders, in the bundle's order."""
    return [name for name in head_object.keys() if isinstance(head_object[name], float)]  # noqa: SIM118


def hat_expression(levels: np.ndarray, index: int) -> str:
    """The weight of level ``index`` as a function of the slider ``v``: 1 at its own level, 0 at its neighbours and beyond.

    Below the first level the neighbour is 0; the last level stays at 1 beyond itself.
    """
    own = float(levels[index])
    before = float(levels[index - 1]) if index else 0.0
    rise = f"(v - {before:.6g}) / {own - before:.6g}"
    if index == len(levels) - 1:
        return f"min(max({rise}, 0), 1)"
    after = float(levels[index + 1])
    return f"max(min({rise}, ({after:.6g} - v) / {after - own:.6g}), 0)"


def _add_slider(head_object: bpy.types.Object, slider: str, emotion: str) -> None:
    head_object[slider] = 0.0
    head_object.id_properties_ui(slider).update(
        min=0.0,
        max=1.0,
        soft_min=0.0,
        soft_max=1.0,
        default=0.0,
        subtype="FACTOR",
        description=DESCRIPTION.format(emotion=emotion),
    )
    head_object.property_overridable_library_set(f'["{slider}"]', True)


def _drive(key: bpy.types.ShapeKey, head_object: bpy.types.Object, slider: str, expression: str) -> None:
    curve = key.driver_add("value")
    # Before 5.0 a new driver brings a Generator modifier (y = x), which only costs time.
    for modifier in list(curve.modifiers):
        curve.modifiers.remove(modifier)
    driver = curve.driver
    driver.type = "SCRIPTED"
    variable = driver.variables.new()
    variable.name = "v"
    variable.targets[0].id = head_object
    variable.targets[0].data_path = f'["{slider}"]'
    driver.expression = expression
