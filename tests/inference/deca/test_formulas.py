# SPDX-License-Identifier: GPL-3.0-or-later
"""Crop, camera, light and detail against slow evaluations of the documented formulas in double precision."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.interpolate import RegularGridInterpolator
from scipy.spatial.transform import Rotation
from scipy.special import sph_harm_y

from inference.deca import camera as deca_camera
from inference.deca.crop import Crop, cut, landmark_crop
from inference.deca.detail import (
    dense_points,
    detail_normals,
    displacement_picture,
    grid_normals,
    tangent_frames,
    tangent_normals,
    texel_table,
)
from inference.deca.light import shading
from inference.deca.run import split_codes
from inference.face.camera import project as show
from inference.head.flame.frame import from_flame

RELATIVE = 1e-5


def test_the_crop_follows_the_documented_square() -> None:
    points = np.random.default_rng(0).uniform([100, 150], [300, 420], (68, 2))
    (left, top), (right, bottom) = points.min(0), points.max(0)
    crop = landmark_crop(points)
    assert crop.side == int(1.25 * 1.1 * ((right - left) + (bottom - top)) / 2)
    assert crop.center == pytest.approx(((left + right) / 2, (top + bottom) / 2))
    corners = np.array([(0, 0), (0, 223), (223, 0)])
    half, center = crop.side / 2, np.array(crop.center)
    assert crop.to_photo(corners) == pytest.approx(center + half * np.array([(-1, -1), (-1, 1), (1, -1)]))


def test_the_crop_is_bilinear_and_black_outside() -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (90, 70, 3), dtype=np.uint8)
    crop = Crop((40.3, 33.7), 77)
    padded = np.pad(pixels.astype(float), ((1, 1), (1, 1), (0, 0)))
    axes = np.arange(-1, 91), np.arange(-1, 71)
    inside = RegularGridInterpolator(axes, padded, bounds_error=False, fill_value=0)
    x, y = np.moveaxis(crop.to_photo(np.stack(np.meshgrid(np.arange(224), np.arange(224)), -1)), -1, 0)
    expected = inside(np.stack([y, x], -1)) / 255
    assert cut(pixels, crop) == pytest.approx(np.moveaxis(expected, -1, 0), rel=RELATIVE, abs=1e-6)


def test_codes_are_split_in_decas_order() -> None:
    codes = split_codes(np.arange(236.0), np.arange(128.0))
    firsts = (codes.shape[0], codes.texture[0], codes.expression[0], codes.head[0], codes.jaw[0], codes.camera[0])
    assert firsts == (0, 100, 150, 200, 203, 206)
    assert codes.light[2, 1] == 209 + 3 * 2 + 1


def test_projection_flips_and_scales() -> None:
    got = deca_camera.project(np.array([[0.01, 0.02, 0.03]]), np.array([9.0, 0.1, -0.2]))
    assert got == pytest.approx(np.array([[9 * 0.11, -9 * -0.18, -9 * 0.03]]))
    assert deca_camera.crop_pixels(np.array([[0.5, -0.5, 0.0]])) == pytest.approx(np.array([[168.0, 56.0]]))


def test_the_bundles_camera_shows_the_head_where_decas_does() -> None:
    """At the depth of the given centre exactly; elsewhere as near as a camera ten metres away can."""
    random = np.random.default_rng(2)
    points = random.normal(0, 0.05, (200, 3))  # FLAME's frame, at rest
    joint, turn = np.array([0.0, -0.1, -0.05]), Rotation.from_rotvec([0.1, -0.4, 0.2]).as_matrix()
    codes, crop = np.array([8.5, 0.01, -0.02]), Crop((310.0, 250.0), 333)
    posed = (points - joint) @ turn.T + joint
    expected = crop.to_photo(deca_camera.crop_pixels(deca_camera.project(posed, codes))) + 0.5
    middle = points[0]
    seen_by = deca_camera.bundle_camera(codes, turn, from_flame(joint), crop, from_flame(middle), (640, 480))
    got = show(seen_by, from_flame(points))[:, :2]
    assert got[0] == pytest.approx(expected[0], rel=RELATIVE)
    from_axis = np.abs(expected - seen_by.center_px)
    assert (np.abs(got - expected) <= 0.03 * from_axis + 1e-6).all()


def test_a_metrical_shape_keeps_its_place_in_the_picture() -> None:
    points = np.random.default_rng(3).normal(0, 0.05, (68, 3))
    codes = np.array([9.0, 0.02, -0.01])
    grown = 1.1 * points + [0.01, -0.02, 0.0]
    again = deca_camera.rescaled(codes, points, grown)
    assert deca_camera.project(grown, again)[:, :2] == pytest.approx(deca_camera.project(points, codes)[:, :2])


def test_light_is_nine_spherical_harmonics() -> None:
    """Against scipy's harmonics, made real and with Lambert's factors pi, 2 pi / 3, pi / 4 (per pi, as DECA scales the first)."""
    random = np.random.default_rng(4)
    normals = random.normal(size=(50, 3))
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    light = random.normal(size=(9, 3))
    polar, azimuth = np.arccos(normals[:, 2]), np.arctan2(normals[:, 1], normals[:, 0])

    def real(degree: int, order: int) -> np.ndarray:
        value = sph_harm_y(degree, abs(order), polar, azimuth) * (-1) ** order
        return value.real if order == 0 else np.sqrt(2) * (value.real if order > 0 else value.imag)

    # DECA's factors: 1, 2 pi / 3 and pi / 4 on the real harmonics of degrees 0, 1, 2, whose constants it takes
    # without the common factors that make 4, 5, 6 and 7 of norm one.
    names = [(0, 0), (1, 1), (1, -1), (1, 0), (2, -2), (2, 1), (2, -1), (2, 2), (2, 0)]
    scale = [1, *(2 * np.pi / 3,) * 3, *(np.pi / 4,) * 5]
    expected = sum(np.outer(s * real(*name), row) for s, name, row in zip(scale, names, light, strict=True))
    assert shading(normals, light) == pytest.approx(expected, rel=RELATIVE, abs=1e-9)


@pytest.fixture
def patch() -> tuple[np.ndarray, ...]:
    """A gently curved sheet over the whole chart: vertices (121, 3), triangles, uv."""
    u, v = (grid.ravel() for grid in np.meshgrid(np.linspace(0, 1, 11), np.linspace(0, 1, 11)))
    vertices = np.stack([0.2 * u, 0.2 * v, 0.03 * np.sin(3 * u) * np.cos(2 * v)], 1)
    index = np.arange(121).reshape(11, 11)
    a, b, c, d = index[:-1, :-1].ravel(), index[:-1, 1:].ravel(), index[1:, :-1].ravel(), index[1:, 1:].ravel()
    return vertices, np.concatenate([np.stack([a, b, d], 1), np.stack([a, d, c], 1)]), np.stack([u, v], 1)


def test_dense_points_lie_along_the_vertex_normals(patch: tuple[np.ndarray, ...]) -> None:
    vertices, triangles, uv = patch
    table = texel_table(uv, triangles, triangles)
    normals = np.zeros_like(vertices)
    for a, b, c in triangles:
        for corner in (a, b, c):
            normals[corner] += np.cross(vertices[b] - vertices[a], vertices[c] - vertices[a])
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    displacement = np.random.default_rng(5).uniform(-0.01, 0.01, (256, 256))
    got = dense_points(table, vertices, normals, displacement)
    for row, column in ((0, 0), (100, 7), (255, 255), (31, 200)):
        place = np.array([(column + 0.5) / 256, 1 - (row + 0.5) / 256])
        for corners in triangles:
            weights = np.linalg.solve(np.vstack([uv[corners].T, np.ones(3)]), [*place, 1])
            if (weights >= -1e-12).all():
                break
        expected = weights @ vertices[corners] + displacement[row, column] * (weights @ normals[corners])
        assert got[row, column] == pytest.approx(expected, rel=RELATIVE, abs=1e-7)


def test_grid_normals_are_those_of_the_documented_triangles() -> None:
    points = (
        np.random.default_rng(6).normal(0, 0.01, (256, 256, 3))
        + np.stack(np.meshgrid(np.arange(256), -np.arange(256), [0.0]), -1)[:, :, 0]
    )
    got = grid_normals(points)
    for row, column in ((5, 2), (100, 100), (250, 253), (5, 100)):
        total = np.zeros(3)
        for i in (row - 1, row):
            for j in (column - 1, column):
                if not (5 <= i < 250 and 2 <= j < 253):
                    continue
                a, b, c, e = (i, j), (i, j + 1), (i + 1, j), (i + 1, j + 1)
                for triangle in ((a, c, b), (b, c, e)):
                    if (row, column) in triangle:
                        p, q, r = (points[k] for k in triangle)
                        total += np.cross(q - p, r - p)
        assert got[row, column] == pytest.approx(total / np.linalg.norm(total), rel=RELATIVE, abs=1e-9)
    assert not got[4].any()
    assert not got[:, 254].any()


def test_tangent_normals_undo_the_displacement(patch: tuple[np.ndarray, ...]) -> None:
    """A bump whose slope is known: the map's x and y are minus the height's slopes along u and v."""
    vertices, triangles, uv = patch
    flat = vertices * [1, 1, 0]
    table = texel_table(uv, triangles, triangles)
    centers = (np.arange(256) + 0.5) / 256
    height = 0.002 * np.sin(2 * np.pi * centers)[None, :] * np.ones((256, 1))
    normals = detail_normals(table, flat, triangles, height, np.zeros_like(height), np.ones_like(height))
    got = tangent_normals(table, tangent_frames(flat, triangles, uv, triangles), normals)
    slope = 0.002 * 2 * np.pi * np.cos(2 * np.pi * centers) / 0.2
    expected = np.stack([-slope, np.zeros_like(slope), np.ones_like(slope)], 1)
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)
    assert got[128, 10:240] == pytest.approx(expected[10:240], abs=1e-3)
    smooth = detail_normals(table, vertices, triangles, height, np.zeros_like(height), np.zeros_like(height))
    straight = tangent_normals(table, tangent_frames(vertices, triangles, uv, triangles), smooth)
    assert straight[table.covered] == pytest.approx(np.tile([0.0, 0, 1], (table.covered.sum(), 1)), abs=1e-6)


def test_displacement_pictures_keep_a_thousandth_of_a_millimetre() -> None:
    values = np.linspace(-0.011, 0.011, 97)[None]
    picture = displacement_picture(values, 0.025)
    assert picture.dtype == np.uint16
    assert (picture / 65535 - 0.5) * 0.025 == pytest.approx(values, abs=1e-6)
