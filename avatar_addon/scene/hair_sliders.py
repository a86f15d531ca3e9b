# SPDX-License-Identifier: GPL-3.0-or-later
"""The sliders of a hairstyle: custom properties on its object.

Blender's own drivers carry the shape to the modifiers; the material reads the colours itself. They work without the add-on.
"""

from __future__ import annotations

from dataclasses import dataclass

import bpy

from ..compat import modifier_input_path
from . import drivers

STRANDS, VIEWPORT_STRANDS = "Strands", "Viewport strands"
DYE_COLOR = "Dye colour"


@dataclass(frozen=True)
class Slider:
    """A custom property: its neutral value, its range, and what it says about itself."""

    name: str
    neutral: float
    low: float
    high: float
    description: str


SHAPE = (
    Slider("Length", 1.0, 0.05, 1.6, "Below 1 the hair is cut to this share of its length, above 1 it grows longer"),
    Slider("Volume", 1.0, 0.0, 2.0, "How far the hair stands off the head: 0 lies flat, 2 is twice as full"),
    Slider("Curl", 0.0, -1.0, 1.0, "Above 0 waves and then coils are added, below 0 the hair is straightened"),
    Slider("Frizz", 0.0, 0.0, 1.0, "Stray, roughened strands"),
    Slider("Clump", 0.0, 0.0, 1.0, "How much strands run together into locks towards their tips"),
)
COLOR = (
    Slider("Melanin", 0.5, 0.0, 1.0, "Natural pigment: 0 white, 0.1 blond, 0.3 brown, 0.7 black"),
    Slider("Redness", 0.5, 0.0, 1.0, "Share of red pigment: 0 ash, 1 copper"),
    Slider("Root darkness", 0.25, 0.0, 0.95, "How much darker the hair is at its roots"),
    Slider("Grey", 0.0, 0.0, 1.0, "Share of strands without pigment"),
    Slider("Dye", 0.0, 0.0, 1.0, "How much of the dye's colour replaces the natural one"),
)
DYE_DESCRIPTION = "The colour that the slider Dye brings in"
STRANDS_DESCRIPTION = "How many strands a render shows; fewer are drawn thicker"
VIEWPORT_DESCRIPTION = "How many strands the viewport shows; keep it low while posing"


def add_sliders(hair_object: bpy.types.Object, strands: int, viewport: int, melanin: float, redness: float) -> None:
    """Add all sliders at their neutral values; the pigments start at the values measured in the photo."""
    start = {"Melanin": melanin, "Redness": redness}
    for slider in (*SHAPE, *COLOR):
        value = start.get(slider.name, slider.neutral)
        add_slider(hair_object, slider.name, value, slider.low, slider.high, slider.description)
    hair_object[DYE_COLOR] = (0.35, 0.02, 0.05)
    hair_object.id_properties_ui(DYE_COLOR).update(
        min=0.0, max=1.0, subtype="COLOR", default=(0.35, 0.02, 0.05), description=DYE_DESCRIPTION
    )
    hair_object.property_overridable_library_set(f'["{DYE_COLOR}"]', True)
    for name, value, text in (
        (STRANDS, strands, STRANDS_DESCRIPTION),
        (VIEWPORT_STRANDS, viewport, VIEWPORT_DESCRIPTION),
    ):
        hair_object[name] = int(value)
        _describe(hair_object, name, 1, 200_000, int(value), text)


def add_slider(owner: bpy.types.Object, name: str, neutral: float, low: float, high: float, text: str) -> None:
    """One custom property of an object, at its neutral value."""
    owner[name] = float(neutral)
    _describe(owner, name, low, high, float(neutral), text, subtype="FACTOR")


def reset_sliders(hair_object: bpy.types.Object) -> None:
    """All sliders back to where they started."""
    for name in slider_names():
        hair_object[name] = hair_object.id_properties_ui(name).as_dict()["default"]
    hair_object.update_tag()


def copy_colors(source: bpy.types.Object, target: bpy.types.Object) -> None:
    """A person keeps the hair's colour with another hairstyle."""
    for name in (*(slider.name for slider in COLOR), DYE_COLOR):
        if name in source and name in target:
            target[name] = source[name]


def slider_names() -> tuple[str, ...]:
    """Names of all sliders, in the order to show them."""
    return (*(slider.name for slider in (*SHAPE, *COLOR)), DYE_COLOR, STRANDS, VIEWPORT_STRANDS)


def drive(modifier: bpy.types.NodesModifier, name: str, expression: str, variables: dict[str, str]) -> None:
    """A modifier's input follows custom properties of its object. variables: name in the expression -> property."""
    hair_object = modifier.id_data
    drivers.drive(hair_object.driver_add(modifier_input_path(modifier, name)), hair_object, expression, variables)


def _describe(
    hair_object: bpy.types.Object, name: str, low: float, high: float, neutral: float, text: str, **more: str
) -> None:
    hair_object.id_properties_ui(name).update(
        min=low, max=high, soft_min=low, soft_max=high, default=neutral, description=text, **more
    )
    hair_object.property_overridable_library_set(f'["{name}"]', True)
