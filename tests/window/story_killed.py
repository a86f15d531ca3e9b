# SPDX-License-Identifier: GPL-3.0-or-later
"""Kills its own Blender in the middle of a photo; a watcher, which outlives it, tells how long the worker did."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import bpy
from window_means import HERE, SETTINGS, invoke, module, open_tab, use_environment

WATCHER = """
import json, pathlib, sys, time
worker, folder = sys.argv[1], pathlib.Path(sys.argv[2])
start = time.monotonic()
def alive():
    try:
        return pathlib.Path(f"/proc/{worker}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False
while alive() and time.monotonic() - start < 20:
    time.sleep(0.02)
seconds = round(time.monotonic() - start, 2)
problems = [f"the worker lived {seconds} s"] if seconds > 5 else []
(folder / "results.json").write_text(json.dumps({"worker_gone_after_seconds": seconds, "problems": problems}))
(folder / "ready").touch()
"""


def story() -> Iterator[float]:
    use_environment()
    yield from open_tab()
    session = module("create.session")
    invoke("drop", SETTINGS["photo"])
    while session.items()[-1].fraction < 0.3:
        yield 0.05
    worker = session.queue(bpy.context).client.pid
    python = sys.executable if os.path.basename(sys.executable).startswith("python") else "python3"
    subprocess.Popen([python, "-c", WATCHER, str(worker), str(HERE)], start_new_session=True)
    os.kill(os.getpid(), signal.SIGKILL)
