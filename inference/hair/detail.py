# SPDX-License-Identifier: GPL-3.0-or-later
"""What makes combed strands look like hair: scissors, locks, flyaways, waves and curls."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from .anatomy import Anatomy
from .style import Clump, Curl, Cut, Noise
from .variation import smooth_noise, unit


def strand_lengths(strands: NDArray) -> NDArray:
    """(N,) arc lengths."""
    return np.linalg.norm(np.diff(strands, axis=1), axis=2).sum(1)


def resample(strands: NDArray, points: int, share: NDArray | None = None) -> NDArray:
    """Strands (N, P, 3) with ``points`` points, evenly spaced by index over the first ``share`` (N,) of each."""
    last = strands.shape[1] - 1
    share = np.ones(len(strands)) if share is None else share
    place = share[:, None] * last * np.linspace(0, 1, points)
    low = np.clip(place.astype(int), 0, last - 1)
    part = (place - low)[..., None]
    row = np.arange(len(strands))[:, None]
    return strands[row, low] * (1 - part) + strands[row, low + 1] * part


def cut(strands: NDArray, anatomy: Anatomy, scissors: Cut, random: np.random.Generator) -> NDArray:
    """Strands ended where they first leave the scissors' half space or ball."""
    ragged = scissors.ragged * random.normal(size=(len(strands), 1))
    if scissors.round > 0:
        center = anatomy.center + np.array([0, 0, scissors.height * anatomy.scale])
        outside = np.linalg.norm(strands - center, axis=2) > scissors.round * anatomy.scale + ragged
    else:
        outside = strands[..., 2] < _edge_height(strands, anatomy, scissors) + ragged
    outside[:, :6] = False
    first = np.where(outside.any(1), outside.argmax(1), strands.shape[1] - 1)
    return resample(strands, strands.shape[1], first / (strands.shape[1] - 1))


def _edge_height(strands: NDArray, anatomy: Anatomy, scissors: Cut) -> NDArray:
    front, back = anatomy.center[1] - 0.09 * anatomy.scale, anatomy.center[1] + 0.09 * anatomy.scale
    backness = np.clip((strands[..., 1] - front) / (back - front), 0, 1)
    return anatomy.chin + anatomy.scale * (scissors.height + scissors.back * backness)


def clump(strands: NDArray, directions: NDArray, style: Clump, scale: float, random: np.random.Generator) -> NDArray:
    """Strands drawn together into locks; (N, 3) comb directions keep both sides of a parting apart."""
    if style.strength == 0 or len(strands) < 2:
        return strands
    feature = np.concatenate([strands[:, 0], directions * style.spacing], 1)
    centers = max(1, int(0.06 * scale**2 / style.spacing**2))
    chosen = random.choice(len(strands), min(centers, len(strands)), replace=False)
    leader = chosen[cKDTree(feature[chosen]).query(feature)[1]]
    along = np.linspace(0, 1, strands.shape[1]) ** style.shape
    weight = style.strength * along[None, :, None] * random.uniform(0.7, 1.0, (len(strands), 1, 1))
    # A strand keeps its own length: it follows the leader at the same distance from the root.
    ratio = np.clip(strand_lengths(strands) / np.maximum(strand_lengths(strands[leader]), 1e-6), 0, 1)
    lead = resample(strands[leader], strands.shape[1], ratio)
    return strands + weight * (lead - strands)


def flyaway(strands: NDArray, style: Noise, scale: float, random: np.random.Generator) -> NDArray:
    """Strands displaced by their own slow noise, growing towards the tip and scaled by their length."""
    if style.amount == 0:
        return strands
    length = strand_lengths(strands)[:, None]
    along = np.linspace(0, 1, strands.shape[1])[None]
    waves = 3
    number = 2 * np.pi / (style.wavelength * scale * random.uniform(0.6, 2.5, (len(strands), waves, 3)))
    phase = random.uniform(0, 2 * np.pi, (len(strands), waves, 3))
    angle = (along * length)[:, :, None, None] * number[:, None] + phase[:, None]
    noise = (np.sin(angle) - np.sin(phase)[:, None]).sum(2) / waves
    size = style.amount * length * along * random.gamma(2.0, 0.5, (len(strands), 1))
    return strands + noise * size[..., None]


def curl(strands: NDArray, style: Curl, scale: float, random: np.random.Generator) -> NDArray:
    """Strands wound around themselves, from a little behind the root on."""
    if style.radius == 0:
        return strands
    length = strand_lengths(strands)[:, None]
    along = np.linspace(0, 1, strands.shape[1])[None] * length
    field = smooth_noise(random, strands[:, 0], max(style.coherence * 4, 0.02), 3)
    own = random.normal(size=(len(strands), 3)) * 0.35
    frequency = style.turns * np.exp(style.irregular * 0.5 * (field[:, :1] + own[:, :1]))
    phase = np.pi * field[:, 1:2] / max(style.coherence / 0.03, 0.2) + own[:, 1:2]
    radius = style.radius * scale * np.exp(style.irregular * (0.7 * field[:, 2:] + own[:, 2:]))
    ramp = 1 - np.exp(-((along / (style.start * scale + 1e-6)) ** 2))
    angle = 2 * np.pi * frequency / scale * along + phase
    first, second = _transported_frame(strands)
    wave = np.cos(angle)[..., None] * first + (1 - style.flat) * np.sin(angle)[..., None] * second
    return strands + (radius * ramp)[..., None] * wave


def _transported_frame(strands: NDArray) -> tuple[NDArray, NDArray]:
    """Two unit vectors (N, P, 3) across each strand that do not twist along it; the first starts sideways."""
    tangent = unit(np.gradient(strands, axis=1))
    first = np.empty_like(strands)
    sideways = np.cross(tangent[:, 0], np.array([0.0, 0.0, 1.0])) + np.array([1e-4, 0, 0])
    current = unit(sideways)
    for k in range(strands.shape[1]):
        current = unit(current - tangent[:, k] * (current * tangent[:, k]).sum(1, keepdims=True))
        first[:, k] = current
    return first, np.cross(tangent, first)
