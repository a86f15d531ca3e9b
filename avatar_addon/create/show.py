# SPDX-License-Identifier: GPL-3.0-or-later
"""Letting the person see the new avatar, and the tab that tells how far one is."""

from __future__ import annotations

from collections.abc import Iterator

import bpy

from ..settings import kept_settings

TAB = "Avatar"
# Seconds until the sidebar is looked at again, and how often.
LATER, LATER_TRIES = 0.3, 10


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
    if not _turn(area):
        # A sidebar that was never drawn has no tabs yet.
        tries = iter(range(LATER_TRIES))
        bpy.app.timers.register(lambda: _turn_later(tries), first_interval=LATER)


def _turn_later(tries: Iterator[int]) -> float | None:
    """Turn the largest view to our tab once its sidebar was drawn; the view at hand may be gone by now."""
    context = bpy.context
    windows = context.window_manager.windows
    if not windows or next(tries, None) is None:
        return None
    with context.temp_override(window=windows[0]):
        area = largest_view(context)
    return None if area is None or _turn(area) else LATER


def _turn(area: bpy.types.Area) -> bool:
    """Whether the area's sidebar shows our tab now."""
    for region in area.regions:
        if region.type == "UI":
            try:
                region.active_panel_category = TAB
            except (AttributeError, TypeError):
                # The one where the tabs are read-only for want of any (5.2), the other where they are unknown.
                return False
    return True


def largest_view(context: bpy.types.Context) -> bpy.types.Area | None:
    """The largest 3D view of the window."""
    areas = [] if context.window is None else [a for a in context.window.screen.areas if a.type == "VIEW_3D"]
    return max(areas, key=lambda area: area.width * area.height, default=None)
