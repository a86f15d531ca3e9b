# SPDX-License-Identifier: GPL-3.0-or-later
"""The expression table on both of its sets."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from inference import cli
from inference.emotion.shipped import shipped_network
from inference.evaluation.expression.cameras import directions, read_views, triangulate
from inference.evaluation.expression.conditions import CONDITIONS, DETECTED, NETWORK, NEUTRAL, faces
from inference.evaluation.expression.expressions import EXPRESSIONS, FOLDERS, levels
from inference.evaluation.expression.facescape import facescape_items
from inference.evaluation.expression.item import Item, LeftOut
from inference.evaluation.expression.synthetic import synthetic_items
from inference.face.types import FaceFit
from inference.head.model import HeadModel
from inference.head.open_head import load_open_head
from tests.inference.evaluation.facescape_files import SCALE, YAWS, camera, write_person, write_ply


@pytest.fixture(scope="module")
def model() -> HeadModel:
    return load_open_head()


@pytest.fixture(scope="module")
def data_set(tmp_path_factory: pytest.TempPathFactory, model: HeadModel) -> tuple[Path, dict[str, np.ndarray]]:
    folder = tmp_path_factory.mktemp("facescape")
    return folder, write_person(folder, model, 1, ("neutral", "grin"))


def test_folders_have_the_published_names() -> None:
    assert (FOLDERS[0], FOLDERS[3], FOLDERS[19]) == ("1_neutral", "4_anger", "20_brow_lower")
    assert len(FOLDERS) == 20


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_every_expression_moves_what_its_name_says(model: HeadModel, expression: str) -> None:
    found = levels(expression, model.expression_names, np.random.default_rng(0))
    moving = {name for name, level in zip(model.expression_names, found, strict=True) if level > 0}
    assert (moving == set()) == (expression == "neutral")
    assert found.min() >= 0
    assert found.max() <= 1
    if expression == "jaw_left":
        assert moving == {"jawLeft"}
    if expression == "eye_closed":
        assert moving == {"eyeBlinkLeft", "eyeBlinkRight"}


def test_the_sliders_of_a_photo_move_the_head_toward_it(model: HeadModel) -> None:
    """A fit whose expression is a network's own face: the network's condition comes near it, the neutral one does not."""
    network = shipped_network(model)
    sliders = np.zeros((1, len(network.emotions)), np.float32)
    sliders[0, network.emotions.index("happiness")] = 0.8
    expression = np.clip(network.predict(sliders, model.shape_mean)[0, : len(network.expressions)], 0, 1)
    still = np.zeros_like(model.template)
    pose = np.zeros((len(model.joints.names), 3))
    fit = FaceFit(model.shape_mean, expression, pose, still, still, camera(model, 0), 0.0)
    heads, values = faces(model, network, fit)
    assert tuple(heads) == CONDITIONS
    miss = {name: np.linalg.norm(heads[name] - heads[DETECTED], axis=1).max() for name in (NEUTRAL, NETWORK)}
    assert miss[NETWORK] < 0.35 * miss[NEUTRAL]
    assert max(values, key=values.get) == "happiness"


def test_painted_items_are_the_same_for_a_seed(model: HeadModel) -> None:
    first, again, other = (next(synthetic_items(model, 1, seed, ("grin",))) for seed in (3, 3, 4))
    assert isinstance(first, Item)
    assert np.array_equal(first.photo.pixels, again.photo.pixels)
    assert np.array_equal(first.scan, again.scan)
    assert not np.array_equal(first.scan, other.scan)


def test_cameras_stand_where_they_were_put(model: HeadModel, data_set: tuple[Path, dict[str, np.ndarray]]) -> None:
    folder, truth = data_set
    views = read_views(folder / "images" / "1" / "1_neutral" / "params.json")
    assert [view.number for view in views] == [0, 1, 2, 3, 4]
    turns = directions(views, truth["neutral"])
    assert turns[:, 0] == pytest.approx(YAWS[:5], abs=6)
    assert np.abs(turns[:, 1]).max() < 25


def test_a_point_is_found_though_one_camera_errs() -> None:
    random = np.random.default_rng(2)
    point = np.array([0.3, -0.2, 4.0])
    poses = np.stack([np.c_[np.eye(3), random.uniform(-1, 1, 3)] for _ in range(6)])
    before = poses[:, :, :3] @ point + poses[:, :, 3]
    rays = before[:, :2] / before[:, 2:]
    assert triangulate(rays, poses, 0.004)[0] == pytest.approx(point, abs=1e-9)
    rays[2] += 0.2
    found, miss = triangulate(rays, poses, 0.004)
    assert found == pytest.approx(point, abs=0.02)
    assert miss < 0.01


def test_a_folder_is_measured_and_what_is_missing_is_listed(
    model: HeadModel, data_set: tuple[Path, dict[str, np.ndarray]]
) -> None:
    folder, truth = data_set
    found = list(facescape_items(folder, ("neutral", "grin", "anger"), None))
    items = {item.name: item for item in found if isinstance(item, Item)}
    assert set(items) == {"1/1_neutral, front", "1/1_neutral, side", "1/16_grin, front", "1/16_grin, side"}
    missing = [one for one in found if isinstance(one, LeftOut)]
    assert [one.name for one in missing] == ["1/4_anger"]
    item = items["1/16_grin, front"]
    assert np.linalg.norm(item.marks - SCALE * truth["grin"], axis=1).max() < 6  # the detector's millimetres
    assert "triangulated" in item.notes[0]


def test_metres_are_detected_and_strange_units_refused(
    model: HeadModel, data_set: tuple[Path, dict[str, np.ndarray]], tmp_path: Path
) -> None:
    folder, truth = data_set
    shutil.copytree(folder, tmp_path / "set")
    (tmp_path / "set" / "Rt_scale_dict.json").unlink()
    (strange,) = facescape_items(tmp_path / "set", ("neutral",), None)
    assert isinstance(strange, LeftOut)
    assert "neither in millimetres" in strange.reason
    (tmp_path / "set" / "Rt_scale_dict.json").write_text(json.dumps({"1": {"1": [SCALE / 1000, []]}}))
    np.savetxt(tmp_path / "set" / "meshes" / "1" / "1_neutral.txt", truth["neutral"])
    front, _ = facescape_items(tmp_path / "set", ("neutral",), None)
    assert "in metres" in front.notes[0]
    assert front.marks == pytest.approx(SCALE * truth["neutral"], abs=1e-2)


def test_broken_pictures_and_vertices_are_named(data_set: tuple[Path, dict[str, np.ndarray]], tmp_path: Path) -> None:
    folder, truth = data_set
    shutil.copytree(folder, tmp_path / "set")
    pictures, meshes = tmp_path / "set" / "images" / "1" / "16_grin", tmp_path / "set" / "meshes" / "1"
    Image.new("RGB", (320, 320), (90, 120, 90)).save(pictures / "0.jpg")  # the front view: nobody
    (pictures / "1.jpg").write_bytes(b"no picture")  # the side view
    np.save(meshes / "16_grin.npy", truth["grin"])
    front, side = facescape_items(tmp_path / "set", ("grin",), None)
    assert (front.name, side.name) == ("1/16_grin, front", "1/16_grin, side")
    assert "No face was found" in front.reason
    assert isinstance(side, LeftOut)
    write_ply(meshes / "1_neutral.ply", np.full((50, 3), np.nan))
    (broken,) = facescape_items(tmp_path / "set", ("neutral",), None)
    assert "50 of 50 scan vertices are not numbers" in broken.reason
    (meshes / "1_neutral.ply").write_bytes(b"<html>")
    (broken,) = facescape_items(tmp_path / "set", ("neutral",), None)
    assert "1_neutral.ply is not a mesh" in broken.reason


@pytest.mark.slow
def test_the_command_prints_the_table(
    data_set: tuple[Path, dict[str, np.ndarray]], tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    answer = tmp_path / "table.json"
    arguments = ["evaluate-expression", str(data_set[0]), "--expressions", "grin", "anger", "--json", str(answer)]
    assert cli.main(arguments) == 0
    printed = capsys.readouterr().out
    assert all(f"| {condition} |" in printed for condition in CONDITIONS)
    assert "1/4_anger" in printed
    data = json.loads(answer.read_text())
    figures = data["views"]["front"][NEUTRAL]
    assert 0.3 < figures["median"] < 4
    assert figures["count"] > 1000
    assert data["left_out"][0]["name"] == "1/4_anger"


def test_empty_folders_are_said(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    assert cli.main(["evaluate-expression", str(tmp_path)]) == 1
    assert "evaluation_empty" in capsys.readouterr().err
