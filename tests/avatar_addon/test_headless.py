# SPDX-License-Identifier: GPL-3.0-or-later
"""The command that build.py runs, in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import bpy
import pytest
from portrait_avatar.inference.bundle_io import write_bundle

SCRIPT = Path(__file__).resolve().parents[2] / "avatar_addon/headless.py"
MINUTES = 60


def test_everything_comes_out(avatar, folder):
    bundle = write_bundle(avatar, folder / "bundle")
    out = folder / "out"
    done = _run(
        *(bundle, "--out", out, "--formats", "blend,fbx,obj,glb,zip"),
        *("--preview", "--views", "same_view,front", "--samples", 1, "--size", 80),
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    names = {path.name for path in out.iterdir()}
    wanted = {f"avatar.{suffix}" for suffix in ("blend", "fbx", "obj", "mtl", "glb", "zip")}
    assert names == {*wanted, "avatar_emotions.json", "stand_in_skin.png", "stand_in_eyes.png", "preview"}
    index = json.loads((out / "preview/views.json").read_text())
    assert list(index) == ["same_view", "front"]
    assert all((out / "preview" / view["file"]).stat().st_size > 0 for view in index.values())
    stages = [json.loads(line)["stage"] for line in done.stdout.splitlines() if line.startswith('{"stage"')]
    assert stages == ["build", "blend", "fbx", "obj", "glb", "zip", "preview"]


def test_the_saved_file_opens_whole(avatar, folder):
    bundle = write_bundle(avatar, folder / "bundle")
    assert _run(bundle, "--out", folder / "out", "--formats", "blend").returncode == 0
    bpy.ops.wm.open_mainfile(filepath=str(folder / "out/avatar.blend"))
    assert bpy.data.objects["stand in head"]["portrait_avatar"]["name"] == "stand in"
    assert bpy.data.images["stand in skin"].packed_file is not None
    assert bpy.context.scene.camera.name == "stand in camera"


def test_failure_is_told_by_the_exit_status(folder):
    done = _run(folder / "nothing", "--out", folder / "out")
    assert done.returncode == 1
    assert "There is no avatar bundle" in done.stderr
    assert not (folder / "out").exists()


@pytest.mark.parametrize("arguments", [["--formats", "blend,max"], []])
def test_wrong_arguments_are_refused(folder, arguments):
    done = _run(folder, *arguments)
    assert done.returncode == 2


def _run(*arguments: object) -> subprocess.CompletedProcess[str]:
    blender = bpy.app.binary_path
    command = [blender, "-b", "--factory-startup", "-P", SCRIPT, "--"] if blender else [sys.executable, SCRIPT]
    line = [str(part) for part in (*command, *arguments)]
    return subprocess.run(line, capture_output=True, text=True, timeout=5 * MINUTES, check=False)
