# SPDX-License-Identifier: GPL-3.0-or-later
"""Curls from the network's fourth channel: predicted strands are smooth, and how much they curl can be chosen afterwards."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..variation import unit
from .grid import CURVATURE_UNIT

# Wavelength in metres of hair by its curvature in 1/m: waves are long, coils short.
CURVATURES = (10.0, 40.0, 120.0, 400.0)
WAVELENGTHS = (0.09, 0.05, 0.025, 0.010)
START = 0.02


def curled(strands: NDArray, curliness: NDArray, factor: float = 1.0, seed: int = 0) -> NDArray:
    """Strands (N, P, 3) wound around themselves as the channel (N, P) says; factor: 0 straight .. 1 as predicted .. 2 curlier.

    A helix of radius r and wavelength w has the curvature r (2 pi / w)^2 (small r), which gives the radius.
    """
    curvature = np.expm1(np.clip(curliness, 0, 5)).mean(1) * CURVATURE_UNIT * factor
    wavelength = np.interp(curvature, CURVATURES, WAVELENGTHS)
    radius = np.where(curvature > 1.0, curvature * (wavelength / (2 * np.pi)) ** 2, 0.0)
    fine = strands.astype(np.float64)
    along = np.linalg.norm(np.diff(fine, axis=1), axis=2).cumsum(1)
    along = np.concatenate([np.zeros((len(fine), 1)), along], 1)
    phase = np.random.default_rng(seed).uniform(0, 2 * np.pi, (len(fine), 1))
    angle = 2 * np.pi * along / wavelength[:, None] + phase
    tangent = unit(np.gradient(fine, axis=1))
    first = unit(np.cross(tangent, np.array([0.31, 0.17, 0.94])))
    second = np.cross(tangent, first)
    ramp = 1 - np.exp(-((along / START) ** 2))
    offset = np.cos(angle)[..., None] * first + np.sin(angle)[..., None] * second
    return fine + (radius[:, None] * ramp)[..., None] * offset
