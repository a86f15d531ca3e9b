# SPDX-License-Identifier: GPL-3.0-or-later
"""The hair network in PyTorch, for training: a small U-Net (Ronneberger et al. 2015) at half the window's resolution.

At run time the trained network is evaluated by :mod:`.forward`, which needs no PyTorch.
"""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

from .cues import CUES

WIDTHS = (16, 32, 64, 96)


class Block(nn.Module):
    """Two 3 x 3 convolutions with batch norm and ReLU."""

    def __init__(self, inside: int, outside: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(inside, outside, 3, padding=1, bias=False)
        self.first_norm = nn.BatchNorm2d(outside)
        self.second = nn.Conv2d(outside, outside, 3, padding=1, bias=False)
        self.second_norm = nn.BatchNorm2d(outside)

    def forward(self, x: Tensor) -> Tensor:
        x = functional.relu(self.first_norm(self.first(x)))
        return functional.relu(self.second_norm(self.second(x)))


class HairUNet(nn.Module):
    """cues (N, CUES, h, w), both sizes multiples of 16, -> logits (N, h, w) that a pixel is hair."""

    def __init__(self) -> None:
        super().__init__()
        widths = (4 * CUES, *WIDTHS)
        self.down = nn.ModuleList(Block(a, b) for a, b in pairwise(widths))
        self.whole = nn.Linear(WIDTHS[-1], WIDTHS[-1])
        self.up = nn.ModuleList(Block(WIDTHS[k + 1] + WIDTHS[k], WIDTHS[k]) for k in reversed(range(len(WIDTHS) - 1)))
        self.head = nn.Conv2d(WIDTHS[0], 4, 1)

    def forward(self, x: Tensor) -> Tensor:
        x = functional.pixel_unshuffle(x, 2)
        skips = []
        for level, block in enumerate(self.down):
            x = block(x if level == 0 else functional.max_pool2d(x, 2))
            skips.append(x)
        x = x + functional.relu(self.whole(x.mean((2, 3))))[..., None, None]  # what the picture as a whole looks like
        for block, skip in zip(self.up, reversed(skips[:-1]), strict=True):
            x = block(torch.cat([functional.interpolate(x, scale_factor=2.0, mode="nearest"), skip], 1))
        return functional.pixel_shuffle(self.head(x), 2)[:, 0]


def folded(network: HairUNet) -> dict[str, Tensor]:
    """The weights with every batch norm folded into its convolution: ``name.weight`` and ``name.bias``."""
    weights: dict[str, Tensor] = {}
    for group in ("down", "up"):
        for index, block in enumerate(getattr(network, group)):
            for name in ("first", "second"):
                conv, norm = getattr(block, name), getattr(block, f"{name}_norm")
                gain = norm.weight / torch.sqrt(norm.running_var + norm.eps)
                weights[f"{group}.{index}.{name}.weight"] = conv.weight * gain[:, None, None, None]
                weights[f"{group}.{index}.{name}.bias"] = norm.bias - norm.running_mean * gain
    for name in ("whole", "head"):
        layer = getattr(network, name)
        weights[f"{name}.weight"], weights[f"{name}.bias"] = layer.weight, layer.bias
    return {name: value.detach().float().contiguous() for name, value in weights.items()}
