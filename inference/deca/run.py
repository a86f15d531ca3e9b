# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs DECA's networks on a crop. Needs torch."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from torch import nn

from ..weights.checkpoint import Execution, fill, network_state, placed, read_checkpoint, run
from .networks import coarse_encoder, detail_decoder, detail_encoder, folded


@dataclass(frozen=True, eq=False)
class DecaNetworks:
    """E_flame, E_detail and D_detail with their weights, and where they run."""

    coarse: nn.Module
    detail: nn.Module
    decoder: nn.Module
    execution: Execution


@dataclass(frozen=True, eq=False)
class DecaCodes:
    """What DECA reads from a face, in FLAME 2020's coefficients and FLAME's frame.

    shape (100,), texture (50,), expression (50,); head, jaw (3,) axis-angle; camera (3,) = s, tx, ty; light (9, 3);
    detail (128,), None where nobody asked for it.
    """

    shape: NDArray
    texture: NDArray
    expression: NDArray
    head: NDArray
    jaw: NDArray
    camera: NDArray
    light: NDArray
    detail: NDArray | None


def load_deca(path: Path, execution: Execution) -> DecaNetworks:
    """The networks of deca_model.tar, kept for the next photo. Raises AvatarError."""
    return _load(path, path.stat().st_mtime_ns if path.exists() else 0, execution)


@lru_cache(maxsize=1)
def _load(path: Path, _changed: int, execution: Execution) -> DecaNetworks:
    checkpoint = read_checkpoint(path)
    made = {"E_flame": coarse_encoder(), "E_detail": detail_encoder(), "D_detail": detail_decoder()}
    ready = [
        placed(folded(fill(network, network_state(checkpoint, key, path.name), key, path.name)), execution)
        for key, network in made.items()
    ]
    return DecaNetworks(*ready, execution)


def read_codes(networks: DecaNetworks, picture: NDArray, with_detail: bool = True) -> DecaCodes:
    """The codes of one crop (3, 224, 224) in [0, 1]."""
    coarse = run(networks.coarse, picture[None], networks.execution)[0]
    detail = run(networks.detail, picture[None], networks.execution)[0] if with_detail else None
    return split_codes(coarse, detail)


def split_codes(coarse: NDArray, detail: NDArray | None) -> DecaCodes:
    """(236,) and (128,) outputs in DECA's order."""
    shape, texture, expression, head, jaw, camera, light = np.split(coarse, [100, 150, 200, 203, 206, 209])
    return DecaCodes(shape, texture, expression, head, jaw, camera, light.reshape(9, 3), detail)


def decode_displacement(networks: DecaNetworks, codes: DecaCodes) -> NDArray:
    """(256, 256) metres, row 0 at v = 1. The codes must have been read with their detail."""
    code = np.concatenate([codes.jaw, codes.expression, codes.detail])[None]
    return run(networks.decoder, code, networks.execution)[0, 0]
