# SPDX-License-Identifier: GPL-3.0-or-later
"""The original HairNet (Zhou et al., ECCV 2018), own implementation of the published layer table."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from .grid import POINTS, SIZE
from .output import StrandBasis


class OriginalHairNet(nn.Module):
    """(B, 3, S, S) orientation maps -> (B, 100, 4, 32, 32), as :class:`.improved.ImprovedHairNet`.

    size: 256, or 128 (the family whose first convolution was dropped). one_layer: its decoder begins with a single fully connected
    layer. width, basis: as there.
    """

    def __init__(
        self, size: int = 256, width: float = 1.0, basis: StrandBasis | None = None, one_layer: bool = False
    ) -> None:
        super().__init__()
        c = {n: max(4, round(n * width)) for n in (32, 64, 128, 256, 512, 1024)}
        table = [
            (c[32], 8, 2, 3), (c[64], 8, 2, 3), (c[128], 6, 2, 2), (c[256], 4, 2, 1),
            (c[256], 3, 1, 1), (c[512], 4, 2, 1), (c[512], 3, 1, 1),
        ]  # fmt: skip
        if size == 128:
            table = table[1:]
        layers: list[nn.Module] = []
        channels = 3
        for out, kernel, stride, padding in table:
            layers += [nn.Conv2d(channels, out, kernel, stride, padding), nn.ReLU(inplace=True)]
            channels = out
        self.encoder = nn.Sequential(*layers, nn.MaxPool2d(8), nn.Tanh())
        steps = [(c[512], c[256] * 16)] if one_layer else [(c[512], c[1024]), (c[1024], c[256] * 16)]
        self.dense = nn.Sequential(*(part for a, b in steps for part in (nn.Linear(a, b), nn.ReLU(inplace=True))))
        self.decoder = nn.Sequential(*(nn.Conv2d(a, c[512], 3, padding=1) for a in (c[256], c[512], c[512])))
        self.up = nn.Upsample(scale_factor=2, mode="bilinear", align_corners=False)
        self.basis = basis
        if basis is None:
            self.position, self.curvature = (_head(c[512], width) for width in (3 * POINTS, POINTS))
        else:
            self.components = _head(c[512], basis.components)

    def forward(self, maps: Tensor) -> Tensor:
        """Maps in [0, 1] -> strands."""
        x = self.dense(self.encoder(maps).flatten(1))
        x = x.reshape(len(x), -1, 4, 4)
        for layer in self.decoder:
            x = torch.relu(layer(self.up(x)))
        if self.basis is not None:
            return self.basis(self.components(x))
        position = self.position(x).reshape(len(x), POINTS, 3, SIZE, SIZE)
        return torch.cat([position, self.curvature(x)[:, :, None]], 2)


def _head(channels: int, width: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(channels, channels, 1), nn.ReLU(inplace=True), nn.Conv2d(channels, channels, 1), nn.Tanh(),
        nn.Conv2d(channels, width, 1),
    )  # fmt: skip
