# SPDX-License-Identifier: GPL-3.0-or-later
"""DECA's light: nine spherical harmonics per colour (Ramamoorthi & Hanrahan 2001)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_C1, _C2 = np.sqrt(3 / (4 * np.pi)), np.sqrt(5 / (12 * np.pi))
FACTORS = np.array(
    [
        1 / np.sqrt(4 * np.pi),
        *(2 * np.pi / 3 * _C1,) * 3,
        *(np.pi / 4 * 3 * _C2,) * 3,
        np.pi / 4 * 3 / 2 * _C2,
        np.pi / 4 / 2 * np.sqrt(5 / (4 * np.pi)),
    ]
)


def shading(normals: NDArray, light: NDArray) -> NDArray:
    """(..., 3) factors on the albedo for (..., 3) unit normals in FLAME's frame. light: (9, 3), a row per harmonic.

    Neither clamped nor gamma-corrected: DECA multiplies display values.
    """
    x, y, z = np.moveaxis(np.asarray(normals), -1, 0)
    basis = np.stack([np.ones_like(x), x, y, z, x * y, x * z, y * z, x * x - y * y, 3 * z * z - 1], -1)
    return (basis * FACTORS) @ light
