# SPDX-License-Identifier: GPL-3.0-or-later
"""Photo -> DECA + MICA -> bundle -> Blender -> FBX on synthetic files: a nonsense face, but every planted number in its place."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import numpy as np
import pytest

from inference import cli
from inference.bundle_io import read_bundle
from inference.head.flame.frame import from_flame
from tests.inference.estimators.licensed_files import posed_by_the_book, write_all
from tests.inference.weights.files import Planted

pytestmark = pytest.mark.slow
PLANTED = Planted()
NEUTRAL = np.zeros(3)

# Runs in Blender: the exported head's vertices in world space, its shape keys, bones; what the .blend says of the licence.
READ_BACK = """
import json, sys, bpy, numpy as np
blend, fbx, out = sys.argv[-3:]
bpy.ops.wm.open_mainfile(filepath=blend)
head = next(o for o in bpy.data.objects if o.type == "MESH" and "portrait_avatar" in o)
skin = next(s.material for s in head.material_slots if s.material.name.endswith("skin"))
report = {
    "licence": head["licence"],
    "sources": [s["name"] for s in head["portrait_avatar"]["sources"]],
    "nodes": sorted({n.type for n in skin.node_tree.nodes}),
}
bpy.ops.wm.read_factory_settings(use_empty=True)
bpy.ops.import_scene.fbx(filepath=fbx)
head = max((o for o in bpy.data.objects if o.type == "MESH" and o.data.shape_keys), key=lambda o: len(o.data.vertices))
report["keys"] = [k.name for k in head.data.shape_keys.key_blocks]
report["bones"] = sorted(b.name for o in bpy.data.objects if o.type == "ARMATURE" for b in o.data.bones)
points = np.empty(3 * len(head.data.vertices), np.float32)
head.data.shape_keys.key_blocks[0].data.foreach_get("co", points)
world = np.array(head.matrix_world)
np.save(out, points.reshape(-1, 3) @ world[:3, :3].T + world[:3, 3])
print("REPORT" + json.dumps(report), flush=True)
import os
os._exit(0)
"""


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory, astronaut: Path) -> Path:
    folder = tmp_path_factory.mktemp("line")
    (folder / "files").mkdir()
    write_all(folder / "files", PLANTED)
    (folder / "files" / "flame2023.pkl").unlink()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        patch.setenv("PORTRAIT_AVATAR_WEIGHTS", str(folder / "weights.json"))
        assert cli.main(["weights", "add", str(folder / "files")]) == 0
        command = ["create", str(astronaut), "-o", str(folder / "bundle"), "--estimator", "deca+mica"]
        done = subprocess.run(
            [sys.executable, "-m", "inference", *command, "--texture-size", "256"],
            cwd=Path(__file__).resolve().parents[3],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    return folder / "bundle"


def test_the_bundle_holds_what_was_planted(bundle: Path) -> None:
    avatar = read_bundle(bundle)
    assert np.array_equal(avatar.shape, PLANTED.shape)
    expression = [avatar.expression.get(f"flame_expression_{n:03}", 0.0) for n in range(1, 51)]
    assert expression == pytest.approx(PLANTED.coarse[150:200], abs=0.011)
    assert avatar.pose["jaw"] == pytest.approx(tuple(from_flame(PLANTED.coarse[203:206])), abs=1e-5)
    truth = from_flame(posed_by_the_book(PLANTED.shape, np.zeros(50), NEUTRAL, NEUTRAL))
    assert np.abs(avatar.head.vertices[:5023] - truth).max() < 1e-6
    assert {"normal", "displacement"} <= avatar.textures.keys()
    assert len(avatar.head.key_names) == 52
    assert {source["name"] for source in avatar.sources if source.get("use") == "non-commercial"} == {
        "flame-2020",
        "DECA",
        "MICA",
    }


@pytest.mark.parametrize("version", ["4.2", "5.0"])
def test_blender_exports_the_planted_head(bundle: Path, repository: Path, tmp_path: Path, version: str) -> None:
    blender = repository / f".environments/blender-{version}/bin/python"
    if not blender.exists():
        pytest.skip(f"the environment of Blender {version} was not made (build.py test --ci makes it)")
    export = [blender, "avatar_addon/headless.py", bundle, "--out", tmp_path, "--formats", "blend,fbx"]
    done = subprocess.run(export, cwd=repository, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    places = [tmp_path / name for name in ("avatar.blend", "avatar.fbx", "vertices.npy")]
    done = subprocess.run([blender, "-c", READ_BACK, *places], capture_output=True, text=True, check=False)
    assert "REPORT" in done.stdout, done.stderr
    report = json.loads(done.stdout.split("REPORT", 1)[1].splitlines()[0])
    assert report["licence"] == "Non-commercial use only: made with flame-2020, DECA, MICA"
    assert report["sources"] == ["flame-2020", "MediaPipe 0.10.21", "DECA", "MICA"]
    assert "NORMAL_MAP" in report["nodes"]
    assert {"jawOpen", "eyeBlinkLeft", "mouthSmileRight"} <= set(report["keys"])
    assert {"jaw", "left_eye", "right_eye"} <= set(report["bones"])
    truth = from_flame(posed_by_the_book(PLANTED.shape, np.zeros(50), NEUTRAL, NEUTRAL))
    exported = np.load(tmp_path / "vertices.npy")
    assert np.abs(exported[:5023] - truth).max() < 1e-4
