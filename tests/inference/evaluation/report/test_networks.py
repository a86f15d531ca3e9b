# SPDX-License-Identifier: GPL-3.0-or-later
"""LPIPS and FaceNet with seeded weights against the packages lpips 0.1.4 and facenet-pytorch 2.6.0, which made the numbers below."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from inference.errors import AvatarError
from inference.evaluation.report.facenet import FaceNet, load_facenet
from inference.evaluation.report.identity import find_judges, find_pack
from inference.evaluation.report.lpips import CONVOLUTIONS, load_lpips, lpips

OFFICIAL_LPIPS = 0.16672690212726593
OFFICIAL_FACENET = (0.027998052537441254, -0.015258121304214, 0.07814213633537292, 0.0010979324579238892)


def numbers(shape: tuple[int, ...], seed: int) -> torch.Tensor:
    values = np.random.default_rng(seed).standard_normal(shape, dtype=np.float32)
    return torch.from_numpy(values / np.sqrt(np.float32(max(int(np.prod(shape[1:])), 1))))


def pictures() -> tuple[np.ndarray, np.ndarray]:
    noise = np.random.default_rng(5).integers(0, 256, (64, 80, 3), dtype=np.uint8)
    return noise, cv2.GaussianBlur(noise, (0, 0), 2)


@pytest.fixture
def lpips_files(tmp_path: Path) -> list[Path]:
    """As torchvision and as the package lpips name their entries."""
    backbone, layers = {"classifier.1.bias": torch.zeros(3)}, {}
    for number, (at, (inputs, outputs, kernel, _, _)) in enumerate(CONVOLUTIONS.items()):
        backbone[f"features.{at}.weight"] = numbers((outputs, inputs, kernel, kernel), at)
        backbone[f"features.{at}.bias"] = 0.1 * numbers((outputs,), 100 + at)
        layers[f"lin{number}.model.1.weight"] = numbers((1, outputs, 1, 1), 200 + at).abs()
    files = [tmp_path / "alexnet.pth", tmp_path / "alex.pth"]
    for file, state in zip(files, (backbone, layers), strict=True):
        torch.save(state, file)
    return files


def test_lpips_agrees_with_the_package(lpips_files: list[Path]) -> None:
    a, b = pictures()
    left = np.zeros(a.shape[:2], bool)
    left[:, :40] = True
    found = lpips(load_lpips(lpips_files), a, b, {"whole": np.ones_like(left), "left": left, "right": ~left})
    assert found["whole"] == pytest.approx(OFFICIAL_LPIPS, rel=1e-4)
    assert min(found["left"], found["right"]) < found["whole"] < max(found["left"], found["right"])


def test_lpips_is_not_measured_with_half_of_its_weights(lpips_files: list[Path]) -> None:
    with pytest.raises(AvatarError, match="lin0") as error:
        load_lpips(lpips_files[:1])
    assert error.value.code == "weights_invalid"


def test_facenet_agrees_with_the_port(tmp_path: Path) -> None:
    state, seed = FaceNet().state_dict(), 0
    for name, entry in state.items():
        if name.endswith("num_batches_tracked"):
            continue
        values, seed = numbers(tuple(entry.shape), seed), seed + 1
        if name.endswith("running_var") or ("bn" in name and name.endswith("weight")):
            values = 1 + 0.2 * torch.tanh(values)
        elif "bn" in name:
            values = 0.1 * values
        state[name] = values
    torch.save(state | {"logits.bias": torch.zeros(8)}, tmp_path / "facenet.pt")
    face = torch.from_numpy(np.random.default_rng(7).standard_normal((1, 3, 160, 160), dtype=np.float32))
    with torch.inference_mode():
        vector = load_facenet(tmp_path / "facenet.pt")(face)[0]
    assert vector[:4].numpy() == pytest.approx(OFFICIAL_FACENET, abs=1e-5)


def test_wrong_files_are_told(tmp_path: Path) -> None:
    with pytest.raises(AvatarError) as error:
        find_pack(tmp_path)
    assert error.value.code == "weights_missing"
    (tmp_path / "w600k_r50.onnx").write_bytes(b"not a network")
    assert find_pack(tmp_path) == tmp_path / "w600k_r50.onnx"
    with pytest.raises(AvatarError) as error:
        find_judges(None, tmp_path)
    assert error.value.code == "weights_invalid"
    with pytest.raises(AvatarError) as error:
        find_judges(tmp_path / "w600k_r50.onnx", None)
    assert error.value.code == "weights_invalid"
