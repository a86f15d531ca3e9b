# SPDX-License-Identifier: GPL-3.0-or-later
"""The last layers of the hair networks: free points, or a few components of a strand basis."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from .grid import POINTS, SIZE


class DirectOutput(nn.Module):
    """Four branches (x, y, z, curliness) or two (positions, curliness) of 1x1 convolutions, then the Conv3D block.

    between: the block's tanh lies between its convolutions (DucModelNew) instead of before them (DucModel).
    """

    def __init__(self, channels: int, branches: int, normed: bool, between: bool) -> None:
        super().__init__()
        self.between = between
        widths = {4: (POINTS,) * 4, 2: (3 * POINTS, POINTS)}[branches]
        self.branches = nn.ModuleList(_branch(channels, width, normed) for width in widths)
        middle = nn.Tanh() if between else nn.ReLU(inplace=True)
        self.conv3d = nn.Sequential(
            nn.Conv3d(4, 4, 3, padding=1), nn.BatchNorm3d(4), middle, nn.Conv3d(4, 4, 3, padding=1), nn.BatchNorm3d(4)
        )

    def forward(self, features: Tensor) -> Tensor:
        """(B, C, 32, 32) -> (B, 100, 4, 32, 32)."""
        parts = []
        for branch in self.branches:
            answer = branch(features)
            # A branch of 300 holds point after point, x, y, z of each.
            parts.append(answer.reshape(len(answer), POINTS, -1, SIZE, SIZE))
        strands = torch.cat(parts, 2).transpose(1, 2)
        return self.conv3d(strands if self.between else torch.tanh(strands)).transpose(1, 2)


class StrandBasis(nn.Module):
    """Coefficients of fixed principal components of strands -> strands, then the Conv3D block as a correction.

    mean: (400,), basis: (K, 400), both in network units, 400 = 100 points x 4 channels.
    """

    def __init__(self, mean: Tensor, basis: Tensor, correct: bool = True) -> None:
        super().__init__()
        self.components = len(basis)
        self.register_buffer("mean", mean.reshape(-1).clone())
        self.register_buffer("basis", basis.clone())
        self.conv3d = None
        if correct:
            self.conv3d = nn.Sequential(nn.Conv3d(4, 4, 3, padding=1), nn.Tanh(), nn.Conv3d(4, 4, 3, padding=1))
            nn.init.zeros_(self.conv3d[2].weight)
            nn.init.zeros_(self.conv3d[2].bias)

    def forward(self, coefficients: Tensor) -> Tensor:
        """(B, K, 32, 32) -> (B, 100, 4, 32, 32)."""
        flat = torch.einsum("bkij,kc->bcij", coefficients, self.basis) + self.mean[:, None, None]
        strands = flat.reshape(len(flat), POINTS, 4, SIZE, SIZE)
        if self.conv3d is None:
            return strands
        return strands + self.conv3d(strands.transpose(1, 2)).transpose(1, 2)


def _branch(channels: int, width: int, normed: bool) -> nn.Sequential:
    layers: list[nn.Module] = []
    for _ in range(2):
        layers += [
            nn.Conv2d(channels, channels, 1),
            *([nn.BatchNorm2d(channels)] if normed else []),
            nn.ReLU(inplace=True),
        ]
    return nn.Sequential(*layers, nn.Conv2d(channels, width, 1))
