# SPDX-License-Identifier: GPL-3.0-or-later
"""This Blender's queue of photos, and the timer that works it off. Only here the worker's news meets bpy."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import bpy
from bpy.app.handlers import persistent

from ..folders import EXTENSION_FOLDER, user_folder
from ..redraw import redraw_panels
from ..setup.running import inference_python

if TYPE_CHECKING:
    from ..worker_client.launch import Launch
    from .queue import Item, Queue

TICK = 0.08
# A warm worker holds most of a gigabyte: after so many seconds without work it is let go.
REST = 600.0
_queue: Queue | None = None
_launch: Launch | None = None


def items() -> list[Item]:
    """The photos of this session, oldest first."""
    return [] if _queue is None else _queue.items


def item(number: int) -> Item | None:
    """The photo of this number."""
    return next((found for found in items() if found.number == number), None)


def queue(context: bpy.types.Context) -> Queue:
    """The queue, made on first use. Raises AvatarError ``worker_missing`` without an inference environment."""
    global _queue, _launch
    # Here and below: Blender's start does not wait for what only a photo needs.
    from ...inference.errors import AvatarError
    from ..worker_client.client import WorkerClient
    from ..worker_client.launch import Launch
    from .queue import Queue

    python = inference_python(context)
    if python is None:
        raise AvatarError(
            "worker_missing", "The inference environment is not there yet: press Set Up in the sidebar's Avatar tab."
        )
    # Each Blender has a worker and a log of its own, so that two do not meet.
    launch = Launch(python, EXTENSION_FOLDER, user_folder("logs") / f"worker-{os.getpid()}.log")
    if _queue is None or launch != _launch:
        stop()
        _queue, _launch = Queue(WorkerClient(launch), _pictures()), launch
    return _queue


def warm_up(context: bpy.types.Context) -> None:
    """Start the worker while the person still looks at the panel."""
    if inference_python(context) is not None:
        queue(context).client.warm_up()
        start_ticking()


def start_ticking() -> None:
    """Work the queue off from now on."""
    _forget(_rest)
    if not bpy.app.timers.is_registered(_tick):
        bpy.app.timers.register(_tick, persistent=True)


def stop() -> None:
    """End the worker and forget the queue."""
    global _queue
    if _queue is not None:
        _queue.client.close()
        _queue = None
        shutil.rmtree(_pictures(), ignore_errors=True)
    _forget(_tick)
    _forget(_rest)


def _forget(timer: Callable[[], float | None]) -> None:
    if bpy.app.timers.is_registered(timer):
        bpy.app.timers.unregister(timer)


def _rest() -> None:
    """End a worker that has nothing to do; the next photo starts another."""
    if _queue is not None and not _queue.open:
        _queue.client.close(grace=0.0)


def _pictures() -> Path:
    return Path(bpy.app.tempdir or user_folder("pictures"), f"portrait_avatar_{os.getpid()}")


def _tick() -> float | None:
    if _queue is None:
        return None
    from .queue import Stage

    changed = _queue.advance()
    ready = next((found for found in _queue.items if found.stage is Stage.READY), None)
    if ready is not None and _may_add():
        _add(ready)
        changed = True
    if changed:
        redraw_panels()
    if _queue.open:
        return TICK
    bpy.app.timers.register(_rest, first_interval=REST, persistent=True)
    return None


def _may_add() -> bool:
    """An avatar is added in Object Mode, and not under a running modal operator, which would lose its undo step."""
    return bpy.context.mode == "OBJECT"


def _add(ready: Item) -> None:
    """Add a finished bundle to the scene as one undo step."""
    from .keep import keep_newest
    from .queue import Stage
    from .show import show_avatar

    windows = bpy.context.window_manager.windows
    try:
        with bpy.context.temp_override(window=windows[0]):
            bundle, face = ready.request.output, ready.request.face
            bpy.ops.avatar.import_bundle("EXEC_DEFAULT", True, filepath=bundle, face=face)
            ready.avatar = bpy.context.view_layer.objects.active.name
            ready.stage = Stage.DONE
            show_avatar(bpy.context)
            keep_newest(bpy.context)
    except RuntimeError as failure:
        ready.stage, ready.error = Stage.FAILED, str(failure).removeprefix("Error: ").strip()
    except Exception as defect:  # noqa: BLE001  a timer that raises is never called again
        import traceback

        traceback.print_exc()
        ready.stage, ready.error = Stage.FAILED, f"A defect stopped the work ({defect}): please report it."


@persistent
def _before_load(*_: object) -> None:
    """What is still under way was meant for the file that is being closed."""
    if _queue is not None:
        _queue.cancel_all()


def register() -> None:
    """Listen for files being opened."""
    bpy.app.handlers.load_pre.append(_before_load)


def unregister() -> None:
    """End with the add-on."""
    stop()
    bpy.app.handlers.load_pre.remove(_before_load)


CLASSES = ()
