# SPDX-License-Identifier: GPL-3.0-or-later
"""The NoW benchmark on a small set in the official layout: files, units, broken items, pooled statistics, curve."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from inference import cli
from inference.errors import AvatarError
from inference.evaluation.now.curve import cumulative
from inference.evaluation.now.measure import face_errors
from inference.evaluation.now.mesh_file import read_mesh
from inference.evaluation.now.scan import checked_scan
from inference.evaluation.now.seven_points import read_seven_points, unit_of
from inference.evaluation.synthetic.judging_set import scan_of
from inference.evaluation.synthetic.painter import paint
from inference.evaluation.synthetic.subject import judging_subject
from inference.head.model import HeadModel
from inference.head.open_head import load_open_head
from tests.inference.evaluation.facescape_files import camera, write_ply

PICKED = """<!DOCTYPE PickedPoints>
<PickedPoints>
 <DocumentData>
  <DateTime date="2018-01-01" time="00:00:00"/>
  <User name="x"/>
  <DataFileName name="x.obj"/>
 </DocumentData>
{points}</PickedPoints>
"""


@pytest.fixture(scope="module")
def model() -> HeadModel:
    return load_open_head()


@pytest.fixture(scope="module")
def official(tmp_path_factory: pytest.TempPathFactory, model: HeadModel) -> Path:
    """Two people; predictions: the mean head, once in metres, once in millimetres, once without landmarks, once without faces."""
    folder = tmp_path_factory.mktemp("now")
    names = [
        f"{person}/{challenge}/IMG_{number}.jpg"
        for person, challenge, number in (
            ("A", "multiview_neutral", 1),
            ("A", "selfie", 2),
            ("B", "multiview_neutral", 3),
            ("B", "selfie", 4),
            ("B", "selfie", 5),
        )
    ]
    (folder / "imagepathsvalidation.txt").write_text("\n".join(names) + "\n")
    for number, person in enumerate("AB"):
        subject = judging_subject(model, np.random.default_rng(number))
        scan, marks = scan_of(model, subject, points=1500)
        write_scan(folder, person, scan, marks)
        if person == "A":
            place = folder / "iphone_pictures" / "A" / "multiview_neutral" / "IMG_1.jpg"
            place.parent.mkdir(parents=True)
            Image.fromarray(paint(model, subject.neutral, camera(model, 0), np.random.default_rng(0))).save(place)
    mean = model.shaped(model.shape_mean).astype(np.float64)
    triangles, marks = model.surface.triangles("skin"), model.landmarks["now_7"].points(mean)
    for name in names:
        place = (folder / "predictions" / name).with_suffix(".ply")
        place.parent.mkdir(parents=True, exist_ok=True)
        factor = 1000 if "IMG_3" in name else 1
        write_ply(place, factor * mean, None if "IMG_5" in name else triangles)
        if "IMG_4" not in name:
            np.save(place.with_suffix(".npy"), factor * marks[None])
    return folder


def write_scan(folder: Path, person: str, scan: np.ndarray, marks: np.ndarray) -> None:
    mesh = folder / "scans" / person / "scan.obj"
    mesh.parent.mkdir(parents=True, exist_ok=True)
    mesh.write_text("".join(f"v {x} {y} {z} 0.5 0.5 0.5\n" for x, y, z in scan))
    points = "".join(f' <point x="{x}" y="{y}" z="{z}" active="1" name="{n}"/>\n' for n, (x, y, z) in enumerate(marks))
    picked = folder / "scans_lmks_onlypp" / person / "scan.pp"
    picked.parent.mkdir(parents=True, exist_ok=True)
    picked.write_text(PICKED.format(points=points))


def test_the_official_folders_are_measured(official: Path, model: HeadModel, tmp_path: Path) -> None:
    assert cli.main(["evaluate-now", str(official), str(official / "predictions"), "-o", str(tmp_path)]) == 0
    data = json.loads((tmp_path / "now.json").read_text())
    mean = model.shaped(model.shape_mean).astype(np.float64)
    triangles, marks = model.surface.triangles("skin"), model.landmarks["now_7"].points(mean)
    errors = []
    for number in range(2):
        scan, points = scan_of(model, judging_subject(model, np.random.default_rng(number)), points=1500)
        errors.append(face_errors(scan, points, mean, triangles, marks).distances)
    free = data["statistics"]["non-metrical"]
    pool = np.concatenate([errors[0], errors[0], errors[1]])
    assert free["all"]["count"] == len(pool)
    assert free["all"]["median"] == pytest.approx(np.median(pool), abs=1e-4)
    assert free["all"]["deviation"] == pytest.approx(pool.std(), abs=1e-4)
    assert free["selfie"]["mean"] == pytest.approx(errors[0].mean(), abs=1e-4)
    metrical = data["statistics"]["metrical"]
    assert metrical["all"]["median"] >= free["all"]["median"] - 1e-3  # the unit of IMG_3 was told from its size
    assert metrical["all"]["median"] < 5
    assert {name: "landmarks" in words for name, words in data["left_out"].items()} == {
        "B/selfie/IMG_4.jpg": True,
        "B/selfie/IMG_5.jpg": False,
    }
    assert "no faces" in data["left_out"]["B/selfie/IMG_5.jpg"]
    assert "| multiview_neutral |" in (tmp_path / "now.md").read_text()
    with Image.open(tmp_path / "now.png") as curve:
        assert curve.size == (900, 640)


@pytest.mark.slow
def test_photos_are_estimated_when_there_are_no_predictions(official: Path, tmp_path: Path) -> None:
    arguments = ["evaluate-now", str(official), "--challenge", "multiview_neutral", "-o", str(tmp_path)]
    assert cli.main(arguments) == 0
    data = json.loads((tmp_path / "now.json").read_text())
    assert data["photos"] == 1
    assert "B/multiview_neutral/IMG_3.jpg" in data["left_out"]
    assert data["statistics"]["non-metrical"]["all"]["median"] < 3


def test_a_named_unit_overrules_and_says_so(official: Path, tmp_path: Path) -> None:
    arguments = ["evaluate-now", str(official), str(official / "predictions"), "--unit", "m", "-o", str(tmp_path)]
    assert cli.main(arguments) == 0
    data = json.loads((tmp_path / "now.json").read_text())
    assert "looks as if it were in millimetres" in data["notes"]["B/multiview_neutral/IMG_3.jpg"][0]


def test_scans_are_made_fit_for_the_measure(model: HeadModel) -> None:
    scan, marks = scan_of(model, judging_subject(model, np.random.default_rng(0)), points=200)
    broken = scan.copy()
    broken[:3, 1] = [np.nan, np.inf, -np.inf]
    found = checked_scan(broken, marks, "x")
    assert len(found.vertices) == 197
    assert "3 scan vertices" in found.notes[0]
    metres = checked_scan(scan / 1000, marks / 1000, "x")
    assert metres.vertices == pytest.approx(scan)
    assert "in metres" in metres.notes[0]
    with pytest.raises(AvatarError, match="not numbers"):
        checked_scan(np.full((5, 3), np.nan), marks, "x")
    with pytest.raises(AvatarError, match="neither in millimetres"):
        checked_scan(40 * scan, 40 * marks, "x")


def test_units_are_told_from_the_eyes() -> None:
    marks = np.zeros((7, 3))
    marks[3, 0] = 91.5
    assert [unit_of(marks / factor).name for factor in (1, 10, 1000)] == ["millimetres", "centimetres", "metres"]
    assert unit_of(marks * 7) is None


@pytest.mark.parametrize("order", ["binary_little_endian", "binary_big_endian", "ascii"])
def test_ply_files_of_every_kind_are_read(tmp_path: Path, order: str) -> None:
    vertices = np.random.default_rng(1).normal(size=(5, 3)).astype(np.float32)
    header = (
        f"ply\nformat {order} 1.0\nelement vertex 5\nproperty float x\nproperty float y\nproperty float z\n"
        "property uchar red\nelement face 2\nproperty list uchar int vertex_indices\nproperty uchar flag\nend_header\n"
    )
    polygons = [[0, 1, 2], [0, 2, 3, 4]]
    if order == "ascii":
        rows = [" ".join(map(repr, row.tolist())) + " 7" for row in vertices]
        rows += [f"{len(p)} {' '.join(map(str, p))} 1" for p in polygons]
        body = "\n".join(rows).encode()
    else:
        sign = "<" if "little" in order else ">"
        body = b"".join(row.astype(f"{sign}f4").tobytes() + b"\7" for row in vertices)
        body += b"".join(bytes([len(p)]) + np.array(p, f"{sign}i4").tobytes() + b"\1" for p in polygons)
    (tmp_path / "a.ply").write_bytes(header.encode() + body)
    mesh = read_mesh(tmp_path / "a.ply")
    assert np.array_equal(mesh.vertices, vertices)
    assert mesh.triangles.tolist() == [[0, 1, 2], [0, 2, 3], [0, 3, 4]]


def test_obj_files_may_have_colours_and_negative_indices(tmp_path: Path) -> None:
    (tmp_path / "a.obj").write_text("v 1 2 3 .5 .5 .5\nv 4 5 6\nv nan 0 0\nvn 0 0 1\nf 1//1 2//1 3//1\nf -3 -2 -1\n")
    mesh = read_mesh(tmp_path / "a.obj")
    assert mesh.vertices[:2].tolist() == [[1, 2, 3], [4, 5, 6]]
    assert np.isnan(mesh.vertices[2, 0])
    assert mesh.triangles.tolist() == [[0, 1, 2], [0, 1, 2]]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.ply", b"ply\nformat ascii 1.0\nelement vertex 99999999999\nproperty float x\nend_header\n"),
        ("a.ply", b"ply\nformat binary_little_endian 1.0\nelement vertex 9\nproperty float x\nend_header\n1"),
        ("a.ply", b"<html>"),
        ("a.obj", b""),
        ("a.obj", b"v 1 2 3\nf 1 2 3\n"),
        ("a.obj", b"v 1 2\n"),
        ("a.stl", b"solid"),
    ],
)
def test_broken_meshes_are_refused(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(AvatarError) as refused:
        read_mesh(tmp_path / name)
    assert refused.value.code == "scan_invalid"


@pytest.mark.parametrize("content", ["", "1 2 3\n" * 6, "a b c\n" * 7, "nan 0 0\n" * 7])
def test_seven_points_must_be_seven(tmp_path: Path, content: str) -> None:
    (tmp_path / "a.txt").write_text(content)
    with pytest.raises(AvatarError, match="seven landmarks"):
        read_seven_points(tmp_path / "a.txt")


def test_the_curve_counts_what_lies_below() -> None:
    at, percent = cumulative(np.array([0.5, 1.0, 3.0, 9.0]))
    assert (at[0], at[-1]) == (0, 7)
    assert percent[at.searchsorted(0.995)] == 50
    assert percent[-1] == 75


def test_empty_sets_are_said(tmp_path: Path, official: Path, capsys: pytest.CaptureFixture) -> None:
    assert cli.main(["evaluate-now", str(tmp_path)]) == 1
    assert cli.main(["evaluate-now", str(official), str(tmp_path / "no")]) == 1
    assert cli.main(["evaluate-now", str(official), str(tmp_path)]) == 1
    assert capsys.readouterr().err.count("evaluation_empty") == 3
