# SPDX-License-Identifier: GPL-3.0-or-later
"""The emotion network: slider values, and a face's shape if it wants it, to expression and pose coefficients.

A feed-forward network with ReLU between its layers, evaluated with numpy: nothing here needs PyTorch. Its first, fixed layer turns
sliders into shares of the face (``shares.py``), so that mixtures it has never seen stay within a face.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from ..errors import AvatarError
from ..head.model import HeadModel
from .dataset import POSE_SIZE
from .shares import shares

KIND, VERSION = "portrait-avatar-emotion-network", "1"
MAX_BYTES = 64_000_000
# Beyond this many standard deviations a shape coefficient tells nothing new.
MAX_DEVIATIONS = 3.0


@dataclass(frozen=True)
class ShapeInput:
    """Which shape coefficients a network sees: index (S',) int32 into the head's; mean and deviation (S',) float32 of their prior."""

    index: NDArray
    mean: NDArray
    deviation: NDArray

    def __len__(self) -> int:
        return len(self.index)

    def scaled(self, shape: NDArray) -> NDArray:
        """(..., S) coefficients -> (..., S') in standard deviations."""
        scaled = (np.asarray(shape, np.float32)[..., self.index] - self.mean) / self.deviation
        return np.clip(scaled, -MAX_DEVIATIONS, MAX_DEVIATIONS)


@dataclass(frozen=True)
class EmotionNetwork:
    """head: name of the head model it was trained on. expressions: names of the E expression directions it answers in.

    layers: (weight (out, in), bias (out,)) float32 each; the last gives E + 6 numbers. The six are axis-angle in radians: the turn of
    the root joint and the turn of the jaw, as in DECA's pose vector.
    """

    head: str
    emotions: tuple[str, ...]
    expressions: tuple[str, ...]
    shape_input: ShapeInput
    layers: tuple[tuple[NDArray, NDArray], ...]

    def predict(self, sliders: NDArray, shape: NDArray | None = None) -> NDArray:
        """(..., E + 6) for sliders (..., M) and shape (..., S); zero where all sliders are."""
        neutral = self._evaluate(np.zeros_like(sliders), shape)
        return self._evaluate(sliders, shape) - neutral

    def inputs(self, sliders: NDArray, shape: NDArray | None) -> NDArray:
        """(..., M + S') what the first layer sees."""
        share = shares(np.asarray(sliders, np.float32))
        if not len(self.shape_input):
            return share
        seen = np.broadcast_to(self.shape_input.scaled(shape), (*share.shape[:-1], len(self.shape_input)))
        return np.concatenate([share, seen], -1)

    def _evaluate(self, sliders: NDArray, shape: NDArray | None) -> NDArray:
        values = self.inputs(sliders, shape)
        for number, (weight, bias) in enumerate(self.layers):
            values = values @ weight.T + bias
            if number < len(self.layers) - 1:
                values = np.maximum(values, 0)
        return values


def no_shape() -> ShapeInput:
    """For a network that sees the emotions only."""
    return ShapeInput(np.zeros(0, np.int32), np.zeros(0, np.float32), np.zeros(0, np.float32))


def strongest_shapes(model: HeadModel, count: int) -> ShapeInput:
    """The shape coefficients that move the face's landmarks most within the prior, strongest first."""
    moved = model.landmarks["ibug_68"].points(model.shape_basis)
    strength = np.sqrt((moved**2).sum(-1).mean(-1)) * model.shape_deviation
    index = np.argsort(-strength, kind="stable")[:count].astype(np.int32)
    deviation = np.maximum(model.shape_deviation[index], 1e-6)
    return ShapeInput(index, model.shape_mean[index].astype(np.float32), deviation.astype(np.float32))


def save_network(network: EmotionNetwork, path: Path, note: str = "") -> None:
    """Write a .safetensors file; weights are stored as float16. ``note``: how it was made."""
    tensors: dict[str, NDArray] = {
        "shape.index": network.shape_input.index.astype(np.int32),
        "shape.mean": network.shape_input.mean.astype(np.float32),
        "shape.deviation": network.shape_input.deviation.astype(np.float32),
    }
    for number, (weight, bias) in enumerate(network.layers):
        tensors[f"layers.{number}.weight"] = np.ascontiguousarray(weight, np.float16)
        tensors[f"layers.{number}.bias"] = np.ascontiguousarray(bias, np.float16)
    about = {"kind": KIND, "version": VERSION, "head": network.head, "note": note}
    about |= {"emotions": json.dumps(network.emotions), "expressions": json.dumps(network.expressions)}
    save_file(tensors, path, about)


def load_network(path: Path) -> EmotionNetwork:
    """Read and check a file written by :func:`save_network`. Raises AvatarError ``weights_missing`` or ``weights_invalid``."""
    if not path.is_file():
        raise AvatarError("weights_missing", f"There is no emotion network at {path}: check the path.")
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ValueError("it is too large")
        with safe_open(path, "numpy") as file:
            about = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  not a dict
        if about.get("kind") != KIND or about.get("version") != VERSION:
            raise ValueError("it was not made by train-emotion, or by another version")
        return _checked(about, tensors)
    except (OSError, ValueError, KeyError, TypeError, SafetensorError) as problem:
        raise AvatarError(
            "weights_invalid",
            f"{path.name} is not an emotion network ({problem}): make one with python -m inference train-emotion.",
        ) from problem


def require_head(network: EmotionNetwork, model: HeadModel) -> None:
    """Raise AvatarError ``weights_mixed`` unless the head has the network's expressions and the shape coefficients it looks at."""
    foreign = len(network.shape_input) and network.head != model.name
    if foreign or not set(network.expressions) <= set(model.expression_names):
        raise AvatarError(
            "weights_mixed",
            f"The emotion network was trained for the head {network.head} and cannot move {model.name}: train one for this head.",
        )


def _checked(about: dict[str, str], tensors: dict[str, NDArray]) -> EmotionNetwork:
    emotions, expressions = _names(about["emotions"]), _names(about["expressions"])
    shape = ShapeInput(tensors["shape.index"], tensors["shape.mean"], tensors["shape.deviation"])
    if any(array.ndim != 1 or len(array) != len(shape) for array in (shape.index, shape.mean, shape.deviation)):
        raise ValueError("its shape inputs do not fit together")
    if shape.index.dtype.kind != "i" or (shape.index < 0).any() or (shape.deviation <= 0).any():
        raise ValueError("its shape inputs are impossible")
    layers = []
    size = len(emotions) + len(shape)
    while f"layers.{len(layers)}.weight" in tensors:
        weight, bias = (tensors[f"layers.{len(layers)}.{part}"].astype(np.float32) for part in ("weight", "bias"))
        if weight.ndim != 2 or bias.shape != weight.shape[:1] or weight.shape[1] != size:
            raise ValueError("its layers do not fit together")
        layers.append((weight, bias))
        size = len(bias)
    arrays = [array for layer in layers for array in layer] + [shape.mean, shape.deviation]
    if not layers or size != len(expressions) + POSE_SIZE or not all(np.isfinite(array).all() for array in arrays):
        raise ValueError("its layers are incomplete or hold no numbers")
    return EmotionNetwork(about["head"], emotions, expressions, shape, tuple(layers))


def _names(text: str) -> tuple[str, ...]:
    names = json.loads(text)
    if not isinstance(names, list) or not names or not all(isinstance(name, str) and name for name in names):
        raise ValueError("its emotions or expressions have no names")
    if len(set(names)) != len(names):
        raise ValueError("it names something twice")
    return tuple(names)
