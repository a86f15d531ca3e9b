# SPDX-License-Identifier: GPL-3.0-or-later
"""Inputs, processes, comparison, floors and sections of an evaluation."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from inference.bundle import Avatar
from inference.bundle_io import write_bundle
from inference.errors import AvatarError
from inference.evaluation.report.compare import lost_floors, moves, record_floors, say
from inference.evaluation.report.inputs import find_inputs
from inference.evaluation.report.section import read_section
from inference.evaluation.report.summary import add_nearest_others, read_report, summarize
from inference.evaluation.report.workers import work_through


def prepare(folder: str) -> Callable[[str], None]:
    def do(job: str) -> None:
        if job == "refuse":
            raise AvatarError("face_none", "There is no face.")
        if job == "defect":
            raise KeyError(job)
        if job == "die":
            os._exit(3)
        Path(folder, job).write_text(str(os.getpid()))

    return do


def test_a_process_that_dies_takes_only_its_item_along(tmp_path: Path) -> None:
    jobs = ["a", "die", "refuse", "b", "defect", "c"]
    failures = {jobs[done.job]: done.failure for done in work_through(jobs, 2, prepare, str(tmp_path))}
    assert [name for name in "abc" if (tmp_path / name).exists() and not failures[name]] == ["a", "b", "c"]
    assert failures["refuse"] == "There is no face."
    assert "exit status 3" in failures["die"]
    assert "KeyError" in failures["defect"]


def test_photos_bundles_and_folders_of_them(tmp_path: Path, small_avatar: Avatar) -> None:
    (tmp_path / "notes.txt").write_text("no photo")
    Image.new("RGB", (80, 80), "tan").save(tmp_path / "ann.jpg")
    Image.new("RGB", (80, 80), "tan").save(tmp_path / "same as ann.jpg")
    write_bundle(small_avatar, tmp_path / "zoe")
    write_bundle(small_avatar, tmp_path / "demo" / "bundle")
    found = find_inputs([tmp_path], "")
    assert [(one.name, one.is_photo) for one in found] == [("ann", True), ("demo", False)]  # each content once
    assert {one.key for one in found}.isdisjoint(one.key for one in find_inputs([tmp_path], "other options"))


def test_an_empty_folder_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(AvatarError) as error:
        find_inputs([tmp_path], "")
    assert error.value.code == "evaluation_empty"


def report(**figures: float) -> dict:
    items = [{"name": "ann", "figures": figures}]
    return {"items": items, "summary": summarize(items)}


def test_a_comparison_tells_what_moved_and_whether_that_is_better() -> None:
    old = report(**{"face.psnr": 20.0, "loop.overall": 1.5, "hair.iou": 0.8})
    new = report(**{"face.psnr": 21.0, "loop.overall": 1.9, "hair.iou": 0.801})
    found = moves(old, new)
    assert [(move.figure.name, move.better) for move in found] == [("loop.overall", False), ("face.psnr", True)]
    assert "WORSE" in say(found, 1)
    assert "nothing can be compared" in say(moves(old, {"items": [{"name": "bob", "figures": {}}]}), 0)


def test_floors_hold_what_was_recorded_and_nothing_worse(tmp_path: Path) -> None:
    recorded = report(**{"face.psnr": 20.0, "loop.overall": 1.5, "seconds.fit": 3.0})
    file = tmp_path / "floors.json"
    record_floors(recorded["summary"], file, "evaluate ann.jpg")
    assert set(json.loads(file.read_text())["floors"]) == {"face.psnr", "loop.overall"}  # times are no accuracy
    assert lost_floors(recorded["summary"], file) == []
    worse = report(**{"face.psnr": 18.5, "loop.overall": 1.5})["summary"]
    assert ["PSNR" in sentence for sentence in lost_floors(worse, file)] == [True]
    assert len(lost_floors(report(**{"face.psnr": 20.0})["summary"], file)) == 1  # one is missing


def test_the_nearest_other_is_another_person() -> None:
    def item(name: str, photo: float, render: float) -> dict:
        vectors = {"photo": [photo, 0.0], "render": [render, 0.0]}
        return {
            "name": name,
            "figures": {"identity.dlib": abs(photo - render)},
            "embeddings": {"dlib": vectors},
            "words": {},
        }

    items = [item("ann~1", 0.0, 0.1), item("ann~2", 0.05, 0.2), item("bob", 1.0, 0.4)]
    assert add_nearest_others(items)["dlib"].startswith("2 of 3")
    assert items[0]["words"]["nearest other, dlib"] == "0.90 (bob)"


@pytest.mark.parametrize(
    "content", ["", "[]", "{", '{"schema": "another"}', '{"schema": "portrait-avatar-evaluation"}']
)
def test_what_is_no_report_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "old.json").write_text(content)
    with pytest.raises(AvatarError) as error:
        read_report(tmp_path / "old.json")
    assert error.value.code == "request_invalid"


def test_sections_join_as_files_and_broken_ones_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "section.json"
    file.write_text(json.dumps({"title": "Scans", "columns": ["what", "mm"], "rows": [["all", 1.2]]}))
    assert read_section(file).rows == (("all", "1.2"),)
    for broken in (
        {"columns": []},
        {"title": "x", "columns": ["a"], "rows": [["1", "2"]]},
        {"title": "x", "pictures": [["p", "AAAA"]]},
    ):
        file.write_text(json.dumps(broken))
        with pytest.raises(AvatarError):
            read_section(file)


def test_the_worst_of_a_figure_is_its_worse_end() -> None:
    items = [{"figures": {"face.psnr": value, "loop.overall": value}} for value in (1.0, 3.0)]
    summary = summarize(items)
    assert (summary["face.psnr"]["worst"], summary["loop.overall"]["worst"]) == (1.0, 3.0)
    assert summary["face.psnr"]["mean"] == np.mean([1.0, 3.0])
