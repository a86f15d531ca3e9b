# SPDX-License-Identifier: GPL-3.0-or-later
"""FaceNet (Schroff et al., CVPR 2015) as Inception-ResNet-v1 (Szegedy et al., 2016), for weights that the user has.

Entries are named as in ``20180402-114759-vggface2.pt`` (PyTorch port of D. Sandberg's model). Needs torch.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from ...weights.checkpoint import fill, read_checkpoint

Size = int | tuple[int, int]


class Unit(nn.Module):
    """Convolution, batch normalisation, ReLU."""

    def __init__(self, inputs: int, outputs: int, kernel: Size, stride: int = 1, padding: Size = 0) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, padding, bias=False)
        self.bn = nn.BatchNorm2d(outputs, eps=0.001)

    def forward(self, x: Tensor) -> Tensor:
        return functional.relu(self.bn(self.conv(x)))


class Residual(nn.Module):
    """Parallel branches, joined, brought back to the input's width and added to it."""

    def __init__(
        self, width: int, branches: Iterable[nn.Module], joined: int, scale: float, last: bool = False
    ) -> None:
        super().__init__()
        self.count, self.scale, self.last = 0, scale, last
        for branch in branches:
            setattr(self, f"branch{self.count}", branch)
            self.count += 1
        self.conv2d = nn.Conv2d(joined, width, 1)

    def forward(self, x: Tensor) -> Tensor:
        joined = torch.cat([getattr(self, f"branch{n}")(x) for n in range(self.count)], 1)
        x = x + self.scale * self.conv2d(joined)
        return x if self.last else functional.relu(x)


class Reduction(nn.Module):
    """Parallel branches that halve the picture, the last of them a pooling."""

    def __init__(self, *branches: nn.Module) -> None:
        super().__init__()
        self.count = len(branches) + 1
        for number, branch in enumerate((*branches, nn.MaxPool2d(3, 2))):
            setattr(self, f"branch{number}", branch)

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([getattr(self, f"branch{n}")(x) for n in range(self.count)], 1)


class FaceNet(nn.Module):
    """(N, 3, 160, 160) RGB in [-1, 1] -> (N, 512) unit vectors."""

    def __init__(self) -> None:
        super().__init__()
        self.conv2d_1a, self.conv2d_2a, self.conv2d_2b = Unit(3, 32, 3, 2), Unit(32, 32, 3), Unit(32, 64, 3, 1, 1)
        self.conv2d_3b, self.conv2d_4a, self.conv2d_4b = Unit(64, 80, 1), Unit(80, 192, 3), Unit(192, 256, 3, 2)
        self.repeat_1 = nn.Sequential(*(_block35() for _ in range(5)))
        self.mixed_6a = Reduction(
            Unit(256, 384, 3, 2), _row(Unit(256, 192, 1), Unit(192, 192, 3, 1, 1), Unit(192, 256, 3, 2))
        )
        self.repeat_2 = nn.Sequential(*(_block17() for _ in range(10)))
        self.mixed_7a = Reduction(
            _row(Unit(896, 256, 1), Unit(256, 384, 3, 2)),
            _row(Unit(896, 256, 1), Unit(256, 256, 3, 2)),
            _row(Unit(896, 256, 1), Unit(256, 256, 3, 1, 1), Unit(256, 256, 3, 2)),
        )
        self.repeat_3 = nn.Sequential(*(_block8(0.2) for _ in range(5)))
        self.block8 = _block8(1.0, last=True)
        self.last_linear = nn.Linear(1792, 512, bias=False)
        self.last_bn = nn.BatchNorm1d(512, eps=0.001)

    def forward(self, x: Tensor) -> Tensor:
        x = functional.max_pool2d(self.conv2d_2b(self.conv2d_2a(self.conv2d_1a(x))), 3, 2)
        x = self.repeat_1(self.conv2d_4b(self.conv2d_4a(self.conv2d_3b(x))))
        x = self.block8(self.repeat_3(self.mixed_7a(self.repeat_2(self.mixed_6a(x)))))
        return functional.normalize(self.last_bn(self.last_linear(x.mean((2, 3)))))


def load_facenet(file: Path) -> FaceNet:
    """The network from its file; the classifier of its training is left out. Raises AvatarError ``weights_*``."""
    state = {key: value for key, value in read_checkpoint(file).items() if not str(key).startswith("logits.")}
    return fill(FaceNet(), state, "FaceNet", file.name)


def _row(*units: nn.Module) -> nn.Sequential:
    return nn.Sequential(*units)


def _block35() -> Residual:
    branches = (
        Unit(256, 32, 1),
        _row(Unit(256, 32, 1), Unit(32, 32, 3, 1, 1)),
        _row(Unit(256, 32, 1), Unit(32, 32, 3, 1, 1), Unit(32, 32, 3, 1, 1)),
    )
    return Residual(256, branches, 96, 0.17)


def _block17() -> Residual:
    cross = _row(Unit(896, 128, 1), Unit(128, 128, (1, 7), 1, (0, 3)), Unit(128, 128, (7, 1), 1, (3, 0)))
    return Residual(896, (Unit(896, 128, 1), cross), 256, 0.1)


def _block8(scale: float, last: bool = False) -> Residual:
    cross = _row(Unit(1792, 192, 1), Unit(192, 192, (1, 3), 1, (0, 1)), Unit(192, 192, (3, 1), 1, (1, 0)))
    return Residual(1792, (Unit(1792, 192, 1), cross), 384, scale, last)
