# SPDX-License-Identifier: GPL-3.0-or-later
"""The environment of this Blender, and the set-up that may be running."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import bpy

from ..folders import EXTENSION_FOLDER, user_folder
from ..redraw import redraw_panels
from ..settings import kept_settings
from .environment import OWN_PYTHON, Environment

if TYPE_CHECKING:
    from .task import SetupOrder, SetupTask

TICK = 0.2
_task: SetupTask | None = None


def environment() -> Environment:
    """The one that Set Up makes."""
    return Environment(user_folder() / "environment", EXTENSION_FOLDER)


def setup_log() -> Path:
    """Where pip's words go."""
    return user_folder("logs") / "setup.log"


def inference_python(context: bpy.types.Context) -> Path | None:
    """The Python to run the worker with: a person's own environment, or ours once it is complete."""
    own = os.environ.get(OWN_PYTHON) or bpy.path.abspath(kept_settings(context).own_python)
    if own:
        return Path(own) if Path(own).is_file() else None
    made = environment()
    return None if made.state == "missing" else made.python


def task() -> SetupTask | None:
    """The set-up that runs, or the last one of this session."""
    return _task


def is_running() -> bool:
    """Whether a set-up is under way."""
    return _task is not None and _task.state == "running"


def start(order: SetupOrder) -> SetupTask:
    """Begin a set-up, and keep the panels up to date while it runs."""
    global _task
    # Blender's start does not wait for what only a set-up needs.
    from .task import SetupTask

    _task = SetupTask(environment(), order, setup_log())
    _task.start()
    if not bpy.app.timers.is_registered(_tick):
        bpy.app.timers.register(_tick, persistent=True)
    return _task


def remove() -> None:
    """Delete the environment without making the window wait: it disappears at once, its files follow. Raises OSError."""
    from .task import remove_environment

    thread = threading.Thread(target=remove_environment, args=(environment(),), name="portrait avatar removal")
    thread.start()
    thread.join(2.0)


def stop() -> None:
    """When the add-on is disabled."""
    global _task
    if _task is not None:
        _task.cancel()
        _task = None
    if bpy.app.timers.is_registered(_tick):
        bpy.app.timers.unregister(_tick)


def _tick() -> float | None:
    redraw_panels()
    if is_running():
        return TICK
    if _task is not None and _task.state == "done":
        show_hairstyles()
    return None


def show_hairstyles() -> None:
    """With the set-up come the hairstyles' asset libraries."""
    from ..hair.asset_library import add_library

    add_library()
