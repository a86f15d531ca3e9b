# SPDX-License-Identifier: GPL-3.0-or-later
"""Between FLAME's frame (Y up, face to +Z) and the product's (Z up, face to -Y); the subject's left is +X in both."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

# Rows: the product's axes in FLAME's frame, (x, y, z) -> (x, -z, y). A rotation, so axis-angle vectors turn alike.
FROM_FLAME = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]])


def from_flame(vectors: NDArray) -> NDArray:
    """(..., 3) positions, directions or axis-angle vectors of FLAME's frame -> the product's."""
    x, y, z = np.moveaxis(np.asarray(vectors), -1, 0)
    return np.stack([x, -z, y], -1)


def to_flame(vectors: NDArray) -> NDArray:
    """The inverse of :func:`from_flame`."""
    x, y, z = np.moveaxis(np.asarray(vectors), -1, 0)
    return np.stack([x, z, -y], -1)


def pose_basis_from_flame(pose_directions: NDArray) -> NDArray:
    """(V, 3, 36) correctives on FLAME's rotation matrices -> (36, V, 3) on the product's.

    With R' = C R C^T, the corrective sum over P[c, d] (R - I)[c, d] becomes one over C[a, c] C[b, d] P[c, d].
    """
    per_joint = np.moveaxis(pose_directions.reshape(len(pose_directions), 3, 4, 3, 3), 1, -1)
    turned = np.einsum("ac,bd,vjcdx->jabvx", FROM_FLAME, FROM_FLAME, per_joint, optimize=True)
    return from_flame(turned.reshape(36, len(pose_directions), 3))
