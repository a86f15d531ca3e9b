# SPDX-License-Identifier: GPL-3.0-or-later
"""What one sees of the open head: closed mouths, closed lids, nothing that pokes through the skin, strong expressions."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from inference.head.model import HeadModel
from inference.head.open_head import load_open_head
from inference.raster import rasterize

OPENING = {"jawOpen", "mouthFunnel", "tongueOut"} | {
    f"mouth{n}{s}" for n in ("LowerDown", "UpperUp") for s in ("Left", "Right")
}
PARTS = ("skin", "mouth", "eyes", "cornea", "teeth", "gums", "tongue")
INSIDE_MOUTH = [PARTS.index(p) for p in ("mouth", "teeth", "gums", "tongue")]
EYE = [PARTS.index(p) for p in ("eyes", "cornea")]
SIZE = 140


@pytest.fixture(scope="module")
def head() -> HeadModel:
    return load_open_head()


def posed(head: HeadModel, shape: NDArray | None = None, **keys: float) -> NDArray:
    expression = np.zeros(len(head.expression_names))
    for name, value in keys.items():
        expression[head.expression_names.index(name)] = value
    return head.shaped(shape, expression).astype(np.float64)


def seen(head: HeadModel, vertices: NDArray, centre: NDArray, half: float, yaw: float = 0.0) -> tuple[NDArray, NDArray]:
    """(part number at each pixel (SIZE, SIZE), -1 for none; pixel positions (V, 2)), looking at ``centre`` along +Y."""
    triangles = np.concatenate([head.surface.triangles(p) for p in PARTS])
    part = np.concatenate([np.full(len(head.surface.triangles(p)), n) for n, p in enumerate(PARTS)])
    turned = (vertices - centre) @ Rotation.from_euler("z", yaw, degrees=True).as_matrix().T
    scale = SIZE / 2 / half
    points = np.stack([SIZE / 2 + turned[:, 0] * scale, SIZE / 2 - turned[:, 2] * scale, turned[:, 1] + 1], 1)
    near = (np.abs(points[:, :2] - SIZE / 2) < SIZE).all(1)[triangles].all(1)
    fragments = rasterize(points, triangles[near], SIZE, SIZE, perspective=False)
    return np.where(fragments.covered, part[near][fragments.triangle], -1), points[:, :2]


def mouth_view(head: HeadModel, vertices: NDArray, yaw: float = 0.0) -> tuple[NDArray, NDArray]:
    """(inside of the mouth seen between the lips, and seen elsewhere) as pixel masks."""
    lips = head.masks["lips"] > 0.3
    parts, points = seen(head, vertices, vertices[lips].mean(0), 0.045, yaw)
    between = np.zeros((SIZE, SIZE), np.uint8)
    cv2.fillConvexPoly(between, cv2.convexHull(points[lips].astype(np.float32)).astype(np.int32), 1)
    between = cv2.dilate(between, np.ones((3, 3), np.uint8)) > 0
    inside = np.isin(parts, INSIDE_MOUTH)
    return inside & between, inside & ~between


def random_shapes(head: HeadModel, count: int) -> NDArray:
    random = np.random.default_rng(11)
    return head.shape_mean + head.shape_deviation * random.normal(size=(count, len(head.shape_names)))


def test_mouth_is_closed_at_rest(head: HeadModel) -> None:
    for yaw in (-40, 0, 40):
        between, elsewhere = mouth_view(head, head.template.astype(float), yaw)
        assert between.sum() <= 2
        assert not elsewhere.any()


def test_lips_stay_closed_unless_a_key_opens_them(head: HeadModel) -> None:
    for name in head.expression_names:
        keys = {name: 1.0} if name != "mouthClose" else {name: 1.0, "jawOpen": 1.0}
        between, elsewhere = mouth_view(head, posed(head, **keys))
        assert not elsewhere.any(), name
        assert name in OPENING or between.sum() <= 4, name


def test_nothing_pokes_through_in_combinations_and_on_other_people(head: HeadModel) -> None:
    grins = {"mouthSmileLeft": 1.0, "mouthSmileRight": 1.0, "jawOpen": 0.25}
    for shape in random_shapes(head, 8):
        assert mouth_view(head, posed(head, shape))[0].sum() <= 25
        for keys in ({}, grins, {"jawOpen": 1.0}):
            assert mouth_view(head, posed(head, shape, **keys))[1].sum() <= 3


def test_teeth_sit_where_teeth_sit(head: HeadModel) -> None:
    teeth = head.template[head.surface.part_vertices("teeth")]
    lips = head.template[head.masks["lips"] > 0.5]
    closed = posed(head)
    line = _lip_line(head, closed)
    upper = teeth[: len(teeth) // 2]
    incisors = upper[np.abs(upper[:, 0]) < 0.008]
    assert 0.007 < incisors[:, 1].min() - lips[:, 1].min() < 0.012
    assert 0.0005 < line - incisors[:, 2].min() < 0.003
    lower = teeth[len(teeth) // 2 :]
    bite = lower[np.abs(lower[:, 0]) < 0.006][:, 2].max() - incisors[:, 2].min()
    assert 0.001 <= bite <= 0.002


def test_lower_teeth_follow_the_jaw_rigidly(head: HeadModel) -> None:
    teeth = head.surface.part_vertices("teeth")
    upper, lower = teeth[: len(teeth) // 2], teeth[len(teeth) // 2 :]
    opened = posed(head, jawOpen=1)
    assert np.abs(opened[upper] - head.template[upper]).max() < 1e-6
    rest, moved = head.template[lower].astype(float), opened[lower]
    ratio = np.linalg.norm(moved - moved.mean(0), axis=1) / np.linalg.norm(rest - rest.mean(0), axis=1)
    assert np.abs(ratio - 1).max() < 1e-3
    assert (rest - moved)[:, 2].min() > 0.012


@pytest.mark.parametrize("side", ["Left", "Right"])
def test_blink_closes_the_lids(head: HeadModel, side: str) -> None:
    eye = head.joints.regressor[head.joints.names.index(f"{side.lower()}_eye")] @ head.template
    for yaw in (-30, 0, 30):
        opened, _ = seen(head, head.template.astype(float), eye, 0.02, yaw)
        assert np.isin(opened, EYE).sum() > 600
        closed, _ = seen(head, posed(head, **{f"eyeBlink{side}": 1.0}), eye, 0.02, yaw)
        assert not np.isin(closed, EYE).any()


def test_blink_closes_on_other_people(head: HeadModel) -> None:
    for shape in random_shapes(head, 8):
        vertices = posed(head, shape, eyeBlinkLeft=1, eyeBlinkRight=1)
        eye = head.joints.regressor[head.joints.names.index("left_eye")] @ vertices
        opened, closed = (seen(head, v, eye, 0.02)[0] for v in (posed(head, shape), vertices))
        assert np.isin(closed, EYE).sum() < 0.05 * np.isin(opened, EYE).sum()


def test_lids_lie_on_the_eyeballs(head: HeadModel) -> None:
    ball = head.surface.part_vertices("eyes")
    left = ball[head.template[ball, 0] > 0]
    for shape in [np.zeros(len(head.shape_names)), *random_shapes(head, 6)]:
        vertices = posed(head, shape)
        points = vertices[left]
        centre = (points.max(0) + points.min(0)) / 2
        radius = np.ptp(points, axis=0).max() / 2
        lids = vertices[(head.masks["eyelids"] > 0.9) & (head.template[:, 0] > 0)]
        above = np.linalg.norm(lids - centre, axis=1) - radius
        assert above.max() < 0.006
        assert (above < 0.0012).any()  # the margin touches the ball


def test_gaze_turns_the_ball_and_keeps_its_shape(head: HeadModel) -> None:
    ball = head.surface.part_vertices("eyes")
    left = ball[head.template[ball, 0] > 0]
    for name, axis, sign in (
        ("eyeLookUpLeft", 2, 1),
        ("eyeLookDownLeft", 2, -1),
        ("eyeLookOutLeft", 0, 1),
        ("eyeLookInLeft", 0, -1),
    ):
        moved = posed(head, **{name: 1.0})[left]
        rest = head.template[left].astype(float)
        assert np.ptp(moved, axis=0).max() == pytest.approx(np.ptp(rest, axis=0).max(), rel=0.02)
        pupil = rest[:, 1].argmin()
        assert sign * (moved - rest)[pupil, axis] > 0.003


def test_expressions_are_strong(head: HeadModel) -> None:
    lips, brows = head.masks["lips"] > 0.5, head.masks["brows"] > 0.6
    width = np.ptp(head.template[lips, 0])
    assert np.ptp(posed(head, mouthSmileLeft=1, mouthSmileRight=1)[lips, 0]) > 1.2 * width
    assert np.ptp(posed(head, mouthPucker=1)[lips, 0]) < 0.88 * width
    opened = posed(head, jawOpen=1)
    assert _gap(head, opened) > 0.035
    raised = posed(head, browInnerUp=1, browOuterUpLeft=1, browOuterUpRight=1)
    assert raised[brows, 2].mean() > 1.25 * head.template[brows, 2].mean()
    corners = posed(head, mouthFrownLeft=1, mouthFrownRight=1)[lips]
    assert corners[np.abs(corners[:, 0]).argmax(), 2] < head.template[lips][:, 2].mean() - 0.003


def _middle(head: HeadModel) -> tuple[NDArray, NDArray]:
    """Vertices of the upper and the lower lip near the midline."""
    middle = (head.masks["lips"] > 0.5) & (np.abs(head.template[:, 0]) < 0.003)
    jaw = np.linalg.norm(head.expression_basis[head.expression_names.index("jawOpen")], axis=1) > 0.015
    return np.flatnonzero(middle & ~jaw), np.flatnonzero(middle & jaw)


def _gap(head: HeadModel, vertices: NDArray) -> float:
    upper, lower = _middle(head)
    return vertices[upper, 2].min() - vertices[lower, 2].max()


def _lip_line(head: HeadModel, vertices: NDArray) -> float:
    upper, lower = _middle(head)
    return (vertices[upper, 2].min() + vertices[lower, 2].max()) / 2
