# SPDX-License-Identifier: GPL-3.0-or-later
"""Where teeth stand: two half ellipses of labial faces, and the mean crowns of adults along them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MM = 0.001


@dataclass(frozen=True)
class Crown:
    """Mean crown of a tooth. width (along the arch), height, depth (through the arch) in mm; kind: incisor, canine, premolar or molar.

    edge: mm by which its edge stands back from the arch's edge line; tilt: degrees by which the edge leans outwards.
    """

    kind: str
    width: float
    height: float
    depth: float
    edge: float
    tilt: float


UPPER_CROWNS = (
    Crown("incisor", 8.4, 10.3, 7.0, 0.0, 12),
    Crown("incisor", 6.6, 8.8, 6.2, 0.6, 10),
    Crown("canine", 7.6, 9.8, 8.0, 0.0, 5),
    Crown("premolar", 7.0, 8.2, 9.0, 0.2, 0),
    Crown("premolar", 6.8, 7.8, 9.0, 0.1, -2),
    Crown("molar", 10.0, 7.3, 10.8, 0.0, -4),
    Crown("molar", 9.4, 7.0, 10.6, 0.0, -6),
)
LOWER_CROWNS = (
    Crown("incisor", 5.4, 8.8, 6.0, 0.0, 6),
    Crown("incisor", 5.9, 9.2, 6.2, 0.1, 5),
    Crown("canine", 6.9, 10.3, 7.6, -0.2, 2),
    Crown("premolar", 7.0, 8.4, 7.8, -0.3, -4),
    Crown("premolar", 7.1, 7.9, 8.2, -0.4, -8),
    Crown("molar", 11.0, 7.4, 10.2, -0.5, -12),
    Crown("molar", 10.3, 7.0, 10.0, -0.5, -15),
)


@dataclass(frozen=True)
class Arch:
    """A row of 14 teeth.

    front: y of the labial face of the incisors; edge: z of the incisal edge line in front; half_width, depth of the half ellipse in metres;
    upward: +1 when crowns point up (lower jaw), -1 when they point down; rise: how much the edge line climbs per metre to the back.
    """

    crowns: tuple[Crown, ...]
    front: float
    edge: float
    half_width: float
    depth: float
    upward: float
    rise: float

    def at(self, length: NDArray) -> tuple[NDArray, NDArray]:
        """(points (n, 3) on the edge line, outward unit normals (n, 3)) at arc lengths from the midline, + to the left."""
        angle = np.linspace(-0.5, np.pi / 2 + 0.2, 4000)
        curve = np.stack([self.half_width * np.sin(angle), -self.depth * np.cos(angle)], 1)
        run = np.r_[0, np.cumsum(np.linalg.norm(np.diff(curve, axis=0), axis=1))]
        run -= np.interp(0, angle, run)
        theta = np.interp(np.abs(length), run, angle)
        side = np.where(length < 0, -1.0, 1.0)
        x, y = side * self.half_width * np.sin(theta), self.front + self.depth * (1 - np.cos(theta))
        normal = np.stack([side * np.sin(theta) / self.half_width, -np.cos(theta) / self.depth, 0 * x], 1)
        z = self.edge + self.rise * (y - self.front)
        return np.stack([x, y, z], 1), normal / np.linalg.norm(normal, axis=1, keepdims=True)

    def places(self) -> NDArray:
        """(8,) arc lengths of the contacts between the teeth of one side, from the midline outwards."""
        return np.r_[0, np.cumsum([c.width for c in self.crowns])] * MM
