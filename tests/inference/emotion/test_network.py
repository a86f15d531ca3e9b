# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks: training, files, and evaluation without PyTorch."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from inference.emotion.blendable import not_blendable, random_mixtures
from inference.emotion.dataset import split_by_subject
from inference.emotion.emotion_keys import LEVELS, farthest_moves
from inference.emotion.network import (
    EmotionNetwork,
    load_network,
    no_shape,
    require_head,
    save_network,
    strongest_shapes,
)
from inference.emotion.shares import shares
from inference.emotion.synthetic import SyntheticOptions, synthetic_dataset
from inference.emotion.training import TrainingOptions, errors, linear_regression, loss_weights, train_network
from inference.errors import AvatarError
from inference.head.model import HeadModel


def reach(head: HeadModel) -> np.ndarray:
    return farthest_moves(head, head.expression_names)


@pytest.fixture(scope="module")
def trained(head: HeadModel) -> EmotionNetwork:
    dataset = synthetic_dataset(head, SyntheticOptions(subjects=40, pictures=10))
    options = TrainingOptions(hidden=(24, 16), epochs=4)
    return train_network(head.name, dataset, strongest_shapes(head, 50), reach(head), options, lambda *_: None)


def test_numpy_says_what_pytorch_says(head: HeadModel, trained: EmotionNetwork) -> None:
    torch = pytest.importorskip("torch")
    sliders = np.random.default_rng(0).random((9, 7)).astype(np.float32)
    steps = []
    for weight, bias in trained.layers:
        linear = torch.nn.Linear(*weight.T.shape)
        linear.weight.data, linear.bias.data = torch.from_numpy(weight), torch.from_numpy(bias)
        steps += [linear, torch.nn.ReLU()]
    layers = torch.nn.Sequential(*steps[:-1])
    shape = np.tile(trained.shape_input.scaled(head.shape_mean), (9, 1))
    seen = np.concatenate([shares(sliders), shape], 1).astype(np.float32)
    rest = np.concatenate([0 * sliders, shape], 1).astype(np.float32)
    expected = (layers(torch.from_numpy(seen)) - layers(torch.from_numpy(rest))).detach().numpy()
    np.testing.assert_allclose(trained.predict(sliders, head.shape_mean), expected, atol=1e-5)


def test_no_emotion_is_the_neutral_face(head: HeadModel, network: EmotionNetwork) -> None:
    assert not network.predict(np.zeros(7), head.shape_mean).any()


def test_sizes_come_from_the_head(trained: EmotionNetwork) -> None:
    assert [weight.shape for weight, _ in trained.layers] == [(24, 57), (16, 24), (58, 16)]


def test_the_same_seed_gives_the_same_network(head: HeadModel) -> None:
    dataset = synthetic_dataset(head, SyntheticOptions(subjects=10, pictures=4))
    options = TrainingOptions(hidden=(8,), epochs=2)
    first, second = (
        train_network(head.name, dataset, no_shape(), reach(head), options, lambda *_: None) for _ in range(2)
    )
    np.testing.assert_array_equal(first.layers[0][0], second.layers[0][0])


def test_training_beats_both_baselines(head: HeadModel) -> None:
    train, validation = split_by_subject(synthetic_dataset(head, SyntheticOptions(subjects=500, pictures=10)), 0.1, 0)
    options = TrainingOptions(epochs=100, learning_rate=4e-3)
    network = train_network(head.name, train, no_shape(), reach(head), options, lambda *_: None)
    found = errors(validation, network.predict(validation.sliders, validation.shape))["expression"]
    line = errors(validation, linear_regression(train, no_shape())(validation))["expression"]
    neutral = errors(validation, 0 * validation.targets)["expression"]
    assert found < 0.85 * line < line < neutral


def test_a_smoother_network_is_easier_to_blend(head: HeadModel) -> None:
    dataset = synthetic_dataset(head, SyntheticOptions(subjects=60, pictures=10))
    mixtures = random_mixtures(np.random.default_rng(3), 150, 7)
    left = {}
    for smoothness in (0.0, 3.0):
        options = TrainingOptions(hidden=(24,), epochs=30, learning_rate=1e-2, smoothness=smoothness)
        network = train_network(head.name, dataset, no_shape(), reach(head), options, lambda *_: None)
        answers = network.predict(mixtures)[:, :52] * reach(head)
        left[smoothness] = np.abs(not_blendable(mixtures, LEVELS) @ answers).mean()
    assert left[3.0] < 0.6 * left[0.0]


