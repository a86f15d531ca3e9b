# SPDX-License-Identifier: GPL-3.0-or-later
"""What the stories in a window need: pictures, problems, the view, and our add-on's parts."""

from __future__ import annotations

import importlib
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import bpy

HERE = Path(__file__).resolve().parent
SETTINGS = json.loads((HERE / "drive.json").read_text())
EXTENSION = next(name for name in bpy.context.preferences.addons.keys() if name.endswith(".portrait_avatar"))  # noqa: SIM118
results: dict[str, object] = {"blender": bpy.app.version_string, "story": SETTINGS["story"], "problems": []}
taken: set[str] = set()


def picture(name: str) -> None:
    """The whole screen."""
    taken.add(name)
    subprocess.run(["import", "-window", "root", str(HERE / f"{name}.png")], check=False)


def expect(fact: bool, words: str) -> None:
    """Note a problem."""
    if not fact:
        results["problems"].append(words)
        print("PROBLEM", words)


def window_and_area() -> tuple[bpy.types.Window, bpy.types.Area]:
    window = bpy.context.window_manager.windows[0]
    areas = [area for area in window.screen.areas if area.type == "VIEW_3D"]
    return window, max(areas, key=lambda area: area.width * area.height)


def view() -> object:
    """The context of the 3D view."""
    window, area = window_and_area()
    region = next(region for region in area.regions if region.type == "WINDOW")
    return bpy.context.temp_override(window=window, area=area, region=region)


def open_tab() -> Iterator[float]:
    """The sidebar at our tab. A sidebar that was never drawn has no tabs."""
    _, area = window_and_area()
    area.spaces.active.show_region_ui = True
    yield 1.0
    region = next(region for region in area.regions if region.type == "UI")
    region.active_panel_category = "Avatar"
    area.tag_redraw()
    yield 1.5


def invoke(what: str, *photos: str) -> None:
    """Drop files into the view, as the system's drag does. Blender offers a menu where several handlers take a picture; ours is called."""
    assert what == "drop"
    folder = str(Path(photos[0]).parent)
    same = [photo for photo in photos if str(Path(photo).parent) == folder]
    assert len(same) == len(photos), "one folder"
    with view():
        bpy.ops.avatar.create("INVOKE_DEFAULT", directory=folder, files=[{"name": Path(p).name} for p in photos])


def press(operator: str) -> None:
    with view():
        getattr(bpy.ops.avatar, operator)("INVOKE_DEFAULT")


def settings() -> object:
    return bpy.context.preferences.addons[EXTENSION].preferences.kept


def module(name: str) -> object:
    """A module of the add-on."""
    return importlib.import_module(f"{EXTENSION}.avatar_addon.{name}")


def avatars() -> list[bpy.types.Object]:
    return [item for item in bpy.context.scene.objects if item.type == "MESH" and "portrait_avatar" in item]


def use_environment() -> None:
    """The environment that the settings name, else the one that Set Up made."""
    if SETTINGS.get("python"):
        settings().own_python = SETTINGS["python"]


def dropped(*photos: str) -> Iterator[float]:
    """Drop and wait for the avatars."""
    queue = module("create.session")
    invoke("drop", *photos)
    yield 0.1
    while any(item.stage.value not in ("done", "failed", "cancelled", "choose") for item in queue.items()):
        yield 0.1
    for item in queue.items():
        expect(item.stage.value == "done", f"{item.name}: {item.stage.value} {item.error}")
