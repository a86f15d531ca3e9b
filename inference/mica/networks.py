# SPDX-License-Identifier: GPL-3.0-or-later
"""MICA's networks (Zielonka et al. 2022): ArcFace's IResNet-100 (Deng et al. 2019) and the mapping to FLAME shapes. Needs torch."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

EMBEDDING, SHAPES = 512, 300


class Block(nn.Module):
    """Pre-activation residual block; the second convolution carries the stride."""

    def __init__(self, inputs: int, width: int, stride: int) -> None:
        super().__init__()
        self.bn1 = nn.BatchNorm2d(inputs)
        self.conv1 = nn.Conv2d(inputs, width, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.prelu = nn.PReLU(width)
        self.conv2 = nn.Conv2d(width, width, 3, stride, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(width)
        self.downsample: nn.Module | None = None
        if stride != 1:
            self.downsample = nn.Sequential(nn.Conv2d(inputs, width, 1, stride, bias=False), nn.BatchNorm2d(width))

    def forward(self, x: Tensor) -> Tensor:
        y = self.prelu(self.bn2(self.conv1(self.bn1(x))))
        y = self.bn3(self.conv2(y))
        return y + (x if self.downsample is None else self.downsample(x))


class IResNet100(nn.Module):
    """(N, 3, 112, 112) RGB in [-1, 1] -> (N, 512), not normalised."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.prelu = nn.PReLU(64)
        inputs = 64
        for number, (blocks, width) in enumerate(zip((3, 13, 30, 3), (64, 128, 256, 512), strict=True), 1):
            layers = []
            for block in range(blocks):
                layers.append(Block(inputs, width, 2 if block == 0 else 1))
                inputs = width
            setattr(self, f"layer{number}", nn.Sequential(*layers))
        self.bn2 = nn.BatchNorm2d(512)
        self.fc = nn.Linear(512 * 7 * 7, EMBEDDING)
        self.features = nn.BatchNorm1d(EMBEDDING)

    def forward(self, x: Tensor) -> Tensor:
        x = self.prelu(self.bn1(self.conv1(x)))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.features(self.fc(self.bn2(x).flatten(1)))


class Regressor(nn.Module):
    """(N, 512) unit face embedding -> (N, 300) FLAME shape coefficients."""

    def __init__(self) -> None:
        super().__init__()
        self.network = nn.ModuleList([nn.Linear(EMBEDDING, SHAPES), *(nn.Linear(SHAPES, SHAPES) for _ in range(3))])
        self.output = nn.Linear(SHAPES, SHAPES)

    def forward(self, x: Tensor) -> Tensor:
        for layer in self.network:
            x = functional.leaky_relu(layer(x), 0.2)
        return self.output(x)


def face_encoder() -> IResNet100:
    """arcface, without memory for its weights until they are assigned."""
    with torch.device("meta"):
        return IResNet100()


def shape_regressor() -> Regressor:
    """flameModel.regressor, without memory for its weights."""
    with torch.device("meta"):
        return Regressor()
