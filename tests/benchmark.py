# SPDX-License-Identifier: GPL-3.0-or-later
"""How long each part takes: python tests/benchmark.py INFERENCE_PYTHON BLENDER_PYTHON PHOTO (called by build.py bench)."""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REPEATS = 5
LOAD_HEAD = """
import time
start = time.perf_counter()
from inference.head.open_head import load_open_head
imported = time.perf_counter()
load_open_head()
print(time.perf_counter() - imported)
"""
# In Blender's Python: what enabling the add-on adds to the start, and how long from photo to avatar in the scene.
ADD_ON = """
import json, os, sys, time, types
root, photo, folder = sys.argv[1:]
package = types.ModuleType("portrait_avatar")
package.__path__ = [root]
sys.modules["portrait_avatar"] = package
import bpy
start = time.perf_counter()
from portrait_avatar import avatar_addon
avatar_addon.register()
seconds = {"add-on at Blender's start": time.perf_counter() - start}
for run in ("cold", "warm", "warm again"):
    start = time.perf_counter()
    bpy.ops.avatar.create(filepath=photo, output=folder)
    seconds[f"photo to avatar in Blender, {run}"] = time.perf_counter() - start
avatar_addon.unregister()
print(json.dumps(seconds))
sys.stdout.flush()
os._exit(0)
"""


def main(inference: str, blender: str, photo: str) -> None:
    """Print a table of medians."""
    rows: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        bundle = f"{folder}/bundle"
        for _ in range(REPEATS):
            rows.setdefault("load the head", []).append(float(run(inference, "-c", LOAD_HEAD)))
            start = time.perf_counter()
            run(inference, "-m", "inference", "create", photo, "-o", bundle)
            rows.setdefault("photo to bundle, cold process", []).append(time.perf_counter() - start)
        for seconds, stages in warm_runs(inference, photo, bundle):
            rows.setdefault("photo to bundle, warm worker", []).append(seconds)
            for stage, value in stages.items():
                rows.setdefault(f"    of which {stage}", []).append(value)
        for _ in range(3):
            output = run(blender, "avatar_addon/headless.py", bundle, "--out", folder, "--formats", "")
            stages = [json.loads(line) for line in output.splitlines() if line.startswith("{")]
            rows.setdefault("bundle to Blender objects", []).append(stages[0]["seconds"])
            output = run(blender, "-c", ADD_ON, str(ROOT), photo, folder, PORTRAIT_AVATAR_PYTHON=inference)
            for name, value in json.loads(output.splitlines()[-1]).items():
                rows.setdefault(name.removesuffix(" again"), []).append(value)
            for name, seconds in json.loads(run(blender, "tests/benchmark_hair.py", bundle).splitlines()[-1]).items():
                rows.setdefault(name, []).append(seconds)
            alone, among = run(blender, "tests/slider_benchmark.py", bundle).splitlines()[-1].split()
            rows.setdefault("an emotion slider moves, CPU", []).append(float(alone))
            rows.setdefault("    with all emotions at work", []).append(float(among))
        flame = run(inference, "tests/benchmark_flame.py", "line", photo)
        rows |= json.loads(flame.splitlines()[-1])
        for name, seconds in json.loads(run(inference, "tests/benchmark_now.py").splitlines()[-1]).items():
            rows.setdefault(name, []).append(seconds)
        run(inference, "-m", "inference", "evaluate", photo, "--out", f"{folder}/evaluation", "--jobs", "1")
        figures = json.loads(Path(folder, "evaluation/report.json").read_text(encoding="utf-8"))["items"][0]["figures"]
        rows["measure an avatar (evaluate)"] = [figures["seconds.measure"]]
    print(f"{platform.platform()}, {os.cpu_count()} CPU cores, load {os.getloadavg()[0]:.1f}; medians in seconds")
    for name, values in rows.items():
        print(
            f"{name:32}{statistics.median(values):8.3f}   ({min(values):.3f} to {max(values):.3f}, {len(values)} runs)"
        )


def run(*command: str, **variables: str) -> str:
    """Stdout of a command that succeeds."""
    variables = os.environ | variables
    return subprocess.run(
        command, cwd=ROOT, check=True, capture_output=True, text=True, timeout=600, env=variables
    ).stdout


def warm_runs(inference: str, photo: str, bundle: str) -> list[tuple[float, dict[str, float]]]:
    """(seconds, stage -> seconds) of requests to one worker; the first is left out."""
    command = [inference, "-m", "inference", "worker"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    results = []
    with subprocess.Popen(command, cwd=ROOT, text=True, **pipes) as worker:
        for number in range(REPEATS + 1):
            request = {"type": "create", "id": str(number), "photo": photo, "output": bundle}
            print(json.dumps(request), file=worker.stdin, flush=True)
            while (answer := json.loads(worker.stdout.readline()))["type"] in ("ready", "progress"):
                pass
            if answer["type"] != "created":
                raise RuntimeError(f"the worker answered {answer}")
            report = json.loads(Path(bundle, "avatar.json").read_text(encoding="utf-8"))["report"]
            results.append((answer["seconds"], report["seconds"]))
        worker.stdin.close()
    return results[1:]


if __name__ == "__main__":
    main(*sys.argv[1:])