def test_alpha_weighs_the_jaw_and_beta_the_root() -> None:
    weights = loss_weights(56, 2.0, 0.5)
    assert weights[:50].sum() == pytest.approx(1)
    assert weights[50:53].sum() == pytest.approx(0.5)
    assert weights[53:].sum() == pytest.approx(2)


def test_files_keep_the_network(trained: EmotionNetwork, head: HeadModel, tmp_path: Path) -> None:
    save_network(trained, tmp_path / "a.safetensors", "a note")
    again = load_network(tmp_path / "a.safetensors")
    sliders = np.random.default_rng(1).random((5, 7))
    assert again.expressions == head.expression_names
    np.testing.assert_allclose(
        again.predict(sliders, head.shape_mean), trained.predict(sliders, head.shape_mean), atol=5e-3
    )


def test_a_network_of_another_head_is_refused(head: HeadModel, trained: EmotionNetwork) -> None:
    require_head(trained, head)
    for foreign in (replace(trained, head="flame"), replace(trained, expressions=("flame_expression_001",))):
        with pytest.raises(AvatarError) as caught:
            require_head(foreign, head)
        assert caught.value.code == "weights_mixed"


def test_one_that_looks_at_emotions_only_moves_any_arkit_head(head: HeadModel, trained: EmotionNetwork) -> None:
    require_head(replace(trained, head="another", shape_input=no_shape()), head)


@pytest.mark.parametrize(
    "change",
    [
        lambda _, about: about.update(kind="something"),
        lambda _, about: about.pop("emotions"),
        lambda _, about: about.update(emotions="happiness"),
        lambda _, about: about.update(emotions=json.dumps(["a"] * 7)),
        lambda _, about: about.update(expressions=json.dumps(["a"])),
        lambda tensors, _: tensors.pop("layers.0.weight"),
        lambda tensors, _: tensors.pop("layers.2.bias"),
        lambda tensors, _: tensors.update({"layers.1.weight": np.zeros((16, 23), np.float16)}),
        lambda tensors, _: tensors.update({"layers.1.bias": np.full(16, np.nan, np.float16)}),
        lambda tensors, _: tensors.update({"shape.index": np.full(50, -1, np.int32)}),
        lambda tensors, _: tensors.update({"shape.deviation": np.zeros(50, np.float32)}),
    ],
)
def test_broken_files_are_refused(trained: EmotionNetwork, tmp_path: Path, change: object) -> None:
    path = tmp_path / "a.safetensors"
    save_network(trained, path)
    about = {"kind": "portrait-avatar-emotion-network", "version": "1", "head": "open-head", "note": ""}
    about |= {"emotions": json.dumps(trained.emotions), "expressions": json.dumps(trained.expressions)}
    tensors = load_file(path)
    change(tensors, about)
    save_file(tensors, path, about)
    assert code_of(path) == "weights_invalid"


@pytest.mark.parametrize("content", [b"", b"\x80\x04\x95", b"\xff" * 8, b"\x02\0\0\0\0\0\0\0{}", b"{" * 100])
def test_files_of_other_kinds_are_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.safetensors").write_bytes(content)
    assert code_of(tmp_path / "a.safetensors") == "weights_invalid"
    assert code_of(tmp_path / "b.safetensors") == "weights_missing"


def code_of(path: Path) -> str:
    with pytest.raises(AvatarError) as caught:
        load_network(path)
    assert caught.value.message.endswith(".")
    return caught.value.code


def test_making_emotions_does_not_load_pytorch(repository: Path) -> None:
    code = (
        "import sys; from inference.head.open_head import load_open_head as head; "
        "from inference.emotion.shipped import shipped_network; from inference.emotion.emotion_keys import *; "
        "model = head(); emotion_keys(shipped_network(model), Person(model, model.shape_mean)); print('torch' in sys.modules)"
    )
    output = subprocess.run([sys.executable, "-c", code], cwd=repository, capture_output=True, text=True, check=True)
    assert output.stdout.strip() == "False"
