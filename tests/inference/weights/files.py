# SPDX-License-Identifier: GPL-3.0-or-later
"""Synthetic checkpoints of exactly DECA's and MICA's layout (seed 21), small on disk.

The encoders' convolutions are all zero (one stored number each, expanded to its shape), so their last bias is their answer, whatever the
photo: that is how known coefficients are planted. The detail decoder has random weights.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from inference.deca.networks import coarse_encoder, detail_decoder, detail_encoder
from inference.mica.networks import face_encoder, shape_regressor
from tests.inference.head.flame.files import flame_arrays

SEED = 21


@dataclass(frozen=True)
class Planted:
    """What the synthetic networks answer."""

    coarse: NDArray = field(default_factory=lambda: _coarse())
    detail: NDArray = field(default_factory=lambda: np.random.default_rng(SEED).normal(0, 1, 128).astype(np.float32))
    shape: NDArray = field(
        default_factory=lambda: np.random.default_rng(SEED + 1).normal(0, 0.6, 300).astype(np.float32)
    )


def _coarse() -> NDArray:
    """A plausible answer: small shape and expression, a little turned, mouth a little open, frontal light."""
    random = np.random.default_rng(SEED)
    values = np.zeros(236, np.float32)
    values[:200] = random.normal(0, 0.5, 200)
    values[150:200] = random.uniform(0, 0.3, 50)
    values[200:206] = [0.05, -0.12, 0.03, 0.15, 0.0, 0.0]
    values[206:209] = [9.0, 0.004, -0.006]
    light = random.normal(0, 0.1, (9, 3))
    light[0] = 3.0
    values[209:] = light.ravel()
    return values


def write_deca(path: Path, planted: Planted, **extra: object) -> Path:
    """deca_model.tar."""
    torch.manual_seed(SEED)
    decoder = random_state(detail_decoder())
    content = {
        "E_flame": still_state(coarse_encoder(), {"layers.2.bias": planted.coarse}),
        "E_detail": still_state(detail_encoder(), {"layers.2.bias": planted.detail}),
        "D_detail": decoder,
        "global_step": 1,
        "batch_size": 8,
    }
    torch.save(content | extra, path)
    return path


def write_mica(path: Path, planted: Planted, **extra: object) -> Path:
    """mica.tar, with FLAME and a training log that holds numpy arrays."""
    regressor = still_state(shape_regressor(), {"output.bias": planted.shape})
    content = {
        "arcface": still_state(face_encoder(), {"features.bias": np.ones(512, np.float32)}),
        "flameModel": {f"regressor.{key}": value for key, value in regressor.items()} | flame_generator(),
        "validator": {"actor": [np.ones(3, np.float32)], "best": np.float64(1.5)},
        "epoch": 3,
    }
    torch.save(content | extra, path)
    return path


def still_state(network: nn.Module, planted: dict[str, NDArray]) -> dict[str, Tensor]:
    """Zeros, batch norms that change nothing, and the planted values."""
    state = {}
    for key, value in network.state_dict().items():
        one = key.endswith("running_var") or (value.ndim == 1 and key.endswith("weight"))
        state[key] = torch.tensor(1.0 if one else 0.0).to(value.dtype).expand(value.shape)
    return state | {key: torch.from_numpy(value.copy()) for key, value in planted.items()}


def random_state(network: nn.Module) -> dict[str, Tensor]:
    """Random weights that keep the signal's size."""
    state = {}
    for key, value in network.state_dict().items():
        if key.endswith("num_batches_tracked"):
            state[key] = torch.tensor(5)
        elif key.endswith(("running_var",)) or (value.ndim == 1 and key.endswith("weight")):
            state[key] = torch.rand(value.shape) * 0.4 + 0.8
        elif value.ndim > 1:
            state[key] = torch.randn(value.shape) * (1.6 / value[0].numel()) ** 0.5
        else:
            state[key] = torch.randn(value.shape) * 0.1
    return state


def flame_generator() -> dict[str, Tensor]:
    """flameModel.generator.*: the synthetic FLAME and landmark tables that point at triangle 0 ... (their numbers do not matter)."""
    flame = flame_arrays()
    counts = {"lmk": (51,), "dynamic_lmk": (79, 17), "full_lmk": (1, 68)}
    values: dict[str, NDArray] = {
        "eye_pose": np.zeros((1, 6), np.float32),
        "neck_pose": np.zeros((1, 3), np.float32),
        "faces_tensor": flame.faces.astype(np.int64),
        "v_template": flame.template.astype(np.float32),
        "shapedirs": flame.directions.astype(np.float32),
        "posedirs": flame.pose_directions.reshape(-1, 36).T.astype(np.float32).copy(),
        "J_regressor": flame.regressor.astype(np.float32),
        "parents": np.array([-1, 0, 1, 1, 1]),
        "lbs_weights": flame.weights.astype(np.float32),
        "neck_kin_chain": np.array([1, 0]),
    }
    for name, shape in counts.items():
        values[f"{name}_faces_idx"] = np.arange(int(np.prod(shape))).reshape(shape)
        values[f"{name}_bary_coords"] = np.full((*shape, 3), 1 / 3, np.float32)
    order = (
        *("eye_pose", "neck_pose", "faces_tensor", "v_template", "shapedirs", "posedirs", "J_regressor", "parents"),
        *("lbs_weights", "lmk_faces_idx", "lmk_bary_coords", "dynamic_lmk_faces_idx", "dynamic_lmk_bary_coords"),
        *("full_lmk_faces_idx", "full_lmk_bary_coords", "neck_kin_chain"),
    )
    return {f"generator.{key}": torch.from_numpy(values[key]) for key in order}
