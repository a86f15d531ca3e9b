# SPDX-License-Identifier: GPL-3.0-or-later
"""The voxel distance field against exact distances."""

from __future__ import annotations

import numpy as np

from inference.hair.distance import distance_field, surface_samples
from inference.hair.head_surface import HeadSurface
from tests.inference.hair.exact_distance import signed_distance


def test_a_sphere() -> None:
    grid = np.linspace(0, np.pi, 41)[:, None], np.linspace(0, 2 * np.pi, 81)[None]
    theta, phi = np.broadcast_arrays(*grid)
    sphere = 0.1 * np.stack([np.sin(theta) * np.cos(phi), np.sin(theta) * np.sin(phi), np.cos(theta)], -1).reshape(
        -1, 3
    )
    corner = (np.arange(40)[:, None] * 81 + np.arange(80)).ravel()
    quads = np.stack([corner, corner + 81, corner + 82, corner + 1], 1)
    field = distance_field(sphere, np.concatenate([quads[:, :3], quads[:, [0, 2, 3]]]))
    direction = np.random.default_rng(0).normal(size=(400, 3))
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    direction = direction[direction[:, 2] > -0.6]  # the field goes on straight down below an open rim
    for height in (-0.006, 0.0, 0.004, 0.02):
        distance, normal = field.sample(direction * (0.1 + height))
        assert np.abs(distance - height).max() < (0.0012 if abs(height) < 0.01 else 0.004)
        assert (normal * direction).sum(1).min() > 0.97


def test_the_skull(mean_head: HeadSurface) -> None:
    skin = mean_head.model.surface.triangles("skin")
    points, normals = surface_samples(mean_head.vertices, skin, 0.01)
    skull = points[:, 2] > mean_head.anatomy.brow + 0.02
    for height in (-0.003, 0.001, 0.008):
        moved = points[skull] + height * normals[skull]
        error = mean_head.distance.sample(moved)[0] - signed_distance(moved, mean_head.vertices, skin)
        assert np.abs(error).max() < 0.001


def test_what_may_be_near_includes_all_that_is(mean_head: HeadSurface) -> None:
    random = np.random.default_rng(1)
    points = mean_head.anatomy.center + random.normal(0, 0.09, (20_000, 3))
    reach = random.uniform(0, 0.004, len(points))
    near = mean_head.distance.sample(points)[0] < reach
    maybe = mean_head.distance.may_be_within(points, reach)
    lips = mean_head.model.landmarks["mediapipe_478"].points(mean_head.vertices.astype(np.float64))[13]
    far_from_lips = np.linalg.norm(points - lips, axis=1) > 0.05  # between them the field jumps
    assert maybe[near & far_from_lips].all()
    assert maybe[near].mean() > 0.999
    assert maybe.mean() < near.mean() + 0.25
