# SPDX-License-Identifier: GPL-3.0-or-later
"""The emotion sliders of a head, as custom properties: making, reading and setting them."""

from __future__ import annotations

from collections.abc import Mapping

import bpy

# The shape keys with the expression the person has in the photo, and with its left and right exchanged.
PHOTO_KEY = "As in photo"
MIRRORED_PHOTO_KEY = "As in photo mirrored"
# Custom property of the head with what its sliders and driven keys are; the drivers do without it.
RECIPE = "avatar_emotions"


def slider_name(emotion: str) -> str:
    """The custom property's name of a bundle's emotion: "happiness" -> "Happiness"."""
    return emotion[:1].upper() + emotion[1:]


def side_name(slider: str) -> str:
    """The custom property of a one-sided emotion that says which half of the face shows it."""
    return f"{slider} Side"


def add_slider(head_object: bpy.types.Object, slider: str, emotion: str) -> None:
    """An animatable, overridable property from 0 to 1."""
    _add(head_object, slider, f"How strongly the face shows {emotion}: 0 is neutral, 1 is full")


def add_side(head_object: bpy.types.Object, name: str, emotion: str) -> None:
    """An animatable, overridable property: 0 right, 1 left, from the subject's point of view."""
    _add(
        head_object,
        name,
        f"Which half of the face shows {emotion}: 0 is the person's right, 1 the left, between is both",
    )


def sliders(head_object: bpy.types.Object) -> list[str]:
    """Names of the head's emotion sliders, in the bundle's order."""
    return [entry["name"] for entry in _entries(head_object)]


def sides(head_object: bpy.types.Object) -> dict[str, str]:
    """One-sided slider -> the property of its side."""
    return {entry["name"]: entry["side"] for entry in _entries(head_object) if entry["side"]}


def photo_values(head_object: bpy.types.Object) -> dict[str, float]:
    """Slider -> value nearest to the photo's expression."""
    return {entry["name"]: entry["photo"] for entry in _entries(head_object)}


def set_sliders(head_object: bpy.types.Object, values: Mapping[str, float]) -> None:
    """Set the named sliders and all others to 0."""
    for slider in sliders(head_object):
        head_object[slider] = float(min(max(values.get(slider, 0.0), 0.0), 1.0))
    head_object.update_tag()


def _entries(head_object: bpy.types.Object) -> list[Mapping[str, object]]:
    return list(head_object[RECIPE]["sliders"]) if RECIPE in head_object else []


def _add(head_object: bpy.types.Object, name: str, description: str) -> None:
    head_object[name] = 0.0
    head_object.id_properties_ui(name).update(
        min=0.0, max=1.0, soft_min=0.0, soft_max=1.0, default=0.0, subtype="FACTOR", description=description
    )
    head_object.property_overridable_library_set(f'["{name}"]', True)
