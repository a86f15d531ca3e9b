# SPDX-License-Identifier: GPL-3.0-or-later
"""Gaussian mixtures over pixel features, with weighted samples."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FLOOR = 1e-7  # density of a feature no class explains (Lab volume: about 1e7)


@dataclass(frozen=True)
class Mixture:
    """shares (K,), means (K, D), and the inverse square roots (K, D, D) of the covariances."""

    shares: NDArray
    means: NDArray
    whiten: NDArray

    def density(self, features: NDArray) -> NDArray:
        """(N, D) -> (N,) probability density."""
        return self.parts(features).sum(1) + FLOOR

    def parts(self, features: NDArray) -> NDArray:
        """(N, D) -> (N, K): what each Gaussian contributes to the density."""
        dimensions = features.shape[1]
        parts = np.empty((len(features), len(self.shares)))
        for k, (share, mean, whiten) in enumerate(zip(self.shares, self.means, self.whiten, strict=True)):
            z = (features - mean) @ whiten
            scale = share * abs(np.linalg.det(whiten)) / (2 * np.pi) ** (dimensions / 2)
            parts[:, k] = scale * np.exp(-0.5 * np.einsum("nd,nd->n", z, z))
        return parts


def fit_mixture(
    features: NDArray, weights: NDArray, count: int, random: np.random.Generator, spread: float = 3.0, rounds: int = 8
) -> Mixture:
    """A mixture of ``count`` Gaussians for (N, D) features with (N,) weights; no deviation falls below ``spread``."""
    total = weights.sum()
    starts = random.choice(len(features), count, replace=len(features) < count, p=weights / total)
    mean = np.average(features, axis=0, weights=weights)
    wide = np.average((features - mean) ** 2, axis=0, weights=weights) / count + spread**2
    mixture = Mixture(np.full(count, 1 / count), features[starts], np.tile(np.diag(wide**-0.5), (count, 1, 1)))
    for _ in range(rounds):
        parts = mixture.parts(features) + 1e-30
        share = parts / parts.sum(1, keepdims=True) * weights[:, None]
        mixture = _maximised(features, share, spread)
    return mixture


def _maximised(features: NDArray, share: NDArray, spread: float) -> Mixture:
    dimensions = features.shape[1]
    mass = share.sum(0) + 1e-9
    means = share.T @ features / mass[:, None]
    whiten = np.empty((len(mass), dimensions, dimensions))
    for k in range(len(mass)):
        offset = features - means[k]
        covariance = (offset * share[:, k, None]).T @ offset / mass[k] + spread**2 * np.eye(dimensions)
        values, vectors = np.linalg.eigh(covariance)
        whiten[k] = vectors / np.sqrt(values) @ vectors.T
    return Mixture(mass / mass.sum(), means, whiten)
