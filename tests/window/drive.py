# SPDX-License-Identifier: GPL-3.0-or-later
"""Drives the installed extension in a real Blender window, with pictures, and tells what it measured.

    DISPLAY=:80 blender --window-geometry 0 0 1600 1000 --python tests/window/drive.py

Settings are read from drive.json beside this file (beside a copy of it: pictures and results are written there too):
{"story": "set-up" or "avatar", "photo", "group", "python"}. "photo" is dropped; "group", optional, shows several people. "python" is a
Python 3.11 or 3.12 to make the environment with (story "set-up"), or of a complete environment (story "avatar"; absent: what Set Up made).
At the end it makes the file "ready", and "results.json" with seconds and what went wrong. Pictures need ImageMagick's ``import``.
"""

from __future__ import annotations

import json
import subprocess
import time
import traceback
from collections.abc import Iterator
from pathlib import Path

import bpy

HERE = Path(__file__).resolve().parent
SETTINGS = json.loads((HERE / "drive.json").read_text())
EXTENSION = next(name for name in bpy.context.preferences.addons.keys() if name.endswith(".portrait_avatar"))  # noqa: SIM118
results: dict[str, object] = {"blender": bpy.app.version_string, "problems": []}


def story_set_up() -> Iterator[float]:
    """Press Set Up, watch it, remove nothing: the environment stays for the other story."""
    yield from open_tab()
    picture("empty")
    bpy.context.preferences.system.use_online_access = True
    settings().base_python = SETTINGS["python"]
    yield 1.0
    press("set_up")
    start = time.monotonic()
    from_add_on = module("setup.running")
    while (task := from_add_on.task()).state == "running":
        if task.fraction > 0.3 and "set_up" not in taken:
            picture("set_up")
        yield 0.5
    results["set_up_seconds"] = round(time.monotonic() - start, 1)
    expect(task.state == "done", f"set-up: {task.state} {task.error}")
    yield 1.0
    picture("set_up_done")


def story_avatar() -> Iterator[float]:
    """Drop, watch, move sliders, export, undo all, redo all, save, reload."""
    if SETTINGS.get("python"):
        settings().own_python = SETTINGS["python"]
    yield from open_tab()
    session = module("create.session")
    yield from drop_menu()
    paste()
    ticks = timed(session)
    for run in ("cold", "warm"):
        yield from drop(SETTINGS["photo"], run, session)
    results["longest_tick_ms"] = [round(1000 * max(values), 1) for values in zip(*ticks, strict=True)]
    yield 3.0
    picture("avatar")
    yield from cancel(session)
    yield from redraws_alone()
    yield from sliders()
    yield from hairstyles()
    if SETTINGS.get("group"):
        yield from faces(session)
    export()
    yield 1.0
    yield from undo_all()
    yield from reload()
    yield from open_tab()
    yield from batch(session)


def drop_menu() -> Iterator[float]:
    """What Blender offers for a dropped picture: its own uses, and ours."""
    subprocess.run(["xdotool", "mousemove", "500", "500"], check=False)
    yield 0.5
    photo = Path(SETTINGS["photo"])
    with view():
        bpy.ops.wm.drop_import_file("INVOKE_DEFAULT", directory=str(photo.parent), files=[{"name": photo.name}])
    yield 2.0
    picture("drop_menu")
    subprocess.run(["xdotool", "key", "Escape"], check=False)
    yield 1.0


def paste() -> None:
    """The path of a photo, copied in a file manager."""
    bpy.context.window_manager.clipboard = f"file://{SETTINGS['photo']}"
    press("paste_photo")
    expect(bpy.context.window_manager.portrait_avatar.photo == SETTINGS["photo"], "pasting a path")


def cancel(session: object) -> Iterator[float]:
    """In the middle of the work."""
    heads = len(avatars())
    invoke("drop", SETTINGS["photo"])
    item = session.items()[-1]
    while item.fraction < 0.2:
        yield 0.05
    start = time.monotonic()
    press("cancel")
    while item.stage.value == "creating":
        yield 0.02
    results["cancel_seconds"] = round(time.monotonic() - start, 2)
    expect(item.stage.value == "cancelled" and len(avatars()) == heads, f"cancel: {item.stage.value}")


def drop(photo: str, run: str, session: object) -> Iterator[float]:
    """A photo into the viewport; how long until the avatar stands there, and how long the window was ever blocked meanwhile."""
    heads, start = len(avatars()), time.monotonic()
    invoke("drop", photo)
    last, blocks = time.monotonic(), []
    while len(avatars()) == heads:
        yield 0.02
        now = time.monotonic()
        item = session.items()[-1]
        if item.stage.value not in ("ready", "done"):
            blocks.append(round(1000 * (now - last - 0.02)))
        last = now
        if run == "cold" and item.fraction > 0.2 and "progress" not in taken:
            picture("progress")
            last = time.monotonic()
        if item.stage.value in ("failed", "cancelled") or now - start > 120:
            expect(False, f"drop: {item.stage.value} {item.error}")
            return
    results[f"drop_to_avatar_{run}"] = round(time.monotonic() - start, 2)
    results[f"longest_block_{run}_ms"] = max(blocks)
    results[f"blocks_over_100_ms_{run}"] = [block for block in blocks if block > 100]
    yield 1.0


