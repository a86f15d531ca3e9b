# SPDX-License-Identifier: GPL-3.0-or-later
"""The worker is killed at 20 moments: the window goes on, the scene stays as it is, and the next photo works."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Iterator

import bpy
from window_means import SETTINGS, dropped, expect, invoke, module, open_tab, picture, press, results, use_environment

KILLS = 20
# Seconds that a photo takes, with the worker's start.
SPAN = 12.0


def story() -> Iterator[float]:
    use_environment()
    yield from open_tab()
    session = module("create.session")
    moments, sentences = [], set()
    dice = random.Random(4)
    before = contents()
    for number in range(KILLS):
        invoke("drop", SETTINGS["photo"])
        item = session.items()[-1]
        end = time.monotonic() + dice.uniform(0.0, SPAN)
        while time.monotonic() < end and item.stage.value not in ("ready", "done"):
            # Stop before an avatar is added.
            if item.fraction > 0.9:
                break
            yield 0.05
        pid = session.queue(bpy.context).client.pid
        while pid is None:
            yield 0.02
            pid = session.queue(bpy.context).client.pid
        moments.append([item.stage.value, round(item.fraction, 2)])
        os.kill(pid, signal.SIGKILL)
        killed = time.monotonic()
        while item.stage.value not in ("failed", "done"):
            yield 0.05
            if time.monotonic() - killed > 5:
                # It died between two answers: a new one has the photo. Somebody who waits gets the avatar.
                expect(session.queue(bpy.context).client.pid != pid, f"kill {number} at {moments[-1]}: not noticed")
                moments[-1].append("went on")
                press("cancel")
                break
        while item.stage.value not in ("failed", "cancelled"):
            yield 0.05
        expect(contents() == before, f"kill {number}: the scene changed")
        sentences.add(item.error.split(":")[0])
        yield 0.1
    picture("killed")
    results["moments"], results["sentences"] = moments, sorted(sentences)
    yield from dropped(SETTINGS["photo"])
    expect(len(contents()) > len(before), "no avatar after the kills")


def contents() -> set[str]:
    """Everything in the file."""
    kinds = ("objects", "meshes", "materials", "images", "hair_curves", "node_groups", "collections")
    return {f"{kind} {item.name}" for kind in kinds for item in getattr(bpy.data, kind)}
