# SPDX-License-Identifier: GPL-3.0-or-later
"""The open head's data: complete, symmetric, watertight, and with charts that do not overlap."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.spatial import ConvexHull, cKDTree

from inference.head.model import HeadModel, vertex_normals
from inference.head.open_head import HEAD_FILE, load_open_head

# The names of Apple's ARFaceAnchor.BlendShapeLocation.
ARKIT = set(
    "eyeBlinkLeft eyeLookDownLeft eyeLookInLeft eyeLookOutLeft eyeLookUpLeft eyeSquintLeft eyeWideLeft eyeBlinkRight "
    "eyeLookDownRight eyeLookInRight eyeLookOutRight eyeLookUpRight eyeSquintRight eyeWideRight jawForward jawLeft jawRight "
    "jawOpen mouthClose mouthFunnel mouthPucker mouthLeft mouthRight mouthSmileLeft mouthSmileRight mouthFrownLeft "
    "mouthFrownRight mouthDimpleLeft mouthDimpleRight mouthStretchLeft mouthStretchRight mouthRollLower mouthRollUpper "
    "mouthShrugLower mouthShrugUpper mouthPressLeft mouthPressRight mouthLowerDownLeft mouthLowerDownRight mouthUpperUpLeft "
    "mouthUpperUpRight browDownLeft browDownRight browInnerUp browOuterUpLeft browOuterUpRight cheekPuff cheekSquintLeft "
    "cheekSquintRight noseSneerLeft noseSneerRight tongueOut".split()
)
MASKS = set("scalp face neck ears lips eyelids brows nose forehead cheeks bust inner_mouth".split())


@pytest.fixture(scope="module")
def head() -> HeadModel:
    return load_open_head()


def test_file_is_small_and_loads_fast() -> None:
    assert HEAD_FILE.stat().st_size < 1.2e6
    load_open_head.cache_clear()
    start = time.process_time()
    load_open_head()
    assert time.process_time() - start < 0.15  # 0.07 s alone on the machine


def test_loading_needs_neither_torch_nor_scipy(repository: Path) -> None:
    code = "import sys; import inference.head.open_head as o; o.load_open_head(); print(*(m in sys.modules for m in ('torch', 'scipy')))"
    answer = subprocess.run([sys.executable, "-c", code], cwd=repository, capture_output=True, text=True, check=True)
    assert answer.stdout.split() == ["False", "False"]


def test_shapes_and_names(head: HeadModel) -> None:
    count = len(head.template)
    assert set(head.expression_names) == ARKIT
    assert len(head.expression_names) == 52
    assert len(set(head.shape_names)) == len(head.shape_names) >= 180
    assert head.shape_names[0] == "gender-male"
    assert head.shape_basis.shape == (len(head.shape_names), count, 3)
    assert head.expression_basis.shape == (52, count, 3)
    assert (head.shape_deviation > 0).all()
    assert set(head.masks) == MASKS
    for mask in head.masks.values():
        assert mask.shape == (count,)
        assert mask.min() >= 0
        assert 0.95 < mask.max() <= 1.001
    assert np.isfinite(head.shape_basis).all()
    assert np.isfinite(head.expression_basis).all()


def test_skin_comes_first_and_every_vertex_is_used(head: HeadModel) -> None:
    skin = head.surface.part_vertices("skin")
    assert np.array_equal(skin, np.arange(len(skin)))
    assert len(np.unique(head.surface.triangles())) == len(head.template)


def test_size_of_an_adult(head: HeadModel) -> None:
    left, right = (
        head.joints.regressor[head.joints.names.index(f"{side}_eye")] @ head.template for side in ("left", "right")
    )
    assert np.allclose(left + right, 0, atol=1e-6)  # the origin is their midpoint
    assert left[0] == pytest.approx(0.0315, abs=1e-4)  # the left eye is at +X
    skull = head.template[head.masks["scalp"] > 0.9]
    assert 0.14 < np.ptp(skull[:, 0]) < 0.16
    nose = head.template[head.masks["nose"] > 0.9]
    assert nose[:, 1].min() < head.template[head.masks["ears"] > 0.9][:, 1].min()  # the face looks to -Y


def test_left_and_right_mirror_each_other(head: HeadModel) -> None:
    mirror, distance = _mirror(head.template)
    assert distance.max() < 1e-4
    reflected = head.expression_basis[:, mirror] * [-1, 1, 1]
    for number, name in enumerate(head.expression_names):
        other = name.replace("Left", "Right") if "Left" in name else name.replace("Right", "Left")
        difference = reflected[number] - head.expression_basis[head.expression_names.index(other)]
        assert np.abs(difference).max() < 1e-4, name
    for name, direction in zip(head.shape_names, head.shape_basis, strict=True):
        sign = -1 if name.endswith("/anti") else 1
        assert np.abs(direction[mirror] * [-1, 1, 1] - sign * direction).max() < 2e-4, name


def test_left_is_the_subjects_left(head: HeadModel) -> None:
    blink = np.linalg.norm(head.expression_basis[head.expression_names.index("eyeBlinkLeft")], axis=1)
    assert head.template[blink > 0.004][:, 0].min() > 0


def test_body_is_watertight_but_for_the_bust(head: HeadModel) -> None:
    sides = _sides(head.surface.faces[np.isin(head.surface.face_parts, (0, 1))])
    assert len(set(sides)) == len(sides)  # consistently wound, no edge with three faces
    present = set(sides)
    border = np.unique([side for side in sides if side[::-1] not in present])
    assert len(border) == 52
    assert (head.masks["bust"][border] > 0.9).all()


@pytest.mark.parametrize("part", ["skin", "eyes", "cornea", "teeth"])
def test_faces_look_outwards(head: HeadModel, part: str) -> None:
    triangles = head.surface.triangles(part)
    normals = vertex_normals(head.template.astype(float), triangles)
    for piece in _connected(triangles):
        centre = head.template[piece].mean(0)
        outwards = (normals[piece] * (head.template[piece] - centre)).sum(1)
        assert outwards.mean() > 0


def test_skin_texture_does_not_overlap(head: HeadModel) -> None:
    triangles = head.surface.uv_triangles("skin", "mouth")
    uv = head.surface.uv.astype(np.float64)
    areas = _signed_areas(uv, triangles)
    assert areas.min() > 0  # nothing flipped
    used = uv[np.unique(triangles)]
    assert used.min() >= 0
    assert used.max() <= 1
    # A chart without flips whose total area is that of its convex outline covers every point once.
    assert areas.sum() == pytest.approx(ConvexHull(used).volume, rel=1e-6)
    face = head.masks["face"][head.surface.triangles("skin", "mouth")].mean(1) > 0.5
    assert areas[face].sum() > 0.4  # the face gets a good part of the map


def test_eye_texture_is_polar(head: HeadModel) -> None:
    triangles = np.unique(head.surface.uv_triangles("eyes"))
    uv = head.surface.uv[triangles]
    radius = np.linalg.norm(uv - 0.5, axis=1)
    assert radius.max() <= 0.5 + 1e-6
    assert (np.abs(radius - 0.25) < 1e-4).sum() >= 2 * 24  # a ring of vertices on the rim of each iris
    assert (radius < 1e-6).sum() == 2  # the optical axes


def test_scalp_chart_does_not_overlap(head: HeadModel) -> None:
    chart = head.scalp_uv
    triangles = head.surface.triangles("skin")
    triangles = triangles[np.isfinite(chart[triangles]).all((1, 2))]
    areas = _signed_areas(chart.astype(np.float64), triangles)
    assert (areas > 0).all() or (areas < 0).all()
    on = head.masks["scalp"] > 0.5
    assert np.isfinite(chart[on]).all()
    assert np.nanmin(chart) >= 0
    assert np.nanmax(chart) <= 1
    assert 0.045 < head.template[on & (head.template[:, 1] < 0)][:, 2].min() < 0.075  # the front hairline


def test_weights_and_joints(head: HeadModel) -> None:
    joints = head.joints
    assert joints.names == ("neck", "head", "jaw", "left_eye", "right_eye")
    assert joints.parents == (-1, 0, 1, 1, 1)
    assert np.allclose(joints.weights.sum(1), 1, atol=2e-3)
    assert joints.weights.min() >= 0
    assert np.allclose(joints.regressor.sum(1), 1, atol=1e-4)
    turned = head.forward(pose=np.array([[0, 0, 0], [0, 0, 0.5], [0, 0, 0], [0, 0, 0], [0, 0, 0]]))
    moved = np.linalg.norm(turned - head.template, axis=1)
    assert moved[head.masks["bust"] > 0.99].max() < 0.003
    assert moved[head.masks["nose"] > 0.9].min() > 0.03


def test_landmarks_lie_on_triangles(head: HeadModel) -> None:
    for name, count in (("mediapipe_478", 478), ("ibug_68", 68), ("now_7", 7)):
        embedding = head.landmarks[name]
        assert embedding.vertices.shape == (count, 3)
        assert np.allclose(embedding.barycentric.sum(1), 1, atol=1e-5)
        assert embedding.barycentric.min() >= -1e-6
        assert (embedding.sigma > 0).all()
        assert embedding.points(head.template).shape == (count, 3)


def _mirror(vertices: NDArray) -> tuple[NDArray, NDArray]:
    distance, index = cKDTree(vertices).query(vertices * [-1, 1, 1])
    return index, distance


def _sides(faces: NDArray) -> list[tuple[int, int]]:
    polygons = [face[face >= 0].tolist() for face in faces]
    return [side for p in polygons for side in zip(p, p[1:] + p[:1], strict=True)]


def _connected(triangles: NDArray) -> list[NDArray]:
    """Vertex groups of the pieces a part consists of."""
    label = np.arange(triangles.max() + 1)
    while True:
        lowest = label[triangles].min(1)
        before = label.copy()
        for corner in range(3):
            np.minimum.at(label, triangles[:, corner], lowest)
        if np.array_equal(label, before):
            break
    used = np.unique(triangles)
    return [used[label[used] == piece] for piece in np.unique(label[used])]


def _signed_areas(points: NDArray, triangles: NDArray) -> NDArray:
    a, b = (points[triangles[:, k]] - points[triangles[:, 0]] for k in (1, 2))
    return (a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]) / 2
