# SPDX-License-Identifier: GPL-3.0-or-later
"""python -m inference as people and programs run it: real processes, real photos, and everything bad input must do."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from inference.bundle_io import read_bundle
from inference.errors import CODES


def run(repository: Path, *arguments: object, stdin: str = "") -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "inference", *map(str, arguments)]
    return subprocess.run(
        command, cwd=repository, input=stdin, capture_output=True, text=True, encoding="utf-8", timeout=120, check=False
    )


@pytest.fixture
def bad_photo(tmp_path: Path, astronaut: Path, request: pytest.FixtureRequest) -> Path:
    """A photo that cannot become an avatar, by the name of what is wrong with it."""
    path = tmp_path / "Foto von Zoë (1).png"
    picture = Image.open(astronaut).convert("RGB")
    match request.param:
        case "missing":
            pass
        case "folder":
            path.mkdir()
        case "text":
            path.write_text("not a picture")
        case "empty":
            path.touch()
        case "truncated":
            path.write_bytes(astronaut.read_bytes()[:300_000])
        case "1x1":
            Image.new("RGB", (1, 1)).save(path)
        case "30,000 wide":
            Image.new("L", (30_000, 9_000)).save(path)
        case "no face":
            Image.fromarray(np.full((300, 300, 3), 90, np.uint8)).save(path)
        case "small face":
            canvas = Image.new("RGB", (640, 480), "gray")
            canvas.paste(picture.resize((230, 230)), (200, 100))
            canvas.save(path)
    return path


@pytest.mark.parametrize(
    ("bad_photo", "code"),
    [
        ("missing", "photo_missing"),
        ("folder", "photo_is_folder"),
        ("text", "photo_not_image"),
        ("empty", "photo_not_image"),
        ("truncated", "photo_damaged"),
        ("1x1", "photo_too_small"),
        ("30,000 wide", "photo_too_large"),
        ("no face", "face_none"),
        ("small face", "face_too_small"),
    ],
    indirect=["bad_photo"],
)
def test_bad_photos(repository: Path, tmp_path: Path, bad_photo: Path, code: str) -> None:
    before = sorted(tmp_path.iterdir())
    answer = run(repository, "create", bad_photo, "-o", tmp_path / "out", "--json")
    assert answer.returncode == 1
    last = json.loads(answer.stdout.splitlines()[-1])
    assert (last["type"], last["code"]) == ("failed", code)
    assert last["message"].endswith(".")
    assert answer.stderr == ""
    assert sorted(tmp_path.iterdir()) == before


def test_errors_for_people(repository: Path, tmp_path: Path) -> None:
    answer = run(repository, "create", tmp_path / "no.jpg", "-o", tmp_path / "out")
    assert answer.returncode == 1
    assert answer.stdout == ""
    lines = answer.stderr.splitlines()
    assert lines[-1].startswith("Error: ")
    assert lines[-1].endswith("[photo_missing]")
    assert "Traceback" not in answer.stderr


def test_other_face_than_there_is(repository: Path, tmp_path: Path, astronaut: Path) -> None:
    answer = run(repository, "create", astronaut, "-o", tmp_path / "out", "--face", 2, "--json")
    assert json.loads(answer.stdout.splitlines()[-1])["code"] == "face_index"
    assert not (tmp_path / "out").exists()


def test_output_in_the_way(repository: Path, tmp_path: Path, astronaut: Path) -> None:
    (tmp_path / "out").write_text("mine")
    answer = run(repository, "create", astronaut, "-o", tmp_path / "out", "--json")
    assert json.loads(answer.stdout)["code"] == "output_exists"
    assert (tmp_path / "out").read_text() == "mine"


def test_wrong_usage(repository: Path) -> None:
    assert run(repository).returncode == 2
    assert run(repository, "create").returncode == 2
    assert run(repository, "create", "a", "-o", "b", "--texture-size", "7").returncode == 2


def test_faces(repository: Path, astronaut: Path) -> None:
    answer = run(repository, "faces", astronaut, "--json")
    ((x0, y0, x1, y1),) = json.loads(answer.stdout)["boxes"]
    assert 170 < x0 < x1 < 285
    assert 60 < y0 < y1 < 190
    assert run(repository, "faces", astronaut).stdout.startswith("face 1: ")


def test_contact_sheet(repository: Path, tmp_path: Path, astronaut: Path) -> None:
    views = tmp_path / "views"
    views.mkdir()
    for name, color in (("same_view", "red"), ("happiness", "lime")):
        Image.new("RGB", (80, 100), color).save(views / f"{name}.png")
    index = {
        "same_view": {"file": "same_view.png", "photo_box": [100, 50, 300, 300]},
        "happiness": {"file": "happiness.png", "photo_box": None},
    }
    (views / "views.json").write_text(json.dumps(index))
    answer = run(repository, "contact-sheet", astronaut, views, "-o", tmp_path / "deep" / "sheet.png")
    assert answer.returncode == 0, answer.stderr
    sheet = np.asarray(Image.open(tmp_path / "deep" / "sheet.png").convert("RGB"))
    assert (sheet == (255, 0, 0)).all(-1).sum() == 80 * 100
    assert (sheet == (0, 255, 0)).all(-1).sum() == 80 * 100


def test_contact_sheet_without_views(repository: Path, tmp_path: Path, astronaut: Path) -> None:
    answer = run(repository, "contact-sheet", astronaut, tmp_path, "-o", tmp_path / "sheet.png")
    assert answer.returncode == 1
    assert not (tmp_path / "sheet.png").exists()


@pytest.mark.slow
def test_create(repository: Path, tmp_path: Path, astronaut: Path) -> None:
    """The whole line: progress that rises, a bundle that reads, the person's own words and nothing else on stdout."""
    out = tmp_path / "Zoë Ünal (1)"
    answer = run(repository, "create", astronaut, "-o", out, "--json", "--texture-size", 256)
    messages = [json.loads(line) for line in answer.stdout.splitlines()]
    assert answer.returncode == 0, answer.stdout + answer.stderr
    fractions = [message["fraction"] for message in messages[:-1]]
    assert fractions == sorted(fractions)
    assert fractions[0] == 0
    assert messages[-1]["type"] == "created"
    avatar = read_bundle(out)
    assert len(avatar.head.key_names) == 52
    assert avatar.report["landmark_residual_percent"] < 1.0
    assert {"photo", "skin", "eye"} <= avatar.textures.keys()
    assert [path.name for path in tmp_path.iterdir()] == [out.name]


