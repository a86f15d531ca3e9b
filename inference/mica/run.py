# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs MICA's networks on a face, and reads the FLAME model that its checkpoint carries. Needs torch."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from torch import nn

from ..head.flame.model_file import FlameArrays, flame_from_mica
from ..head.flame.pickle_data import damaged
from ..weights.checkpoint import Execution, fill, network_state, placed, read_checkpoint, run
from .networks import face_encoder, shape_regressor


@dataclass(frozen=True, eq=False)
class MicaNetworks:
    """arcface and flameModel.regressor with their weights, and where they run."""

    encoder: nn.Module
    regressor: nn.Module
    execution: Execution


def load_mica(path: Path, execution: Execution) -> MicaNetworks:
    """The networks of mica.tar, kept for the next photo. Raises AvatarError."""
    return _load(path, path.stat().st_mtime_ns if path.exists() else 0, execution)


@lru_cache(maxsize=1)
def _load(path: Path, _changed: int, execution: Execution) -> MicaNetworks:
    checkpoint, name = read_checkpoint(path), path.name
    encoder = fill(face_encoder(), network_state(checkpoint, "arcface", name), "arcface", name)
    state = network_state(checkpoint, "flameModel", name, "regressor.")
    regressor = fill(shape_regressor(), state, "flameModel.regressor", name)
    return MicaNetworks(placed(encoder, execution), placed(regressor, execution), execution)


def embedded_flame(path: Path) -> FlameArrays:
    """The FLAME 2020 generic model inside mica.tar. Raises AvatarError."""
    state = network_state(read_checkpoint(path), "flameModel", path.name, "generator.")
    try:
        return flame_from_mica({key: tensor.numpy() for key, tensor in state.items()}, path.name)
    except (KeyError, AttributeError, ValueError) as problem:
        raise damaged(path.name, f"its FLAME model: {problem}") from problem


def read_shape(networks: MicaNetworks, face: NDArray) -> NDArray:
    """(300,) FLAME 2020 shape coefficients of one face (3, 112, 112) in [-1, 1]."""
    embedding = run(networks.encoder, face[None], networks.execution)
    embedding = embedding / np.maximum(np.linalg.norm(embedding, axis=1, keepdims=True), 1e-12)
    return run(networks.regressor, embedding, networks.execution)[0]
