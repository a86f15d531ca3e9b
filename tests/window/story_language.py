# SPDX-License-Identifier: GPL-3.0-or-later
"""The panel and the preferences in German."""

from __future__ import annotations

from collections.abc import Iterator

import bpy
from window_means import EXTENSION, SETTINGS, dropped, open_tab, picture, results, use_environment, window_and_area


def story() -> Iterator[float]:
    use_environment()
    view = bpy.context.preferences.view
    view.language = "de_DE"
    view.use_translate_interface = view.use_translate_tooltips = view.use_translate_reports = True
    results["tooltip"] = bpy.app.translations.pgettext_tip("Choose a portrait photo")
    yield from open_tab()
    yield from dropped(SETTINGS["photo"])
    yield 3.0
    picture("german")
    window, area = window_and_area()
    region = next(region for region in area.regions if region.type == "UI")
    with bpy.context.temp_override(window=window, area=area, region=region):
        for _ in range(14):
            bpy.ops.view2d.scroll_down()
    yield 2.0
    picture("german_hair")
    area.type = "PREFERENCES"
    bpy.context.preferences.active_section = "ADDONS"
    bpy.context.window_manager.addon_search = "portrait"
    yield 1.0
    with bpy.context.temp_override(window=window, area=area):
        bpy.ops.preferences.addon_show(module=EXTENSION)
    yield 3.0
    picture("german_preferences")
