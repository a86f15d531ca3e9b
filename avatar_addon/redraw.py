# SPDX-License-Identifier: GPL-3.0-or-later
"""Showing news that came without a click."""

from __future__ import annotations

import bpy


def redraw_panels() -> None:
    """Draw the sidebars of 3D views and the preferences once more."""
    for window in bpy.context.window_manager.windows:
        for area in window.screen.areas:
            if area.type == "PREFERENCES":
                area.tag_redraw()
            elif area.type == "VIEW_3D":
                for region in area.regions:
                    if region.type == "UI":
                        region.tag_redraw()
