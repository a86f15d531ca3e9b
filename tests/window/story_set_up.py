# SPDX-License-Identifier: GPL-3.0-or-later
"""Press Set Up and watch it; the environment stays for the other stories."""

from __future__ import annotations

import time
from collections.abc import Iterator

import bpy
from window_means import SETTINGS, expect, module, open_tab, picture, press, results, settings, taken


def story() -> Iterator[float]:
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
    names = [entry.name for entry in bpy.context.preferences.filepaths.asset_libraries]
    # As Blender does by itself at its end; this one is killed.
    bpy.ops.wm.save_userpref()
    expect("Portrait Avatar Hair" in names, f"the hairstyles are no asset library: {names}")
