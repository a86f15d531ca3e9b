# SPDX-License-Identifier: GPL-3.0-or-later
"""The trained hair network evaluated with NumPy: loading PyTorch would take longer than everything else a photo needs of it."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file

WEIGHTS = Path(__file__).with_name("hair_mask.safetensors")
LEVELS = 4
Weights = dict[str, NDArray]


@lru_cache(maxsize=2)
def load_weights(path: Path = WEIGHTS) -> Weights:
    """The committed weights (see SOURCE.md beside them) as float32."""
    return {name: value.astype(np.float32) for name, value in load_file(path).items()}


def hair_logits(cues: NDArray, weights: Weights) -> NDArray:
    """(h, w) logits that a pixel is hair, from cues (C, h, w) of any size."""
    height, width = cues.shape[1:]
    multiple = 2**LEVELS
    padded = np.pad(cues, ((0, 0), (0, -height % multiple), (0, -width % multiple)), mode="edge")
    x = _unshuffled(padded.astype(np.float32))
    skips = []
    for level in range(LEVELS):
        x = _block(x if level == 0 else _halved(x), f"down.{level}", weights)
        skips.append(x)
    mean = weights["whole.weight"] @ x.mean((1, 2)) + weights["whole.bias"]
    x = x + np.maximum(mean, 0)[:, None, None]
    for index, skip in enumerate(reversed(skips[:-1])):
        x = _block(np.concatenate([x.repeat(2, 1).repeat(2, 2), skip]), f"up.{index}", weights)
    logits = np.tensordot(weights["head.weight"][:, :, 0, 0], x, 1) + weights["head.bias"][:, None, None]
    logits = logits.reshape(2, 2, *x.shape[1:]).transpose(2, 0, 3, 1).reshape(padded.shape[1:])
    return logits[:height, :width]


def _unshuffled(x: NDArray) -> NDArray:
    """(C, h, w) -> (4 C, h / 2, w / 2), PyTorch's order."""
    channels, height, width = x.shape
    x = x.reshape(channels, height // 2, 2, width // 2, 2).transpose(0, 2, 4, 1, 3)
    return x.reshape(4 * channels, height // 2, width // 2)


def _halved(x: NDArray) -> NDArray:
    channels, height, width = x.shape
    return x.reshape(channels, height // 2, 2, width // 2, 2).max((2, 4))


def _block(x: NDArray, name: str, weights: Weights) -> NDArray:
    for layer in ("first", "second"):
        x = _convolved(x, weights[f"{name}.{layer}.weight"], weights[f"{name}.{layer}.bias"])
    return x


def _convolved(x: NDArray, kernel: NDArray, bias: NDArray) -> NDArray:
    """3 x 3 convolution with zero padding, then ReLU: one matrix product over the nine shifted pictures."""
    channels, height, width = x.shape
    padded = np.pad(x, ((0, 0), (1, 1), (1, 1)))
    shifted = np.empty((channels, 9, height, width), np.float32)
    for row in range(3):
        for column in range(3):
            shifted[:, 3 * row + column] = padded[:, row : row + height, column : column + width]
    out = kernel.reshape(len(kernel), -1) @ shifted.reshape(9 * channels, -1)
    return np.maximum(out + bias[:, None], 0).reshape(-1, height, width)
