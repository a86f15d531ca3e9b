# SPDX-License-Identifier: GPL-3.0-or-later
"""Smooth displacements of space: what people have and the shape basis lacks.

Two families that share nothing but smoothness: ``waves`` to learn from, ``bumps`` to judge by, so that what was learned is judged
on shapes of another making. Space itself is warped, so eyes and teeth follow the skin around them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...smoothstep import smoothstep

Warp = Callable[[NDArray], NDArray]
MIRROR = np.array([-1.0, 1.0, 1.0])
WAVES = 24
BUMPS = 14
# Warps of identity fade out behind the face and below the chin (metres of the head's frame).
BACK, BACK_END = 0.04, 0.11
BELOW, BELOW_END = -0.13, -0.18
FACE_LOW, FACE_HIGH = np.array([-0.065, -0.04, -0.115]), np.array([0.065, 0.03, 0.06])


@dataclass(frozen=True)
class Spread:
    """rms: metres over the face; scale: (shortest, longest) metres over which the displacement changes; asymmetry: its share."""

    rms: float
    scale: tuple[float, float]
    asymmetry: float = 0.25


def waves(random: np.random.Generator, spread: Spread) -> Warp:
    """A sum of random plane waves (a Gaussian process by random Fourier features)."""
    length = np.exp(random.uniform(*np.log(spread.scale), WAVES))
    direction = random.normal(size=(WAVES, 3))
    number = direction / length[:, None]
    phase = random.uniform(0, 2 * np.pi, WAVES)
    amplitude = random.normal(size=(WAVES, 3)) * length[:, None] ** 0.5
    return _prepared(lambda points: np.cos(points @ number.T + phase) @ amplitude, random, spread)


def bumps(random: np.random.Generator, spread: Spread) -> Warp:
    """A sum of Gaussian hills and hollows at random places of the face, mostly along the depth."""
    center = random.uniform(FACE_LOW, FACE_HIGH, (BUMPS, 3))
    radius = np.exp(random.uniform(*np.log(spread.scale), BUMPS))
    push = random.normal(size=(BUMPS, 3)) * [0.7, 1.0, 0.7] * radius[:, None]

    def displaced(points: NDArray) -> NDArray:
        square = ((points[:, None] - center) ** 2).sum(-1) / radius**2
        return np.exp(-square / 2) @ push

    return _prepared(displaced, random, spread)


def around(warp: Warp, center: NDArray, radius: float) -> Warp:
    """The warp confined to the neighbourhood of a point."""
    return lambda points: warp(points) * np.exp(-((points - center) ** 2).sum(-1) / (2 * radius**2))[:, None]


def _prepared(raw: Warp, random: np.random.Generator, spread: Spread) -> Warp:
    """Mirrored into a mostly symmetric warp, faded out off the face, and scaled to the wanted size."""
    odd = np.sqrt(spread.asymmetry)

    def shown(points: NDArray) -> NDArray:
        here, there = raw(points), raw(points * MIRROR) * MIRROR
        fade = (1 - smoothstep(BACK, BACK_END, points[:, 1])) * smoothstep(BELOW_END, BELOW, points[:, 2])
        return ((here + there) / 2 + odd * (here - there) / 2) * fade[:, None]

    probe = random.uniform(FACE_LOW, FACE_HIGH, (400, 3))
    moved = shown(probe)
    moved = moved - moved.mean(0)
    size = spread.rms / np.sqrt((moved**2).sum(1).mean())
    return lambda points: size * shown(points)
