# SPDX-License-Identifier: GPL-3.0-or-later
"""Orientation maps: the coding, and that photo and strands give the same map where the truth is known."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from inference.face.camera import FACING, from_extrinsics
from inference.hair.groom import Detail, grow_style
from inference.hair.head_surface import HeadSurface
from inference.hair.library import load_style
from inference.hair.orientation.coding import OrientationMap, angle_between, decode, encode, resized
from inference.hair.orientation.photo import WORKING, measure
from inference.hair.orientation.strands import MapView, map_of_strands, map_view, visible_points


def facing_camera(head: HeadSurface, size: int = 256, yaw: float = 0.0, distance: float = 1.2):
    """A camera in front of the head's middle, turned by yaw degrees about the vertical."""
    a = np.radians(yaw)
    turn = np.array([[np.cos(a), -np.sin(a), 0], [np.sin(a), np.cos(a), 0], [0, 0, 1]])
    rotation = FACING @ turn
    shift = -rotation @ head.anatomy.center + [0, 0, -distance]
    return from_extrinsics(rotation, shift, 2.0 * size, (size / 2, size / 2), size, size)


def test_colour_coding_of_known_directions() -> None:
    # Up-right in the picture is -45 degrees with y down: x = y = 0.7071 in the coding's frame.
    coded = encode(np.radians([[0.0, 90.0, -45.0, 45.0]]), np.ones((1, 4), bool), np.zeros((1, 4), bool))
    half = np.sqrt(0.5)
    expected = [[1.0, 0, 1], [0.5, 1, 1], [0.5 + half / 2, half, 1], [0.5 - half / 2, half, 1]]
    assert np.allclose(coded[0], expected, atol=1e-6)
    body = encode(np.zeros((1, 2)), np.zeros((1, 2), bool), np.array([[True, False]]))
    assert np.allclose(body[0], [[0, 0, 0.5], [0, 0, 0]])


def test_decoding_undoes_encoding() -> None:
    random = np.random.default_rng(0)
    angle = random.uniform(-np.pi / 2, np.pi / 2, (20, 20))
    hair = random.random((20, 20)) > 0.3
    picture = decode(encode(angle, hair, ~hair))
    assert (picture.hair == hair).all()
    assert (picture.body == ~hair).all()
    assert angle_between(picture.angle, angle)[hair].max() < 1e-3


def test_shrinking_averages_double_angles() -> None:
    # 85 and 95 degrees average to 90, though their plain numbers modulo 180 could average to anything.
    angle = np.radians(np.tile([[85.0, -85.0]], (2, 1)))
    double = np.stack([np.cos(2 * angle), np.sin(2 * angle)], -1)
    small = resized(OrientationMap(np.ones((2, 2), bool), np.zeros((2, 2), bool), double), (1, 1))
    assert angle_between(small.angle, np.pi / 2).max() < 1e-3
    assert small.confidence[0, 0] == pytest.approx(np.cos(np.radians(10)), abs=1e-5)


@pytest.mark.parametrize("degrees", [0.0, 27.0, 90.0, 133.0])
def test_filters_find_the_direction_of_stripes(degrees: float) -> None:
    y, x = np.mgrid[0:160, 0:160]
    a = np.radians(degrees)
    across = y * np.cos(a) - x * np.sin(a)
    grey = 128 + 60 * np.sin(2 * np.pi * 0.2 * across)
    hair = np.hypot(x - 80, y - 80) < 70
    double = measure(grey, hair)
    found = np.arctan2(double[..., 1], double[..., 0]) / 2
    core = np.hypot(x - 80, y - 80) < 55
    assert angle_between(found, a)[core].mean() < 1.5


@pytest.mark.parametrize(("name", "limit"), [("long_straight", 8.0), ("long_waves", 14.0), ("side_part_short", 16.0)])
def test_photo_and_strands_give_the_same_map(mean_head: HeadSurface, name: str, limit: float) -> None:
    strands = grow_style(mean_head, load_style(name), 0, Detail(guides=6000)).strands
    view = map_view(facing_camera(mean_head, yaw=20), mean_head, WORKING)
    known = map_of_strands(view, strands)
    double = measure(shaded(view, strands), known.hair)
    found = np.arctan2(double[..., 1], double[..., 0]) / 2
    error = angle_between(found, known.angle)[known.hair].mean()
    print(f"{name}: {error:.1f} degrees")
    assert error < limit


def test_what_the_head_hides_is_not_drawn(mean_head: HeadSurface) -> None:
    view = map_view(facing_camera(mean_head), mean_head, 128)
    behind = mean_head.anatomy.center + np.array([0, 0.12, 0.0])
    strand = np.linspace(behind, behind - [0, 0, 0.05], 20)[None]
    assert not map_of_strands(view, np.repeat(strand, 50, 0)).hair.any()
    assert not visible_points(view, strand).any()
    assert visible_points(view, strand - [0, 0.24, 0]).all()


def shaded(view: MapView, strands: np.ndarray) -> np.ndarray:
    """A grey picture of strands, painted from back to front, every strand with its own brightness; the body hides what is behind."""
    random = np.random.default_rng(0)
    place, depth = view.place(strands)
    grey = np.full((view.size, view.size), 90, np.uint8)
    shade = random.integers(40, 220, len(strands))
    start, end = place[:, :-1].reshape(-1, 2), place[:, 1:].reshape(-1, 2)
    far = depth[:, :-1].ravel()
    column, row = np.clip(start, 0, view.size - 1).astype(int).T
    shown = np.flatnonzero(far < view.depth[row, column] + 0.006)
    for k in shown[np.argsort(-far[shown])]:
        ends = [tuple(int(v * 16) for v in point) for point in (start[k], end[k])]
        cv2.line(grey, *ends, int(shade[k // (place.shape[1] - 1)]), 1, cv2.LINE_AA, 4)
    return grey