def redraws_alone() -> Iterator[float]:
    """What the window needs for drawing its sidebar as often as during the work, without any: software OpenGL is slow."""
    last, gaps = time.monotonic(), []
    for _ in range(100):
        module("redraw").redraw_panels()
        yield 0.02
        now = time.monotonic()
        gaps.append(round(1000 * (now - last - 0.02)))
        last = now
    results["longest_redraw_ms"] = max(gaps)


def timed(session: object) -> list[tuple[float, float]]:
    """(wall, processor) seconds of each call of the add-on's own timer from now on, but for those that add an avatar."""
    seconds, tick = [], session._tick

    def measured() -> float | None:
        done = [item.stage.value for item in session.items()].count("done")
        wall, processor = time.perf_counter(), time.thread_time()
        wait = tick()
        took = time.perf_counter() - wall, time.thread_time() - processor
        if [item.stage.value for item in session.items()].count("done") == done:
            seconds.append(took)
        else:
            results.setdefault("adding_ms", []).append([round(1000 * value) for value in took])
        return wait

    session._tick = measured
    return seconds


def sliders() -> Iterator[float]:
    """Two emotions."""
    head = avatars()[-1]
    names = [name for name in ("happiness", "Happiness") if name in head.keys()]  # noqa: SIM118
    expect(bool(names), "no slider of happiness")
    for name in names:
        head[name] = 1.0
        head.update_tag()
    for _ in range(3):
        window_and_area()[1].tag_redraw()
        yield 1.5
    picture("happy")
    bpy.ops.ed.undo_push(message="Happiness")


def hairstyles() -> Iterator[float]:
    """Wear three of the library on the last avatar."""
    for name in ("bob", "afro", "long_waves"):
        with view():
            bpy.ops.avatar.wear_hairstyle("EXEC_DEFAULT", True, style=name)
        yield 3.0
        picture(f"hair_{name}")


def faces(session: object) -> Iterator[float]:
    """A photo of several people asks."""
    heads = len(avatars())
    invoke("drop", SETTINGS["group"])
    while (item := session.items()[-1]).stage.value in ("waiting", "looking"):
        yield 0.1
    expect(item.stage.value == "choose", f"group: {item.stage.value} {item.error}")
    yield 2.0
    picture("faces")
    bpy.ops.avatar.choose_face(number=item.number, face=2)
    while item.stage.value in ("choose", "waiting", "creating", "ready"):
        yield 0.1
    expect(len(avatars()) == heads + 1, f"the second face: {item.stage.value} {item.error}")


def export() -> None:
    """Each format, by the operator of File > Export."""
    for kind in ("fbx", "obj", "glb", "usdc", "zip"):
        path = HERE / "exported" / f"avatar.{kind}"
        path.parent.mkdir(exist_ok=True)
        if kind == "usdc" and "usd_export" not in dir(bpy.ops.wm):
            continue  # Debian's Blender
        with view():
            bpy.ops.avatar.export(filepath=str(path), kind=kind)
        expect(path.stat().st_size > 100_000, f"{kind} is small")


def undo_all() -> Iterator[float]:
    """Back to the empty scene and forward again."""
    names = [head.name for head in avatars()]
    steps = 0
    while avatars() and steps < 50:
        with view():
            bpy.ops.ed.undo()
        steps += 1
        yield 0.2
    results["undo_steps"] = steps
    yield 1.5
    expect(not avatars(), "undo leaves an avatar")
    picture("undone")
    for _ in range(steps):
        with view():
            bpy.ops.ed.redo()
        yield 0.2
    expect([head.name for head in avatars()] == names, "redo brings other avatars")
    yield 1.0
    picture("redone")


def reload() -> Iterator[float]:
    """Save and open."""
    names = [head.name for head in avatars()]
    path = str(HERE / "saved.blend")
    bpy.ops.wm.save_as_mainfile(filepath=path)
    bpy.ops.wm.open_mainfile(filepath=path)
    yield 2.0
    expect([head.name for head in avatars()] == names, "the file lost avatars")
    picture("reloaded")


def batch(session: object) -> Iterator[float]:
    """Two photos at once, one of which is none."""
    broken = Path(SETTINGS["photo"]).with_name("broken.jpg")
    broken.write_bytes(b"no picture")
    heads = len(avatars())
    invoke("drop", SETTINGS["photo"], str(broken))
    while session.items()[0].fraction < 0.3:
        yield 0.1
    yield 1.0
    picture("batch")
    while any(item.stage.value not in ("done", "failed") for item in session.items()):
        yield 0.2
    stages = [item.stage.value for item in session.items()]
    expect(stages == ["done", "failed"], f"batch: {stages}")
    expect(len(avatars()) == heads + 1, "the batch's avatar is not there")
    yield 1.0
    picture("batch_done")


# --- means


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
    import importlib

    return importlib.import_module(f"{EXTENSION}.avatar_addon.{name}")


def avatars() -> list[bpy.types.Object]:
    return [item for item in bpy.context.scene.objects if item.type == "MESH" and "portrait_avatar" in item]


def finish() -> None:
    (HERE / "results.json").write_text(json.dumps(results, indent=1))
    print(json.dumps(results))
    (HERE / "ready").touch()


STEPS = {"set-up": story_set_up, "avatar": story_avatar}[SETTINGS["story"]]()


def step() -> float | None:
    try:
        return next(STEPS)
    except StopIteration:
        finish()
    except Exception:  # noqa: BLE001  the runner waits for the file
        traceback.print_exc()
        results["problems"].append(traceback.format_exc())
        finish()
    return None


bpy.app.timers.register(step, first_interval=2.0, persistent=True)
