# SPDX-License-Identifier: GPL-3.0-or-later
"""The quick renderer: light, hair, occlusion and the photo's part are where and as strong as geometry says."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from inference.bundle import Camera, Hair, HairColor
from inference.evaluation.fast_hair import lit_hair, see_hair
from inference.evaluation.fast_render import SUPERSAMPLING, Seen, developed
from inference.evaluation.occlusion import sky_seen
from inference.evaluation.portrait import cut
from inference.evaluation.spherical_light import PORTRAIT_LIGHT, SphericalLight, basis, fit_light
from inference.face.camera import FACING, from_extrinsics
from inference.photo.srgb import linear_from_srgb

SIDE = 128


def camera() -> Camera:
    """A metre in front of the origin; 128 pixels show 0.32 m there."""
    return from_extrinsics(FACING, np.array([0.0, 0.0, -1.0]), 400.0, (SIDE / 2, SIDE / 2), SIDE, SIDE)


def nothing(depth: float = np.inf) -> Seen:
    size = SIDE * SUPERSAMPLING
    flat = np.zeros((size, size, 3), np.float32)
    return Seen(flat, flat, np.full((size, size), depth, np.float32), np.full((size, size), -1, np.int8))


def hair(points: np.ndarray, radius: float, strands: int) -> Hair:
    color = HairColor((0.3, 0.2, 0.1), 0.5, 0.3)
    return Hair(
        "test",
        points,
        np.zeros((len(points), 3), np.int32),
        np.zeros((len(points), 3), np.float32),
        radius,
        strands,
        color,
    )


def normals(count: int = 4000) -> np.ndarray:
    random = np.random.default_rng(1).normal(size=(count, 3))
    return random / np.linalg.norm(random, axis=1, keepdims=True)


def test_harmonics_are_independent_on_the_sphere() -> None:
    gram = basis(normals(200_000)).astype(np.float64)
    gram = gram.T @ gram / len(gram)
    assert np.abs(gram - np.diag(np.diag(gram))).max() < 0.02


def test_a_known_light_is_found_again_although_a_part_does_not_fit() -> None:
    random = np.random.default_rng(2)
    where = normals()
    where[:, 1] = -np.abs(where[:, 1])  # a face shows its front
    true = SphericalLight(np.vstack([[0.8, 0.75, 0.7], random.normal(0, 0.08, (8, 3))]))
    albedo = random.uniform(0.1, 0.6, (len(where), 3))
    seen = albedo * true.on(where)
    seen[:200] = 1.0  # glints
    found = fit_light(albedo, where, seen, np.ones(len(where)))
    assert np.abs(found.on(where[200:]) - true.on(where[200:])).mean() < 0.03


def test_what_was_stored_is_shown_again() -> None:
    picture = np.arange(256, dtype=np.uint8).repeat(6).reshape(16, 32, 3)
    linear = linear_from_srgb(picture / np.float32(255)).repeat(SUPERSAMPLING, 0).repeat(SUPERSAMPLING, 1)
    assert np.array_equal(developed(linear), picture)


@pytest.mark.parametrize("scale", [0.25, 0.5, 1.0, 2.0, 3.0])
def test_cutting_keeps_every_point_in_its_place(scale: float) -> None:
    """A blob's centre, in the corner convention of the camera, is where the narrowed camera puts it."""
    y, x = np.mgrid[:200, :240] + 0.5
    blob = np.exp(-((x - 110.3) ** 2 + (y - 95.8) ** 2) / (2 * 9.0**2)).astype(np.float32)
    corner, size = np.array([60.0, 50.0]), (round(100 * scale), round(90 * scale))
    part = cut(blob, corner, scale, size)
    y, x = np.mgrid[: size[1], : size[0]] + 0.5
    center = np.array([(part * x).sum(), (part * y).sum()]) / part.sum()
    assert center == pytest.approx((np.array([110.3, 95.8]) - corner) * scale, abs=0.03)


def test_small_pictures_are_averages() -> None:
    checks = (np.indices((64, 64)).sum(0) % 2).astype(np.float32)
    assert cut(checks, np.zeros(2), 0.25, (16, 16))[2:-2, 2:-2] == pytest.approx(0.5, abs=0.02)


def test_hair_covers_as_much_as_it_is_wide() -> None:
    """400 strands of 0.2 mm, 0.1 m long, spread over 0.2 m: 0.4 of the surface, 1 - exp(-0.4) when they lie at random."""
    x = np.random.default_rng(4).uniform(-0.1, 0.1, 400)
    z = np.linspace(0.05, -0.05, 12)
    points = np.stack(np.broadcast_arrays(x[:, None], 0.0, z[None, :]), -1).astype(np.float32)
    seen = see_hair(hair(points, 0.0001, 400), points, np.array([0.0, 0.1, 0.0]), camera(), nothing())
    inner = seen.cover[SIDE - 30 : SIDE + 30, SIDE - 70 : SIDE + 70]
    assert inner.mean() == pytest.approx(1 - np.exp(-0.4), abs=0.04)
    assert seen.cover[:60].max() < 0.01


def test_hair_behind_the_head_is_not_seen() -> None:
    points = np.zeros((50, 8, 3), np.float32)
    points[..., 0], points[..., 2] = np.linspace(-0.1, 0.1, 50)[:, None], np.linspace(0.05, -0.05, 8)
    for depth, visible in ((0.9, False), (1.1, True)):
        seen = see_hair(hair(points, 0.001, 50), points, np.zeros(3), camera(), nothing(depth))
        assert bool(seen.cover.max() > 0.1) is visible


def test_hair_has_the_measured_colour_on_average() -> None:
    random = np.random.default_rng(5)
    points = (random.uniform(-0.1, 0.1, (300, 1, 3)) + np.linspace(0, 1, 10)[:, None] * [0.0, 0.0, -0.06]).astype(
        np.float32
    )
    locks = hair(points, 0.0005, 3000)
    seen = see_hair(locks, points, np.array([0.0, 0.2, 0.0]), camera(), nothing())
    colors = lit_hair(seen, locks.color, PORTRAIT_LIGHT, np.array([0.0, -1.0, 0.0]))
    shown = seen.cover > 0.003
    assert np.average(colors[shown], axis=0, weights=seen.cover[shown]) == pytest.approx(
        locks.color.linear_rgb, rel=1e-3
    )


def test_the_bottom_of_a_pit_sees_little_sky() -> None:
    depth = np.full((200, 200), 1.0, np.float32)
    cv2.circle(depth, (100, 100), 8, 1.02, -1)  # 20 mm deep, 8 mm in radius at a pixel per millimetre
    chosen = np.zeros(depth.shape, bool)
    chosen[100, 100] = chosen[30, 30] = True
    plain, pit = sky_seen(depth, chosen, 1000.0)
    assert plain == 1
    # The horizon stands 20 mm high at 9 mm: cos^2 of its angle is 9^2 / (9^2 + 20^2).
    assert pit == pytest.approx(81 / 481, abs=0.06)
