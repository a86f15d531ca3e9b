# SPDX-License-Identifier: GPL-3.0-or-later
"""How long the add-on ever holds the window's thread, from the drop until the avatar stands there; cold, then warm.

Drawing is slow where OpenGL is software, and that has nothing to do with us: start this in a small window (run.sh ROOT blocking --
--offline-mode --window-geometry 0 0 480 360), whose workspace this story empties. Offline, because Blender 5.2 online holds its window
for about 0.2 s some seconds after its start, to end its own downloader of asset lists. It measures each call of the add-on's own
timers, operators and draw functions, and the gaps between the ticks of a timer of its own, once while a photo is worked on and once
while nothing is but the same redraws are asked for.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import bpy
from window_means import SETTINGS, avatars, expect, invoke, module, open_tab, results, use_environment, window_and_area

TICK = 0.02
Calls = list[tuple[str, float, float]]
calls: Calls = []


def story() -> Iterator[float]:
    use_environment()
    bpy.ops.wm.read_homefile(use_empty=True)
    yield 1.0
    for area in bpy.context.window_manager.windows[0].screen.areas:
        if area != window_and_area()[1]:
            area.type = "CONSOLE"
    yield from open_tab()
    watch()
    results["load_before"] = load()
    yield from first_drawing()
    for run in ("cold", "warm", "warm_again"):
        yield from drop(run)
    yield from idle()


def drop(run: str) -> Iterator[float]:
    """One photo."""
    session, heads = module("create.session"), len(avatars())
    calls.clear()
    start = time.monotonic()
    invoke("drop", SETTINGS["photo"])
    asked = time.monotonic() - start
    gaps, last = [], time.monotonic()
    while len(avatars()) == heads:
        yield TICK
        now = time.monotonic()
        item = session.items()[-1]
        if item.stage.value not in ("ready", "done"):
            gaps.append((now - last - TICK, f"{item.stage.value} {item.fraction:.0%} {item.words}"))
        last = now
        if item.stage.value in ("failed", "cancelled"):
            expect(False, f"drop: {item.stage.value} {item.error}")
            return
    results[f"drop_to_avatar_{run}_s"] = round(time.monotonic() - start, 2)
    during = [call for call in calls if call[0] != "adding the avatar"]
    results[f"{run}_ms"] = {
        "drop operator": milliseconds(asked),
        "longest of our calls (wall, processor)": {kind: longest(during, kind) for kind in ("timer", "draw", "poll")},
        "adding the avatar": [[milliseconds(x) for x in call[1:]] for call in calls if call[0] == "adding the avatar"],
        "longest gap of the event loop": milliseconds(max(gaps)[0]),
        "gaps over 100 ms": [(milliseconds(gap), when) for gap, when in gaps if gap > 0.1],
        "ticks": len(gaps),
    }
    yield 2.0


def first_drawing() -> Iterator[float]:
    """A chosen photo's preview, which makes Blender prepare a shader: no inference, no work of ours."""
    bpy.context.window_manager.portrait_avatar.photo = SETTINGS["photo"]
    yield from idle("first_preview_ms")


def idle(name: str = "idle_ms") -> Iterator[float]:
    """The same redraws without any work."""
    gaps, last = [], time.monotonic()
    for _ in range(150):
        module("redraw").redraw_panels()
        yield TICK
        now = time.monotonic()
        gaps.append(now - last - TICK)
        last = now
    results[name] = {
        "longest gap of the event loop": milliseconds(max(gaps)),
        "gaps over 100 ms": [milliseconds(gap) for gap in gaps if gap > 0.1],
    }


def watch() -> None:
    """Time every call of ours that the window's thread makes while a photo is worked on."""
    session = module("create.session")
    tick = session._tick

    def timed_tick() -> float | None:
        done = [item.stage.value for item in session.items()].count("done")
        wait, wall, processor = timed(tick)
        added = [item.stage.value for item in session.items()].count("done") > done
        calls.append(("adding the avatar" if added else "timer", wall, processor))
        return wait

    session._tick = timed_tick
    for panel in module("panel").CLASSES:
        panel.draw = timed_method("draw", panel.draw)
        if hasattr(panel, "poll"):
            panel.poll = classmethod(timed_method("poll", panel.poll.__func__))


def timed_method(name: str, method: Callable[..., Any]) -> Callable[..., Any]:
    def measured(self: Any, context: bpy.types.Context) -> Any:
        answer, wall, processor = timed(method, self, context)
        calls.append((name, wall, processor))
        return answer

    return measured


def timed(function: Callable[..., Any], *arguments: Any) -> tuple[Any, float, float]:
    """What it answers, and its seconds by the wall and by this thread's processor time."""
    wall, processor = time.perf_counter(), time.thread_time()
    answer = function(*arguments)
    return answer, time.perf_counter() - wall, time.thread_time() - processor


def longest(during: Calls, name: str) -> list[float]:
    """[wall, processor] in milliseconds, each the longest."""
    return [milliseconds(max(call[place] for call in during if call[0] == name)) for place in (1, 2)]


def milliseconds(seconds: float) -> float:
    return round(1000 * seconds, 1)


def load() -> str:
    with open("/proc/loadavg") as file:
        return file.read().split()[0]
