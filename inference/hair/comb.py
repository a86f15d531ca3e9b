# SPDX-License-Identifier: GPL-3.0-or-later
"""Which way hair is combed at every place (flow field), and how long it is at every root (length map)."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..smoothstep import smoothstep
from .anatomy import Anatomy
from .head_surface import Sites
from .style import Flow, Fringe, HairStyle
from .variation import smooth_noise

SKULL_RADIUS = 0.098


@dataclass(frozen=True)
class Comb:
    """The flow field of one style on one head.

    whorl: (3,) where the crown's whorl sits. side: (N,) -1 or +1, the side of the parting a root belongs to;
    from_parting: (N,) metres to it, inf where there is none.
    fringe: (N,) bool. turn: (N,) radians by which each strand leaves the field (messiness).
    """

    flow: Flow
    fringe_style: Fringe | None
    anatomy: Anatomy
    whorl: NDArray
    side: NDArray
    from_parting: NDArray
    fringe: NDArray
    turn: NDArray

    def __getitem__(self, index: NDArray) -> Comb:
        return replace(
            self,
            side=self.side[index],
            from_parting=self.from_parting[index],
            fringe=self.fringe[index],
            turn=self.turn[index],
        )

    def direction(self, points: NDArray) -> NDArray:
        """(N, 3) direction in which strand n is combed at points[n]; not yet tangential, length about one."""
        flow = self.flow
        front = smoothstep(0.015, -0.015, points[:, 1] - self.whorl[1])[:, None]
        parted = np.stack([self.side, np.full(len(points), flow.sweep), np.zeros(len(points))], 1)
        away = points - self.whorl
        radial = away / (np.linalg.norm(away, axis=1, keepdims=True) + 0.01)
        swirl = np.stack([-radial[:, 1], radial[:, 0], np.zeros(len(points))], 1)
        uniform = np.array([flow.left, flow.back - flow.forward, -flow.down])
        field = flow.part * front * parted + uniform
        field = field + flow.whorl * np.where(flow.part > 0, 1 - front, 1) * (radial + flow.swirl * swirl)
        if self.fringe_style is not None:
            field = np.where(self.fringe[:, None], self._fringe_direction(points), field)
        return _turned_about_vertical(field, self.turn)

    def _fringe_direction(self, points: NDArray) -> NDArray:
        style = self.fringe_style
        lateral = style.side + style.curtain * np.sign(points[:, 0] - self.flow.parting)
        return np.stack([lateral, np.full(len(points), -1.0), np.full(len(points), -0.4)], 1)


def make_comb(style: HairStyle, anatomy: Anatomy, sites: Sites, random: np.random.Generator) -> Comb:
    """The flow field for a style's roots."""
    flow = style.flow
    whorl = anatomy.center + SKULL_RADIUS * anatomy.scale * anatomy.direction(180, flow.whorl_elevation)
    whorl[0] += flow.whorl_x
    x, y = sites.points[:, 0] - anatomy.center[0], sites.points[:, 1]
    front = anatomy.center[1] - 0.09 * anatomy.scale
    along = np.clip((whorl[1] - y) / (whorl[1] - front), 0, 1)
    line = flow.whorl_x + (flow.parting - flow.whorl_x) * along**0.6
    crooked = flow.parting_noise * smooth_noise(random, sites.points * [0, 1, 0], 0.02)[:, 0]
    side = np.where(x > line + crooked, 1.0, -1.0)
    parted = (flow.part > 0) & (y < whorl[1])
    from_parting = np.where(parted, np.abs(x - line - crooked), np.inf)
    turn = flow.messy * (0.7 * smooth_noise(random, sites.points, 0.03)[:, 0] + 0.3 * random.normal(size=len(x)))
    return Comb(flow, style.fringe, anatomy, whorl, side, from_parting, fringe_roots(style, sites), turn)


def fringe_roots(style: HairStyle, sites: Sites) -> NDArray:
    """(N,) bool: roots whose hair falls over the forehead."""
    if style.fringe is None:
        return np.zeros(len(sites), bool)
    width, depth = style.fringe.width, style.fringe.depth
    # The section is a triangle with its tip on the midline, as hairdressers part it.
    reach = depth * np.clip(1.25 - np.abs(sites.azimuth) / width, 0, 1)
    return (np.abs(sites.azimuth) < width) & (sites.edge < reach)


def length_map(
    style: HairStyle, anatomy: Anatomy, sites: Sites, fringe: NDArray, random: np.random.Generator
) -> NDArray:
    """(N,) length of the hair at each root in metres."""
    length = style.length
    back = smoothstep(105, 140, np.abs(sites.azimuth))
    low = length.sides + (length.nape - length.sides) * back
    high = smoothstep(length.fade_low, max(length.fade_high, length.fade_low + 1), sites.elevation)
    top = length.top * (1 + (length.crown - 1) * smoothstep(85, 140, np.abs(sites.azimuth)))
    metres = low + (top - low) * high
    at_front = smoothstep(70, 40, np.abs(sites.azimuth)) * np.exp(-sites.edge / 0.03)
    metres = metres * (1 + (length.front - 1) * at_front) * (1 - length.layers * sites.rise)
    if style.fringe is not None:
        metres = np.where(fringe, style.fringe.length, metres)
    shared = smooth_noise(random, sites.points, 0.025)[:, 0]
    return np.maximum(metres * np.clip(1 + length.noise * 0.6 * shared, 0.3, 1.8) * anatomy.scale, 0.0005)


def own_lengths(style: HairStyle, sites: Sites, lengths: NDArray, random: np.random.Generator) -> NDArray:
    """(N,) the mapped lengths with each hair's own variation; next to the hairline many hairs are young and short."""
    metres = lengths * np.clip(1 - style.length.noise * np.abs(random.normal(size=len(sites))), 0.4, 1)
    soft = max(style.hairline.soft, 1e-4)
    young = random.random(len(sites)) > smoothstep(-soft / 2, soft, sites.edge)
    return np.where(young, np.minimum(metres * 0.75, random.uniform(0.008, 0.06, len(sites))), metres)


def _turned_about_vertical(field: NDArray, angle: NDArray) -> NDArray:
    cos, sin = np.cos(angle), np.sin(angle)
    return np.stack([cos * field[:, 0] - sin * field[:, 1], sin * field[:, 0] + cos * field[:, 1], field[:, 2]], 1)
