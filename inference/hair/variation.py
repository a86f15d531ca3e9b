# SPDX-License-Identifier: GPL-3.0-or-later
"""Random variation that neighbours share: smooth noise over positions."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def smooth_noise(random: np.random.Generator, points: NDArray, wavelength: float, channels: int = 1) -> NDArray:
    """(N, channels) noise of about unit deviation over (N, 3) points: plane waves of random direction near the wavelength (metres)."""
    waves = 12
    direction = random.normal(size=(channels, waves, 3))
    direction /= np.linalg.norm(direction, axis=-1, keepdims=True)
    number = 2 * np.pi / (wavelength * random.uniform(0.7, 1.6, (channels, waves, 1)))
    phase = random.uniform(0, 2 * np.pi, (channels, waves))
    angle = np.einsum("nc,kwc->nkw", points, direction * number) + phase
    return np.sqrt(2 / waves) * np.sin(angle).sum(-1)


def unit(vectors: NDArray) -> NDArray:
    """Vectors of length one along the last axis."""
    return vectors / np.maximum(lengths(vectors)[..., None], 1e-9)


def lengths(vectors: NDArray) -> NDArray:
    """(...) lengths of vectors (..., C); several times as fast as numpy.linalg.norm over so short an axis."""
    return np.sqrt(np.einsum("...c,...c->...", vectors, vectors))


def tangential(vectors: NDArray, normals: NDArray) -> NDArray:
    """The parts of vectors perpendicular to unit normals."""
    return vectors - normals * (vectors * normals).sum(-1, keepdims=True)
