# SPDX-License-Identifier: GPL-3.0-or-later
"""The official layouts, matched key for key, and checkpoints that are damaged, wrong or hostile."""

from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from inference.deca.networks import coarse_encoder, detail_decoder, detail_encoder
from inference.errors import AvatarError
from inference.mica.networks import face_encoder, shape_regressor
from inference.weights.checkpoint import Execution, fill, network_state, placed, read_checkpoint, run
from tests.inference.weights.files import Planted, flame_generator, random_state, still_state, write_deca, write_mica


def layout(state: dict[str, Tensor]) -> str:
    """The digest that the published layouts are known by: name, shape and type of each entry, in order."""
    lines = (f"{key} {tuple(value.shape)} {value.dtype}" for key, value in state.items())
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


@pytest.mark.parametrize(
    ("make", "digest"),
    [
        (coarse_encoder, "b00e09c05b9dcd4e8f0f1b13b7210062a165b75e5bd3f0efa463542dacb3c287"),
        (detail_encoder, "208b716251de68b6dd225374f3cc12599ffa53686f5db45ad9ea3263342b3ab7"),
        (detail_decoder, "835a9717e47b0c94d13a2c60a0324be43d2ac81dfe1a3d33a0f27a23a08adb12"),
        (face_encoder, "f00bac9b72557da4a57214e2796f1265f48fb4e4032f282abf16755ced2c8bcd"),
        (shape_regressor, "ea52ebaa29359592c57853831be39203ded66eac6abcb0cc75768ffa8d147e02"),
    ],
)
def test_networks_have_every_published_entry_and_no_other(make, digest: str) -> None:
    assert layout(make().state_dict()) == digest


def test_the_synthetic_flame_model_has_the_published_layout() -> None:
    regressor = {f"regressor.{key}": value for key, value in shape_regressor().state_dict().items()}
    digest = "f7ad4d1436ed15db7ea48110450713b10da5f89b29fdce2ba1a2cab91235bb6a"
    assert layout(regressor | flame_generator()) == digest


def test_checkpoints_load_strictly_and_answer_what_was_planted(tmp_path: Path) -> None:
    planted = Planted()
    deca = read_checkpoint(write_deca(tmp_path / "deca_model.tar", planted))
    mica = read_checkpoint(write_mica(tmp_path / "mica.tar", planted))
    coarse = fill(coarse_encoder(), network_state(deca, "E_flame", "d"), "E_flame", "d")
    shape = fill(shape_regressor(), network_state(mica, "flameModel", "m", "regressor."), "regressor", "m")
    fill(face_encoder(), network_state(mica, "arcface", "m"), "arcface", "m")
    picture = np.random.default_rng(0).random((1, 3, 224, 224))
    assert np.array_equal(run(coarse, picture, Execution())[0], planted.coarse)
    assert np.array_equal(run(shape, np.ones((1, 512)), Execution())[0], planted.shape)


def test_missing_surplus_and_wrong_entries_are_named() -> None:
    state = still_state(shape_regressor(), {})
    with pytest.raises(AvatarError, match=r"mica.tar .*1 entries are missing, the first is output\.bias"):
        fill(shape_regressor(), {k: v for k, v in state.items() if k != "output.bias"}, "regressor", "mica.tar")
    with pytest.raises(AvatarError, match="not known, the first is module"):
        fill(shape_regressor(), state | {"module.x": torch.zeros(1)}, "regressor", "mica.tar")
    with pytest.raises(AvatarError, match=r"output.bias has the shape \(299,\) instead of \(300,\)"):
        fill(shape_regressor(), state | {"output.bias": torch.zeros(299)}, "regressor", "mica.tar")
    with pytest.raises(AvatarError, match="has no E_flame"):
        network_state({}, "E_flame", "deca_model.tar")


def test_the_batch_counters_may_be_missing() -> None:
    state = still_state(detail_decoder(), {})
    fill(detail_decoder(), {k: v for k, v in state.items() if not k.endswith("tracked")}, "D_detail", "a")


