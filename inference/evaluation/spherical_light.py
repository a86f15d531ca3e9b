# SPDX-License-Identifier: GPL-3.0-or-later
"""Distant light on a matte surface: nine spherical harmonics per colour (Ramamoorthi and Hanrahan, SIGGRAPH 2001).

What a network of DECA's kind estimates from a photo, 27 numbers, is found here by least squares on a head whose albedo is known.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..photo.srgb import LUMINANCE

ROUNDS = 6
TOLERANCE = 1.5  # relative error at which a pixel's weight is a quarter: hair, make-up, glints
RIDGE = 2e-4  # pull of the directional terms to none, per pixel of weight
DARKEST = 0.02


@dataclass(frozen=True)
class SphericalLight:
    """coefficients: (9, 3), what multiplies :func:`basis` to give the light of each linear sRGB channel that a normal receives."""

    coefficients: NDArray

    def on(self, normals: NDArray) -> NDArray[np.float32]:
        """(..., 3) factors of the albedo for unit normals (..., 3) in the head's frame."""
        received = basis(normals) @ self.coefficients.astype(np.float32)
        return np.maximum(received, DARKEST)


def basis(normals: NDArray) -> NDArray[np.float32]:
    """(..., 9) polynomials of unit normals (..., 3): the harmonics up to the second order, without their constant factors."""
    x, y, z = np.moveaxis(np.asarray(normals, np.float32), -1, 0)
    one = np.ones_like(x)
    return np.stack([one, x, y, z, x * y, y * z, x * z, x * x - y * y, 3 * z * z - 1], -1)


def fit_light(albedo: NDArray, normals: NDArray, seen: NDArray, weight: NDArray) -> SphericalLight:
    """The light under which the albedo (N, 3) with normals (N, 3) looks most like what was seen (N, 3), all linear.

    weight: (N,) >= 0. Robust: pixels that no smooth light explains lose their weight. Errors count relative to the albedo's
    brightness, so that dark skin is no worse lit than light skin.
    """
    design = basis(normals).astype(np.float64)
    ridge = np.diag([0.0] + [RIDGE] * 3 + [4 * RIDGE] * 5)
    brightness = np.maximum(albedo @ LUMINANCE, 0.02)
    trust = weight.astype(np.float64)
    solution = np.zeros((9, 3))
    for _ in range(ROUNDS):
        for channel in range(3):
            rows = design * (albedo[:, channel] / brightness)[:, None]
            weighted = rows * trust[:, None]
            target = seen[:, channel] / brightness
            solution[:, channel] = np.linalg.solve(
                weighted.T @ rows + (trust.sum() + 1e-9) * ridge, weighted.T @ target
            )
        missed = np.linalg.norm(albedo * (design @ solution) - seen, axis=1) / brightness
        level = max(float(np.average(design @ solution @ LUMINANCE, weights=trust + 1e-12)), 1e-3)
        trust = weight / (1 + (missed / (TOLERANCE * level)) ** 2) ** 2
    return SphericalLight(solution)


def _portrait() -> SphericalLight:
    """The product's soft light from the front, a little from the right and above, as the add-on's lamps give it."""
    coefficients = np.zeros((9, 1))
    coefficients[[0, 1, 2, 3], 0] = 0.72, 0.045, -0.27, 0.12
    return SphericalLight(np.repeat(coefficients, 3, axis=1))


PORTRAIT_LIGHT = _portrait()
