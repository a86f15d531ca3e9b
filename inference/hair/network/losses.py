# SPDX-License-Identifier: GPL-3.0-or-later
"""What the hair networks learn from (Zhou et al. 2018, section 4), with two corrections.

Cells without hair are left out instead of being pulled to zero, and the collision term weighs with the segment *along the strand* (the
public re-implementations take the difference between neighbouring strands) and uses the head's own distance field, not an ellipsoid.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from ..head_surface import HeadSurface
from .grid import GridFrames

ROBUST = 0.05  # network units (a strand's deviation is about 1) below which the robust loss is a square


@dataclass(frozen=True)
class Weights:
    """visible, hidden: of a point by whether the camera sees it; curvature, collision: of the terms (1 and 1e-4 in the paper).

    robust: Charbonnier distance instead of the square, which lets long hair outweigh everything.
    """

    visible: float = 10.0
    hidden: float = 0.1
    curvature: float = 1.0
    collision: float = 1e-4
    robust: bool = False


def strand_losses(
    answer: Tensor, target: Tensor, visible: Tensor, filled: Tensor, weights: Weights
) -> tuple[Tensor, Tensor]:
    """Position and curvature loss: answer, target (B, C, 100, 4), visible (B, C, 100) bool, filled (B, C) bool."""
    weight = torch.where(visible, weights.visible, weights.hidden) * filled[..., None]
    count = filled.sum().clamp(min=1) * answer.shape[2]
    apart = (answer - target) ** 2
    square = apart[..., :3].sum(-1)
    if weights.robust:
        square = torch.sqrt(square + ROBUST**2) - ROBUST
    return (weight * square).sum() / count, (weight * apart[..., 3]).sum() / count


class Collision:
    """The penalty for points inside a head: mean over the points of |segment|_1 times the depth below the skin, metres."""

    def __init__(self, head: HeadSurface, grid: GridFrames, device: str = "cpu") -> None:
        field = head.distance
        nodes = torch.from_numpy(np.ascontiguousarray(field.nodes[..., 0])).float()
        # grid_sample wants (N, C, D, H, W) and coordinates in the order of W, H, D: x is the field's first axis.
        self._nodes = nodes.permute(2, 1, 0)[None, None].to(device)
        extent = (np.array(field.nodes.shape[:3]) - 1) * field.spacing
        self._low = torch.tensor(field.origin, dtype=torch.float32, device=device)
        self._extent = torch.tensor(extent, dtype=torch.float32, device=device)
        self._roots = torch.tensor(grid.points, dtype=torch.float32, device=device)
        self._frames = torch.tensor(grid.frames, dtype=torch.float32, device=device)

    def depth(self, points: Tensor) -> Tensor:
        """(..., 3) points of the head's frame, metres -> (...) depth below the skin, 0 outside; differentiable."""
        place = (points - self._low) / self._extent * 2 - 1
        distance = functional.grid_sample(
            self._nodes, place.reshape(1, 1, 1, -1, 3), align_corners=True, padding_mode="border"
        )
        return (-distance).clamp(min=0).reshape(points.shape[:-1])

    def loss(self, strands: Tensor, filled: Tensor) -> Tensor:
        """strands: (B, C, P, 3) local, metres; filled: (B, C) bool."""
        world = self._roots[None, :, None] + torch.einsum("cij,bcpj->bcpi", self._frames, strands)
        segment = (world[:, :, 1:] - world[:, :, :-1]).abs().sum(-1)
        penalty = segment * self.depth(world[:, :, 1:]) * filled[..., None]
        return penalty.sum() / (filled.sum().clamp(min=1) * segment.shape[2])
