# SPDX-License-Identifier: GPL-3.0-or-later
"""Letting the person see the new avatar, and the tab that tells how far one is."""

from __future__ import annotations

import bpy

from ..settings import kept_settings

TAB = "Avatar"


def show_avatar(context: bpy.types.Context) -> None:
    """Frame the selected avatar in the largest 3D view, as the preferences want it."""
    area, view = largest_view(context), kept_settings(context).view
    if area is None or view == "KEEP":
        return
    region = next(region for region in area.regions if region.type == "WINDOW")
    with context.temp_override(area=area, region=region):
        bpy.ops.view3d.view_axis(type="FRONT")
        bpy.ops.view3d.view_selected()
    shading = area.spaces.active.shading
    if shading.type == "SOLID" and view == "MATERIAL":
        shading.type = "MATERIAL"
    elif shading.type == "SOLID":
        shading.color_type = "TEXTURE"


def open_tab(context: bpy.types.Context) -> None:
    """Open the sidebar at our tab in the 3D view at hand, so that progress is seen after a drop."""
    area = context.area if context.area is not None and context.area.type == "VIEW_3D" else largest_view(context)
    if area is None:
        return
    area.spaces.active.show_region_ui = True
    for region in area.regions:
        if region.type == "UI":
            try:
                region.active_panel_category = TAB
            except TypeError:
                # A sidebar that was never drawn has no tabs yet.
                continue


def largest_view(context: bpy.types.Context) -> bpy.types.Area | None:
    """The largest 3D view of the window."""
    areas = [] if context.window is None else [a for a in context.window.screen.areas if a.type == "VIEW_3D"]
    return max(areas, key=lambda area: area.width * area.height, default=None)
