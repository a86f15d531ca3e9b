# SPDX-License-Identifier: GPL-3.0-or-later
"""Two Blenders of one person, at the same time: each has a worker and a log of its own, and both get their avatar."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator

import bpy
from window_means import (
    HERE,
    SETTINGS,
    avatars,
    dropped,
    expect,
    module,
    picture,
    results,
    use_environment,
    window_and_area,
)

SECOND = HERE / "second"


def story() -> Iterator[float]:
    use_environment()
    if HERE.name == SECOND.name:
        yield from both()
        return
    shutil.rmtree(SECOND, ignore_errors=True)
    SECOND.mkdir()
    for path in HERE.glob("*.py"):
        shutil.copy(path, SECOND)
    (SECOND / "drive.json").write_text(json.dumps(SETTINGS))
    with (SECOND / "blender.log").open("w") as log:
        words = ["blender", "--gpu-backend", "opengl", "--window-geometry", "800", "0", "800", "600"]
        other = subprocess.Popen([*words, "--python", str(SECOND / "drive.py")], stdout=log, stderr=log)
    yield from both()
    end = time.monotonic() + 240
    while not (SECOND / "ready").exists() and time.monotonic() < end:
        yield 0.5
    picture("two")
    theirs = json.loads((SECOND / "results.json").read_text())
    results["second"] = theirs
    expect(not theirs["problems"], "the second had problems")
    expect(theirs["worker"] != results["worker"], "both have one worker")
    expect(not set(theirs["bundles"]) & set(results["bundles"]), "both wrote into one bundle")
    expect(theirs["log"] != results["log"], "both have one log")
    other.terminate()


def both() -> Iterator[float]:
    """What each of them does: four photos, the first into a Blender whose sidebar was never opened."""
    session = module("create.session")
    for _ in range(4):
        yield from dropped(SETTINGS["photo"])
        yield 1.0
        sidebar = next(region for region in window_and_area()[1].regions if region.type == "UI")
        expect(sidebar.active_panel_category == "Avatar", "the sidebar shows another tab")
    client = session.queue(bpy.context).client
    results["worker"], results["log"] = client.pid, f"worker-{os.getpid()}.log"
    results["bundles"] = [head["portrait_avatar"]["bundle"] for head in avatars()]
    expect(len(avatars()) == 4, f"{len(avatars())} avatars")
