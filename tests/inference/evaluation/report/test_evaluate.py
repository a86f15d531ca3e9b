# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole command on the NASA portrait: no figure below what was recorded in floors.json, and a report that shows what it says.

Floors are recorded by
    python -m inference evaluate .environments/astronaut.png --out DIR --record-floors tests/inference/evaluation/report/floors.json
"""

from __future__ import annotations

import base64
import io
import json
import re
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from inference.cli import main

FLOORS = Path(__file__).with_name("floors.json")
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def out(astronaut: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The portrait beside a file that is no picture."""
    folder = tmp_path_factory.mktemp("evaluation")
    broken = folder / "broken.jpg"
    broken.write_bytes(b"not a picture")
    assert main(["evaluate", str(astronaut), str(broken), "--out", str(folder / "out"), "--floors", str(FLOORS)]) == 0
    return folder / "out"


def test_the_broken_item_is_listed_and_the_other_measured(out: Path) -> None:
    report = json.loads((out / "report.json").read_text())
    good, broken = report["items"]
    assert broken["error"].startswith("broken.jpg is not a picture")
    assert {"face.psnr", "identity.dlib", "loop.overall", "hair.iou", "emotion.units", "seconds.fit"} <= set(
        good["figures"]
    )
    assert "no weights given" in good["missing"]["lpips"]
    assert not any("lpips" in name or "facenet" in name for name in good["figures"])
    assert "broken.jpg is not a picture" in (out / "report.md").read_text()


def test_masks_lie_within_each_other(out: Path) -> None:
    folder = next(path for path in (out / "items").iterdir() if (path / "item.json").exists())
    whole, head, face = (np.asarray(Image.open(folder / f"mask_{name}.png")) > 0 for name in ("whole", "head", "face"))
    assert (face <= head).all()
    assert (head <= whole).all()
    assert 0.05 < face.mean() < head.mean() < whole.mean()


def test_the_html_needs_no_other_file_and_its_pictures_open(out: Path) -> None:
    text = (out / "report.html").read_text()
    assert "<script" not in text
    assert set(re.findall(r'src="(.{5})', text)) == {"data:"}
    pictures = [Image.open(io.BytesIO(base64.b64decode(code))) for code in re.findall(r"base64,([^\"]+)", text)]
    assert len(pictures) == 5  # photo, two renders, difference, errors on the head
    assert all(picture.size == (320, 320) for picture in pictures)


def test_a_second_run_measures_nothing_again_and_compares(
    out: Path, astronaut: Path, capsys: pytest.CaptureFixture
) -> None:
    item = next((out / "items").glob("*/item.json"))
    before = item.stat().st_mtime_ns
    time.sleep(0.02)
    old = out / "report.json"
    assert main(["evaluate", str(astronaut), "--out", str(out), "--compare", str(old)]) == 0
    assert item.stat().st_mtime_ns == before
    assert "Nothing moved on the 1 items" in capsys.readouterr().out


def test_a_figure_below_its_floor_ends_with_status_1(
    out: Path, astronaut: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    floors = tmp_path / "floors.json"
    floors.write_text(json.dumps({"floors": {"face.psnr": 60.0}}))
    assert main(["evaluate", str(astronaut), "--out", str(out), "--floors", str(floors)]) == 1
    assert "PSNR, face" in capsys.readouterr().err
