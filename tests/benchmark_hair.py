# SPDX-License-Identifier: GPL-3.0-or-later
"""How long hair takes in Blender: BLENDER_PYTHON tests/benchmark_hair.py BUNDLE (called by tests/benchmark.py).

Prints a JSON object of medians in seconds: putting on any style of the library, and growing its strands for a render.
"""

from __future__ import annotations

import importlib
import json
import os
import statistics
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STRANDS = 30_000
GROWN = ("bob", "buzz", "long_straight", "long_curls")


def main(bundle: str) -> None:
    """Measure on one avatar."""
    import bpy

    sys.path.insert(0, str(ROOT / "avatar_addon"))
    importlib.import_module("headless").load_package(ROOT)

    def module(name: str) -> object:
        return importlib.import_module(f"portrait_avatar.{name}")

    library, wear = module("avatar_addon.hair.library"), module("avatar_addon.hair.wear")
    set_strand_count = module("avatar_addon.scene.hair_object").set_strand_count
    bpy.ops.wm.read_factory_settings(use_empty=True)
    avatar = module("inference.bundle_io").read_bundle(bundle)
    objects = module("avatar_addon.scene.assemble").build_avatar(avatar, bpy.context.scene)
    head_object = bpy.data.objects[objects.head]
    names = library.style_names()
    if not names:
        raise SystemExit("The hair library has not been built: run python3 build.py zip.")
    worn, grown = [], []
    for name in names:
        start = time.perf_counter()
        hair_object = wear.wear_style(head_object, library.load(name), replace=True)
        worn.append(time.perf_counter() - start)
        if name in GROWN:
            set_strand_count(hair_object, STRANDS, 1.0)
            start = time.perf_counter()
            bpy.context.evaluated_depsgraph_get().update()
            grown.append(time.perf_counter() - start)
    figures = {
        f"wear a hairstyle, median of {len(names)}": statistics.median(worn),
        "wear a hairstyle, slowest": max(worn),
        "grow 30,000 strands": statistics.median(grown),
    }
    sys.stdout.write(json.dumps(figures) + "\n")
    sys.stdout.flush()
    # Some bpy wheels crash or hang in the interpreter's own exit.
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1])
