# SPDX-License-Identifier: GPL-3.0-or-later
"""Training on a user's labelled photos."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from inference.bundle import Camera
from inference.cli import main
from inference.emotion.network import load_network
from inference.emotion.photo_set import LabelledPhoto, find_photos, photo_dataset
from inference.emotion.prototypes import EMOTIONS
from inference.emotion.synthetic import SyntheticOptions, synthetic_dataset
from inference.emotion.transfer import learned_transfer, transferred_dataset
from inference.errors import AvatarError
from inference.face.types import FaceFit
from inference.head.model import HeadModel


def fit(head: HeadModel, expression: np.ndarray) -> FaceFit:
    zeros = np.zeros_like(head.template)
    pose = np.zeros((len(head.joints.names), 3))
    camera = Camera(np.eye(4), 900.0, (256.0, 256.0), 512, 512)
    return FaceFit(head.shape_mean, expression, pose, zeros, zeros, camera, 1.0)


def touch(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")


def code_of(action: object, *arguments: object) -> str:
    with pytest.raises(AvatarError) as caught:
        action(*arguments)
    assert caught.value.message.endswith(".")
    return caught.value.code


def test_a_folder_of_subjects(tmp_path: Path) -> None:
    touch(tmp_path, "Zoë/happy_2.JPG", "Zoë/neutral.png", "ben/Sadness.jpg", "ben/notes.txt", "ben/hungry.jpg")
    photos = find_photos(tmp_path, EMOTIONS)
    assert {(p.subject, p.emotion) for p in photos} == {("Zoë", "happiness"), ("Zoë", "neutral"), ("ben", "sadness")}


def test_a_csv(tmp_path: Path) -> None:
    (tmp_path / "labels.csv").write_text(
        "photo,subject,emotion,intensity\na/1.jpg,ann,Angry,0.4\n2.jpg,bob,fear,\n", encoding="utf-8"
    )
    first, second = find_photos(tmp_path / "labels.csv", EMOTIONS)
    assert first == LabelledPhoto(tmp_path / "a/1.jpg", "ann", "anger", 0.4)
    assert (second.emotion, second.intensity) == ("fear", 1.0)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "photo,subject\na,b\n",
        "photo,subject,emotion,intensity\na,b,anger,2\n",
        "photo,subject,emotion\na,b,envy\n",
        "\0",
    ],
)
def test_a_csv_that_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "labels.csv").write_text(text)
    assert code_of(find_photos, tmp_path / "labels.csv", EMOTIONS) == "request_invalid"


def test_an_empty_or_missing_folder(tmp_path: Path) -> None:
    assert code_of(find_photos, tmp_path, EMOTIONS) == "request_invalid"
    assert code_of(find_photos, tmp_path / "nowhere", EMOTIONS) == "request_invalid"


def test_photos_become_numbers(head: HeadModel) -> None:
    photos = [
        LabelledPhoto(Path("1"), "ann", "anger", 0.5),
        LabelledPhoto(Path("2"), "bob", "neutral"),
        LabelledPhoto(Path("3"), "bob", "fear"),
    ]
    expressions = dict(zip(("1", "2", "3"), np.random.default_rng(0).random((3, 52)), strict=True))
    left_out = []

    def estimate(path: Path) -> FaceFit:
        if path.name == "3":
            raise AvatarError("face_none", "No face was found.")
        return fit(head, expressions[path.name])

    dataset = photo_dataset(
        head, photos, EMOTIONS, head.expression_names, estimate, lambda photo, _: left_out.append(photo.path.name)
    )
    assert left_out == ["3"]
    np.testing.assert_allclose(dataset.sliders, [[0, 0.5, 0, 0, 0, 0, 0], [0] * 7])
    np.testing.assert_allclose(dataset.expression, np.stack([expressions["1"], expressions["2"]]), atol=1e-6)
    assert (
        code_of(photo_dataset, head, photos[1:], EMOTIONS, head.expression_names, estimate, lambda *_: None)
        == "request_invalid"
    )


@pytest.fixture(scope="module")
def learned_head(head: HeadModel) -> HeadModel:
    """A head with a learned basis as FLAME's: 60 mixtures of the ARKit directions; its mouth opens by the jaw as well."""
    mixtures = np.random.default_rng(0).normal(0, 0.5, (60, 52)).astype(np.float32)
    names = tuple(f"flame_expression_{number:03}" for number in range(1, 61))
    return replace(
        head,
        name="flame-of-tests",
        expression_names=head.expression_names + names,
        expression_basis=np.concatenate([head.expression_basis, np.tensordot(mixtures, head.expression_basis, 1)]),
        learned_expressions=60,
    )


def test_arkit_directions_in_a_learned_basis(head: HeadModel, learned_head: HeadModel) -> None:
    """The first 50 of its directions, and the jaw, say nearly what the ARKit directions say."""
    transfer = learned_transfer(learned_head)
    assert transfer.shape == (52, 56)
    basis = learned_head.expression_basis[52:102]
    index = head.expression_names.index("mouthSmileLeft")
    found = np.tensordot(transfer[index, :50].astype(np.float32), basis, 1)
    wanted = head.expression_basis[index]
    face = head.masks["face"] > 0.5
    assert np.linalg.norm(found - wanted, axis=1)[face].mean() < 0.25 * np.linalg.norm(wanted, axis=1)[face].mean()


def test_the_synthetic_set_in_a_learned_basis(learned_head: HeadModel) -> None:
    dataset = synthetic_dataset(learned_head, SyntheticOptions(subjects=3, pictures=4))
    moved = transferred_dataset(learned_head, dataset)
    assert (dataset.targets.shape, moved.targets.shape) == ((12, 58), (12, 56))
    assert moved.expressions[0] == "flame_expression_001"


def test_command_on_synthetic_data(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    pytest.importorskip("torch")
    arguments = ["train-emotion", "-o", str(tmp_path / "net.safetensors"), "--subjects", "40", "--pictures", "5"]
    assert main([*arguments, "--epochs", "3", "--hidden", "8", "--without-disgust", "--with-shape"]) == 0
    told = capsys.readouterr().out
    assert "linear regression" in told
    assert "neutral face" in told
    assert len(load_network(tmp_path / "net.safetensors").emotions) == 6


def test_command_refuses_nonsense(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    pytest.importorskip("torch")
    assert main(["train-emotion", "-o", str(tmp_path / "n.safetensors"), "--photos", str(tmp_path)]) == 1
    assert "[request_invalid]" in capsys.readouterr().err
    assert main(["train-emotion", "-o", str(tmp_path / "n.safetensors"), "--epochs", "0"]) == 1
    assert not (tmp_path / "n.safetensors").exists()


@pytest.mark.slow
def test_command_on_photos(astronaut: Path, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    """Two "people" (the second is the first, mirrored) and a picture without a face."""
    pytest.importorskip("torch")
    for subject, change in (("ann", lambda p: p), ("bob", lambda p: p.transpose(Image.Transpose.FLIP_LEFT_RIGHT))):
        (tmp_path / subject).mkdir()
        change(Image.open(astronaut)).save(tmp_path / subject / "happiness.png")
    shutil.copy(tmp_path / "ann/happiness.png", tmp_path / "ann/neutral.png")
    Image.new("RGB", (400, 400), "gray").save(tmp_path / "bob/anger.png")
    output = tmp_path / "net.safetensors"
    assert main(["train-emotion", "-o", str(output), "--photos", str(tmp_path), "--epochs", "2"]) == 0
    told = capsys.readouterr().out
    assert "left out" in told
    assert "anger.png" in told
    assert output.exists()