@pytest.mark.slow
def test_worker(repository: Path, tmp_path: Path, astronaut: Path) -> None:
    """Two requests to one process: the same photo gives the same bundle, and only protocol lines are on stdout."""
    command = [sys.executable, "-m", "inference", "worker", "--log", tmp_path / "log" / "worker.log"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, cwd=repository, text=True, **pipes) as worker:
        assert json.loads(worker.stdout.readline()) == {"type": "ready", "version": 1}
        for number in range(2):
            request = {"type": "create", "id": str(number), "photo": str(astronaut), "texture_size": 256}
            print(json.dumps(request | {"output": str(tmp_path / str(number))}), file=worker.stdin, flush=True)
            while (answer := json.loads(worker.stdout.readline()))["type"] == "progress":
                assert answer["id"] == str(number)
            assert answer["type"] == "created", answer
        worker.stdin.close()
        assert worker.wait(20) == 0
        assert worker.stdout.read() == ""
        assert worker.stderr.read() == ""
    first, second = (read_bundle(tmp_path / str(number)) for number in range(2))
    np.testing.assert_array_equal(first.head.vertices, second.head.vertices)
    np.testing.assert_array_equal(first.hair.points, second.hair.points)


def test_every_code_has_an_explanation() -> None:
    assert all(code == code.lower() and meaning for code, meaning in CODES.items())
