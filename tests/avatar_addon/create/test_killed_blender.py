# SPDX-License-Identifier: GPL-3.0-or-later
"""A Blender that is killed takes the real worker with it, wherever that is in its work."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from portrait_avatar.avatar_addon.setup.environment import OWN_PYTHON

BLENDER = """
import sys, time, types
root, photo, output, moment = sys.argv[1:]
package = types.ModuleType("portrait_avatar")
package.__path__ = [root]
sys.modules["portrait_avatar"] = package
import bpy
from pathlib import Path
from portrait_avatar import avatar_addon
avatar_addon.register()
from portrait_avatar.avatar_addon.create import session
from portrait_avatar.avatar_addon.create.enqueue import Choices, enqueue
queue = session.queue(bpy.context)
(item,) = enqueue(queue, [Path(photo)], Choices(), Path(output), ask=False)
while item.fraction < float(moment) or queue.client.pid is None:
    queue.advance()
    time.sleep(0.005)
print("worker", queue.client.pid, flush=True)
time.sleep(60)
"""


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc")
@pytest.mark.parametrize("moment", [0.0, 0.05, 0.2, 0.6])
def test_no_process_is_left(repository, astronaut, folder, moment):
    """moment: the share of the work that is done; 0: the worker is still starting."""
    if not os.environ.get(OWN_PYTHON):
        pytest.skip(f"{OWN_PYTHON} does not name the inference environment's Python")
    command = [sys.executable, "-c", BLENDER, str(repository), str(astronaut), str(folder), str(moment)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as blender:
        for line in blender.stdout:
            if line.startswith("worker "):
                worker = int(line.split()[1])
                break
        if moment == 0.0:
            time.sleep(1.0)
        assert alive(worker)
        blender.kill()
        killed = time.monotonic()
    while alive(worker):
        assert time.monotonic() - killed < 5, "the worker outlived Blender by 5 s"
        time.sleep(0.02)
    print(f"at {moment:.0%}: gone after {time.monotonic() - killed:.2f} s")


def alive(pid: int) -> bool:
    """Whether it runs; one that nobody has buried yet does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False
