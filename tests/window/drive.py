# SPDX-License-Identifier: GPL-3.0-or-later
"""Drives the installed extension in a real Blender window, with pictures, and tells what it measured; run.sh starts it.

    DISPLAY=:80 blender --window-geometry 0 0 1600 1000 --python drive.py

Settings are read from drive.json beside this file: {"story": the name of a module story_NAME beside this file, "photo", "group", "python"}.
"photo" is dropped; "group", optional, shows several people. "python" is a Python 3.11 or 3.12 to make the environment with (story
"set_up"), or of a complete environment (the others; absent: what Set Up made). Pictures and results are written beside this file;
at the end "results.json" holds seconds and what went wrong, and "ready" is made. Pictures need ImageMagick's ``import``.
"""

from __future__ import annotations

import importlib
import json
import sys
import traceback
from pathlib import Path

import bpy

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
from window_means import SETTINGS, results  # noqa: E402  it lies beside this file

STEPS = importlib.import_module(f"story_{SETTINGS['story']}").story()


def step() -> float | None:
    """Go on with the story; it answers the seconds until its next step."""
    try:
        return next(STEPS)
    except StopIteration:
        finish()
    except Exception:  # noqa: BLE001  the runner waits for the file
        traceback.print_exc()
        results["problems"].append(traceback.format_exc())
        finish()
    return None


def finish() -> None:
    """Tell."""
    (HERE / "results.json").write_text(json.dumps(results, indent=1))
    print(json.dumps(results))
    (HERE / "ready").touch()


bpy.app.timers.register(step, first_interval=2.0, persistent=True)
