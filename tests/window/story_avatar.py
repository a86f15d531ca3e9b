# SPDX-License-Identifier: GPL-3.0-or-later
"""Drop, watch, move sliders, wear, export, undo all, redo all, save, reload, a queue."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import bpy
from window_means import (
    HERE,
    SETTINGS,
    avatars,
    expect,
    invoke,
    module,
    open_tab,
    picture,
    press,
    results,
    taken,
    use_environment,
    view,
    window_and_area,
)


def story() -> Iterator[float]:
    """Drop, watch, move sliders, export, undo all, redo all, save, reload."""
    use_environment()
    yield from open_tab()
    session = module("create.session")
    yield from drop_menu()
    paste()
    for run in ("cold", "warm"):
        yield from drop(SETTINGS["photo"], run, session)
    yield 3.0
    picture("avatar")
    yield from cancel(session)
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
    yield from mask()
    yield from append_and_link()


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
    """A photo into the viewport; how long until the avatar stands there."""
    heads, start = len(avatars()), time.monotonic()
    invoke("drop", photo)
    while len(avatars()) == heads:
        yield 0.1
        item = session.items()[-1]
        if run == "cold" and item.fraction > 0.2 and "progress" not in taken:
            picture("progress")
        if item.stage.value in ("failed", "cancelled") or time.monotonic() - start > 120:
            expect(False, f"drop: {item.stage.value} {item.error}")
            return
    results[f"drop_to_avatar_{run}"] = round(time.monotonic() - start, 2)
    yield 1.0


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


def mask() -> Iterator[float]:
    """The hair mask in an image editor of its own."""
    press("edit_hair_mask")
    yield 3.0
    picture("mask")
    editors = [area for area in bpy.context.window_manager.windows[0].screen.areas if area.type == "IMAGE_EDITOR"]
    expect(len(editors) == 1 and "hair_mask" in editors[0].spaces.active.image.name, "the mask is not shown")


def append_and_link() -> Iterator[float]:
    """The saved avatar in other files."""
    path = str(HERE / "saved.blend")
    for how in ("append", "link"):
        bpy.ops.wm.read_homefile(use_empty=True)
        yield 1.0
        with bpy.data.libraries.load(path, link=how == "link") as (there, wanted):
            wanted.collections = [name for name in there.collections if name == "astronaut"]
        bpy.context.scene.collection.children.link(wanted.collections[0])
        yield 2.0
        (head,) = avatars()
        drivers = head.data.shape_keys.animation_data.drivers
        expect(all(curve.driver.is_valid for curve in drivers), f"{how}: drivers are broken")
        with view():
            bpy.ops.view3d.view_all()
        yield 1.5
        picture(how)
