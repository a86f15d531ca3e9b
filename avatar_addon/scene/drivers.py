# SPDX-License-Identifier: GPL-3.0-or-later
"""Drivers that Blender evaluates by itself: with scripts switched off, and in files opened without the add-on."""

from __future__ import annotations

from collections.abc import Mapping

import bpy


def drive(curve: bpy.types.FCurve, owner: bpy.types.Object, expression: str, variables: Mapping[str, str]) -> None:
    """Let a new driver's value be a simple expression of custom properties of ``owner``; variables: name in it -> property."""
    # Before 5.0 a new driver brings a Generator modifier (y = x), which only costs time.
    for modifier in list(curve.modifiers):
        curve.modifiers.remove(modifier)
    driver = curve.driver
    driver.type = "SCRIPTED"
    for name, source in variables.items():
        variable = driver.variables.new()
        variable.name = name
        variable.targets[0].id = owner
        variable.targets[0].data_path = f'["{source}"]'
    driver.expression = expression
