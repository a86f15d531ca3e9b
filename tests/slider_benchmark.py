# SPDX-License-Identifier: GPL-3.0-or-later
"""How long Blender takes to follow one emotion slider: BLENDER_PYTHON tests/slider_benchmark.py BUNDLE (called by benchmark.py).

Prints two medians of processor seconds (all threads together, so that other programs do not count): one emotion at work, and all of
them; head and guide strands, without interpolated hair.
"""

from __future__ import annotations

import importlib
import os
import statistics
import sys
import time
import types
from pathlib import Path

import bpy

REPEATS = 40
PACKAGE = "portrait_avatar"


def main(bundle: str) -> None:
    package = types.ModuleType(PACKAGE)
    package.__path__ = [str(Path(__file__).resolve().parent.parent)]
    sys.modules[PACKAGE] = package
    bpy.ops.wm.read_factory_settings(use_empty=True)
    read_bundle = importlib.import_module(f"{PACKAGE}.inference.bundle_io").read_bundle
    build_avatar = importlib.import_module(f"{PACKAGE}.avatar_addon.scene.assemble").build_avatar
    sliders = importlib.import_module(f"{PACKAGE}.avatar_addon.emotion.sliders").sliders
    objects = build_avatar(read_bundle(bundle), bpy.context.scene)
    head = bpy.data.objects[objects.head]
    if objects.hair:
        for modifier in bpy.data.objects[objects.hair].modifiers[:-1]:
            modifier.show_viewport = False  # the last one makes the guides follow the surface
    alone = _median(head, "Happiness")
    for name in sliders(head):
        head[name] = 0.5
    print(alone, _median(head, "Happiness"))


def _median(head: bpy.types.Object, slider: str) -> float:
    depsgraph = bpy.context.evaluated_depsgraph_get()
    seconds = []
    for step in range(REPEATS):
        head[slider] = 0.3 + 0.01 * step
        head.update_tag()
        start = time.process_time()
        depsgraph.update()
        seconds.append(time.process_time() - start)
    return statistics.median(seconds)


if __name__ == "__main__":
    main(sys.argv[1])
    sys.stdout.flush()
    os._exit(0)  # some bpy wheels crash in the interpreter's own exit
