# SPDX-License-Identifier: GPL-3.0-or-later
"""Hairstyles as assets: a click in the viewport's shelf, a drag from the asset browser; strand files; both undone in one step.

The mouse is Blender's own simulated one: run.sh ROOT assets -- --enable-event-simulate
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import bpy
from window_means import (
    HERE,
    SETTINGS,
    avatars,
    dropped,
    expect,
    module,
    open_tab,
    picture,
    press,
    results,
    use_environment,
    view,
    window_and_area,
)

TILE = 48


def story() -> Iterator[float]:
    use_environment()
    yield from open_tab()
    press("add_hair_library")
    yield from dropped(SETTINGS["photo"])
    yield 3.0
    yield from hair_panel()
    yield from shelf()
    yield from browser()
    yield from strand_file()


def hair_panel() -> Iterator[float]:
    """The panel further down."""
    area = window_and_area()[1]
    region = next(region for region in area.regions if region.type == "UI")
    with bpy.context.temp_override(window=window_and_area()[0], area=area, region=region):
        for _ in range(12):
            bpy.ops.view2d.scroll_down()
    yield 2.0
    picture("hair_panel")


def shelf() -> Iterator[float]:
    """Click the third tile."""
    area = window_and_area()[1]
    area.spaces.active.show_region_asset_shelf = True
    yield 4.0
    region = next(region for region in area.regions if region.type == "ASSET_SHELF")
    results["shelf_region"] = [region.x, region.y, region.width, region.height]
    picture("shelf")
    before = worn()
    yield from click(region.x + 60 + 2 * (TILE + 50), region.y + region.height // 2)
    yield 5.0
    picture("shelf_clicked")
    results["worn_by_click"] = worn()
    expect(worn() != before, f"the click in the shelf changed nothing: {before}")
    yield from undo_brings(before, "click")
    area.spaces.active.show_region_asset_shelf = False


def browser() -> Iterator[float]:
    """Drag a tile of the asset browser into the view."""
    areas = bpy.context.window_manager.windows[0].screen.areas
    area = next(area for area in areas if area.type == "PROPERTIES")
    area.ui_type = "ASSETS"
    yield 2.0
    area.spaces.active.show_region_toolbar = area.spaces.active.show_region_tool_props = False
    area.spaces.active.params.asset_library_reference = "Portrait Avatar Hair"
    yield 5.0
    picture("browser")
    region = next(region for region in area.regions if region.type == "WINDOW")
    results["browser_region"] = [region.x, region.y, region.width, region.height]
    before, objects = worn(), len(bpy.data.objects)
    large = next(region for region in window_and_area()[1].regions if region.type == "WINDOW")
    start = (region.x + 60, region.y + region.height - 60)
    end = (large.x + large.width // 3, large.y + large.height // 2)
    point(*start)
    yield 0.5
    mouse("LEFTMOUSE", "PRESS", *start)
    yield 0.5
    for step in (0.01, 0.02, 0.04, 0.1, 0.3, 0.5, 0.7, 0.9, 0.98, 1.0):
        point(*(int(a + (b - a) * step) for a, b in zip(start, end, strict=True)))
        yield 0.5
    picture("dragging")
    mouse("LEFTMOUSE", "RELEASE", *end)
    yield 5.0
    picture("dragged")
    results["worn_by_drag"] = worn()
    if bpy.app.version < (4, 3):
        return
    expect(worn() != before, f"the drag changed nothing: {before}")
    expect(len(bpy.data.objects) == objects + 1, "the dragged asset itself is still there")
    yield from undo_brings(before, "drag")


def strand_file() -> Iterator[float]:
    """A dropped file of strands is worn, and is an asset from then on."""
    path = write_strands(Path(HERE / "mine.data"))
    with view():
        bpy.ops.avatar.add_hair_files("INVOKE_DEFAULT", directory=str(path.parent), files=[{"name": path.name}])
    yield 1.0
    while module("hair.strand_files")._is_running():
        yield 0.2
    yield 4.0
    picture("strand_file")
    expect(worn() == "mine", f"the strand file is not worn: {worn()}")
    names = [entry.name for entry in bpy.context.preferences.filepaths.asset_libraries]
    expect("Portrait Avatar Own Hair" in names, f"no library of own hair: {names}")
    broken = HERE / "broken.data"
    broken.write_bytes(b"nothing")
    with view():
        bpy.ops.avatar.add_hair_files("INVOKE_DEFAULT", directory=str(broken.parent), files=[{"name": broken.name}])
    yield 1.0
    while module("hair.strand_files")._is_running():
        yield 0.2
    yield 2.0
    picture("strand_file_broken")


def write_strands(path: Path) -> Path:
    """A style of the library as USC-HairSalon writes hair."""
    import numpy as np

    points = module("hair.library").load("bob_fringe").points[::2]
    points = (points[..., [0, 2, 1]] * (1, 1, -1) / 0.82).astype("<f4")
    parts = [np.int32(len(points)).tobytes()]
    parts += [np.int32(len(strand)).tobytes() + strand.tobytes() for strand in points]
    path.write_bytes(b"".join(parts))
    return path


def undo_brings(style: str, after: str) -> Iterator[float]:
    with view():
        bpy.ops.ed.undo()
    yield 2.0
    expect(worn() == style, f"one undo after the {after} leaves {worn()}")
    with view():
        bpy.ops.ed.redo()
    yield 2.0
    expect(worn() != style, f"redo after the {after}")


def worn() -> str:
    """The style of the last avatar's hair."""
    hair = module("scene.hair_worn").worn_hair(avatars()[-1])
    return "" if hair is None else hair["hairstyle"]


def point(x: int, y: int) -> None:
    mouse("MOUSEMOVE", "NOTHING", x, y)


def click(x: int, y: int) -> Iterator[float]:
    """Somebody's hand is slower than a program."""
    point(x, y)
    yield 0.5
    mouse("LEFTMOUSE", "PRESS", x, y)
    yield 0.1
    mouse("LEFTMOUSE", "RELEASE", x, y)


def mouse(kind: str, value: str, x: int, y: int) -> None:
    bpy.context.window_manager.windows[0].event_simulate(type=kind, value=value, x=x, y=y)
