# SPDX-License-Identifier: GPL-3.0-or-later
"""Sentences in a panel, whose labels do not break by themselves."""

from __future__ import annotations

import textwrap

import bpy

# The mean width of a letter at the default text size, and what a box and an icon take, in pixels.
LETTER, FRAME = 6.3, 50


def label_lines(layout: bpy.types.UILayout, context: bpy.types.Context, words: str, icon: str = "NONE") -> None:
    """Labels of a (translated) sentence, broken to the region's width."""
    width = context.region.width if context.region is not None else 300
    letters = max(int((width / context.preferences.system.ui_scale - FRAME) / LETTER), 20)
    column = layout.column(align=True)
    column.scale_y = 0.8
    for number, line in enumerate(textwrap.wrap(words, letters) or [""]):
        blank = "NONE" if icon == "NONE" else "BLANK1"
        column.label(text=line, translate=False, icon=blank if number else icon)
