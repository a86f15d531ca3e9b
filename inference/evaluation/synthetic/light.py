# SPDX-License-Identifier: GPL-3.0-or-later
"""A few random lamps and a sky."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def lit(albedo: NDArray, normals: NDArray, places: NDArray, eye: NDArray, random: np.random.Generator) -> NDArray:
    """(N, 3) linear light sent to the viewer at ``eye`` by Lambertian skin with a weak gloss, about 0.5 for grey on average."""
    normals = normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)
    toward = eye - places
    toward = toward / np.linalg.norm(toward, axis=1, keepdims=True)
    sky = random.uniform(0.25, 0.7)
    up = 1 + random.uniform(0, 0.5) * normals[:, 2]
    diffuse = sky * up[:, None] * random.uniform(0.85, 1.0, 3)
    gloss = np.zeros(len(normals))
    for brightness in (1 - sky) * random.dirichlet(np.ones(random.integers(1, 4))) * 1.6:
        lamp = np.array([random.uniform(-1.2, 1.2), random.uniform(-1.0, -0.3), random.uniform(-0.3, 1.0)])
        lamp /= np.linalg.norm(lamp)
        wrap = random.uniform(0, 0.3)  # softness of the lamp and of the skin
        facing = np.clip((normals @ lamp + wrap) / (1 + wrap), 0, 1)
        diffuse += brightness * facing[:, None] * random.uniform(0.85, 1.0, 3)
        half = lamp + toward
        half /= np.linalg.norm(half, axis=1, keepdims=True)
        gloss += brightness * np.clip((normals * half).sum(1), 0, 1) ** random.uniform(8, 40)
    return 1.3 * albedo * diffuse + random.uniform(0, 0.12) * gloss[:, None]