class Shell:
    """Pickles as a shell command."""

    def __init__(self, witness: Path) -> None:
        self.witness = witness

    def __reduce__(self) -> tuple:
        return os.system, (f"touch {self.witness}",)


class Nested:
    """Pickles as a torch file that is loaded by torch.storage, and holds a shell command."""

    def __init__(self, witness: Path) -> None:
        self.witness = witness

    def __reduce__(self) -> tuple:
        import io

        inner = io.BytesIO()
        torch.save(Shell(self.witness), inner, _use_new_zipfile_serialization=False)
        return torch.storage._load_from_bytes, (inner.getvalue(),)


class Chain:
    """Pickles as getattr(subprocess, "run") on a command."""

    def __init__(self, witness: Path) -> None:
        self.witness = witness

    def __reduce__(self) -> tuple:
        return subprocess.run, (["touch", str(self.witness)],)


@pytest.mark.parametrize("zipped", [True, False])
@pytest.mark.parametrize("attack", [Shell, Nested, Chain])
def test_an_attack_is_refused_and_nothing_runs(tmp_path: Path, attack: type, zipped: bool) -> None:
    witness, path = tmp_path / "witness", tmp_path / "mica.tar"
    torch.save({"arcface": {}, "validator": attack(witness)}, path, _use_new_zipfile_serialization=zipped)
    with pytest.raises(AvatarError) as refusal:
        read_checkpoint(path)
    assert refusal.value.code == "weights_unsafe", refusal.value.message
    assert not witness.exists()


def test_what_is_no_checkpoint_gets_a_sentence(tmp_path: Path) -> None:
    whole = write_deca(tmp_path / "whole.tar", Planted()).read_bytes()
    cases = {
        "page.tar": (b"<!DOCTYPE html><html>Sign in</html>", "web page"),
        "empty.tar": (b"", "empty"),
        "half.tar": (whole[: len(whole) // 2], "damaged"),
        "text.tar": (b"hello", "damaged"),
    }
    for name, (data, words) in cases.items():
        (tmp_path / name).write_bytes(data)
        with pytest.raises(AvatarError, match=words) as refusal:
            read_checkpoint(tmp_path / name)
        assert refusal.value.code == "weights_invalid"
    with pytest.raises(AvatarError) as refusal:
        read_checkpoint(tmp_path / "none.tar")
    assert refusal.value.code == "weights_missing"


def test_old_torch_files_are_read(tmp_path: Path) -> None:
    path = tmp_path / "old.tar"
    torch.save({"E_flame": {"a": torch.ones(3)}}, path, _use_new_zipfile_serialization=False)
    assert read_checkpoint(path)["E_flame"]["a"].tolist() == [1, 1, 1]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("make", "shape", "precision", "error"),
    [
        (detail_decoder, (1, 181), "bfloat16", 0.03),
        (detail_decoder, (1, 181), "float16", 0.004),
        (coarse_encoder, (1, 3, 224, 224), "bfloat16", 0.05),
        (coarse_encoder, (1, 3, 224, 224), "float16", 0.01),
        (face_encoder, (1, 3, 112, 112), "bfloat16", 0.05),
        # With random weights its sums leave float16's range, which is said.
        (shape_regressor, (1, 512), "bfloat16", 0.05),
        (shape_regressor, (1, 512), "float16", 0.01),
    ],
)
def test_short_floats_stay_near_float32(make, shape: tuple[int, ...], precision: str, error: float) -> None:
    """The stated relative error of the networks with random weights."""
    torch.manual_seed(1)
    state = random_state(make())
    values = np.random.default_rng(2).random(shape)
    exact = run(fill(make(), state, "it", "a"), values, Execution())
    short = Execution("cpu", precision)
    rough = run(placed(fill(make(), state, "it", "a"), short), values, short)
    relative = np.linalg.norm(rough - exact) / np.linalg.norm(exact)
    print(f"{make.__name__} in {precision}: relative error {relative:.4f}")
    assert relative < error


def test_a_device_that_is_not_there_is_refused() -> None:
    with pytest.raises(AvatarError, match="choose cpu"):
        placed(fill(shape_regressor(), still_state(shape_regressor(), {}), "r", "m"), Execution("cuda:9"))
