# SPDX-License-Identifier: GPL-3.0-or-later
"""The thesis' improved HairNet: residual encoder with batch norm, decoder, and a Conv3D block over the strands (own implementation).

At full size (256 pixels, width 1) the layers have the shapes of the public checkpoints that go by DucModel and DucModelNew.
"""

from __future__ import annotations

from torch import Tensor, nn

from .output import DirectOutput, StrandBasis

Conv = tuple[int, int, int, int, int]  # in, out, kernel, stride, padding


class ImprovedHairNet(nn.Module):
    """(B, 3, S, S) orientation maps -> (B, 100, 4, 32, 32): root-relative x, y, z and curliness of every cell's strand, network units.

    size: 256 or 128 (the first convolutions then keep the resolution). width: factor of all channels. branches: 4 (x, y, z and
    curliness apart) or 2 (positions together). basis: a compressed output in place of free points, for training on little time.
    """

    def __init__(
        self, size: int = 256, width: float = 1.0, branches: int = 4, basis: StrandBasis | None = None
    ) -> None:
        super().__init__()
        c = {n: max(4, round(n * width)) for n in (16, 64, 128, 256, 512, 1024)}
        first, across = ((8, 2, 3), (8, 4, 3)) if size == 256 else ((7, 1, 3), (8, 2, 3))
        self.conv1 = _stack((3, c[16], *first), (c[16], c[64], 6, 2, 2))
        self.conv2 = _stack((3, c[64], *across))
        self.conv3 = _stack((c[64], c[128], 6, 2, 2), (c[128], c[256], 4, 2, 1))
        self.conv4 = _stack((c[64], c[256], 6, 4, 2))
        self.conv5 = _stack((c[256], c[512], 4, 2, 1), (c[512], c[1024], 4, 2, 1))
        self.conv6 = _stack((c[256], c[1024], 4, 4, 1))
        self.pool = nn.MaxPool2d(4)
        self.decoder = nn.ModuleList(_stack((a, c[512], 3, 1, 1)) for a in (c[1024] // 4, c[512], c[512], c[512]))
        self.up = nn.Upsample(scale_factor=2, mode="bilinear", align_corners=False)
        self.output = basis if basis is not None else DirectOutput(c[512], branches, normed=True, between=branches == 2)
        if basis is not None:
            self.before = nn.Sequential(_stack((c[512], c[512], 1, 1, 0)), nn.Conv2d(c[512], basis.components, 1))
        else:
            self.before = nn.Identity()

    def forward(self, maps: Tensor) -> Tensor:
        """Maps in [0, 1] -> strands."""
        x = self.conv1(maps) + self.conv2(maps)
        x = self.conv3(x) + self.conv4(x)
        x = self.conv5(x) + self.conv6(x)
        x = self.pool(x)
        x = x.reshape(len(x), -1, 2, 2)
        for layer in self.decoder:
            x = layer(self.up(x))
        return self.output(self.before(x))


def _stack(*convolutions: Conv) -> nn.Sequential:
    layers: list[nn.Module] = []
    for a, b, kernel, stride, padding in convolutions:
        layers += [nn.Conv2d(a, b, kernel, stride, padding), nn.BatchNorm2d(b), nn.ReLU(inplace=True)]
    return nn.Sequential(*layers)
