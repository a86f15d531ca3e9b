# SPDX-License-Identifier: GPL-3.0-or-later
"""What the enabled add-on adds to Blender's start: medians of five starts, bytecode compiled as in every start but the first.

.environments/blender-4.5/bin/python tests/start_benchmark.py
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STARTS = 5
START = """
import os, sys, time, types
package = types.ModuleType("portrait_avatar")
package.__path__ = [sys.argv[1]]
sys.modules["portrait_avatar"] = package
import bpy
wall, processor = time.perf_counter(), time.process_time()
from portrait_avatar import avatar_addon
avatar_addon.register()
print("took", 1000 * (time.perf_counter() - wall), 1000 * (time.process_time() - processor), flush=True)
avatar_addon.unregister()
os._exit(0)
"""


def main() -> None:
    """Print the medians."""
    variables = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    took = [start(variables) for _ in range(STARTS + 1)][1:]
    wall, processor = (statistics.median(values) for values in zip(*took, strict=True))
    print(f"import and register: {wall:.0f} ms, processor time {processor:.0f} ms")


def start(variables: dict[str, str]) -> tuple[float, float]:
    """Milliseconds by the wall and of the processor."""
    words = [sys.executable, "-c", START, str(ROOT)]
    output = subprocess.run(words, env=variables, capture_output=True, text=True, check=True).stdout
    line = next(line for line in output.splitlines() if line.startswith("took "))
    wall, processor = map(float, line.split()[1:])
    return wall, processor


if __name__ == "__main__":
    main()
