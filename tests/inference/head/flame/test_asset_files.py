# SPDX-License-Identifier: GPL-3.0-or-later
"""The small files beside FLAME: landmark tables with the contour that follows the head's turn, charts, albedo spaces."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from inference.errors import AvatarError
from inference.head.flame import albedo
from inference.head.flame.albedo import read_albedo
from inference.head.flame.asset_files import read_fixed_displacement, read_landmarks, read_mask, read_template_uv
from inference.head.flame.landmarks68 import contour_row, landmarks_68
from tests.inference.head.flame.files import flame_arrays, write_landmark_embedding

SHAPES = {"static_lmk": (51,), "dynamic_lmk": (79, 17), "full_lmk": (1, 68)}


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A landmark table whose triangle numbers tell the row and point."""
    random = np.random.default_rng(9)
    numbers = {}
    for name, shape in SHAPES.items():
        faces = np.arange(int(np.prod(shape))).reshape(shape) + 100
        weights = random.dirichlet([1, 1, 1], shape)
        kind = np.float64 if name == "static_lmk" else np.float32
        numbers |= {f"{name}_faces_idx": faces, f"{name}_bary_coords": weights.astype(kind)}
    return write_landmark_embedding(tmp_path / "landmark_embedding.npy", numbers)


def turned(degrees: float) -> np.ndarray:
    return np.array([0.0, np.radians(degrees), 0.0])


@pytest.mark.parametrize(
    ("yaw", "row"),
    [
        (0, 0),
        (12.4, 12),
        (12.6, 13),
        (13.4, 13),
        (39, 39),
        (60, 39),
        (-1, 40),
        (-12.4, 51),
        (-39, 78),
        (-39.6, 78),
        (-70, 78),
    ],
)
def test_the_contours_row_follows_the_yaw(yaw: float, row: int) -> None:
    assert contour_row(turned(yaw), np.zeros(3)) == row


def test_root_and_neck_turn_together() -> None:
    root, neck = np.array([0.2, 0.3, -0.1]), np.array([-0.1, 0.25, 0.05])
    turn = (Rotation.from_rotvec(root) * Rotation.from_rotvec(neck)).as_matrix()
    yaw = np.degrees(np.arctan2(-turn[2, 0], np.hypot(turn[0, 0], turn[1, 0])))
    assert contour_row(root, neck) == round(yaw)


def test_a_turn_to_the_subjects_left_is_positive() -> None:
    """The nose goes towards +x: reference/flame_assets.json, dynamic_rows."""
    assert Rotation.from_rotvec(turned(20)).apply([0, 0, 1])[0] > 0
    assert contour_row(turned(20), np.zeros(3)) == 20


def test_landmarks_are_points_on_their_triangles(table: Path) -> None:
    flame, marks = flame_arrays(), read_landmarks(table)
    full = landmarks_68(flame.template, flame.faces, marks)
    corners = flame.template[flame.faces[110]]
    assert full[10] == pytest.approx(marks.full_weights[10] @ corners)
    contour = landmarks_68(flame.template, flame.faces, marks, turned(-5))
    corners = flame.template[flame.faces[100 + 44 * 17 + 3]]
    assert contour[3] == pytest.approx(marks.contour_weights[44, 3] @ corners)
    corners = flame.template[flame.faces[100]]
    assert contour[17] == pytest.approx(marks.static_weights[0] @ corners)
    assert contour.shape == (68, 3)


def test_landmarks_off_the_mesh_are_refused(table: Path, tmp_path: Path) -> None:
    numbers = {}
    for name, shape in SHAPES.items():
        numbers |= {f"{name}_faces_idx": np.full(shape, 9976), f"{name}_bary_coords": np.full((*shape, 3), 1 / 3)}
    with pytest.raises(AvatarError, match="off the mesh"):
        read_landmarks(write_landmark_embedding(tmp_path / "wrong.npy", numbers))
    (tmp_path / "short.npy").write_bytes(table.read_bytes()[:300])
    with pytest.raises(AvatarError, match="damaged"):
        read_landmarks(tmp_path / "short.npy")


def test_the_charts_triangles_must_be_the_models(tmp_path: Path) -> None:
    faces = flame_arrays().faces
    lines = [f"v {k} 0 0" for k in range(5023)] + [f"vt {k / 5118:.6f} 0.5" for k in range(5118)]
    lines += ["f " + " ".join(f"{v + 1}/{min(v + 7, 5118)}" for v in corners) for corners in faces]
    path = tmp_path / "head_template.obj"
    path.write_text("\n".join(lines))
    chart = read_template_uv(path, faces)
    assert chart.uv.shape == (5118, 2)
    assert np.array_equal(chart.faces, faces + 6)
    with pytest.raises(AvatarError) as refusal:
        read_template_uv(path, faces[::-1])
    assert refusal.value.code == "weights_mixed"
    path.write_text("\n".join(lines[:-5]))
    with pytest.raises(AvatarError, match="9971 triangles"):
        read_template_uv(path)


@pytest.mark.parametrize("order", ["C", "F"])
def test_albedo_spaces_are_read_in_blocks_and_turned_to_rgb(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, order: str
) -> None:
    monkeypatch.setattr(albedo, "SIDE", 16)
    monkeypatch.setattr(albedo, "ROWS_AT_ONCE", 96)
    random = np.random.default_rng(10)
    mean, directions = random.random(768), random.normal(0, 0.1, (768, 199))
    np.savez(tmp_path / "FLAME_albedo_from_BFM.npz", MU=mean, PC=np.asarray(directions, order=order))
    space = read_albedo(tmp_path / "FLAME_albedo_from_BFM.npz")
    codes = random.normal(size=50)
    expected = (mean + directions[:, :50] @ codes).reshape(16, 16, 3)[..., ::-1]
    assert space.kind == "BFM"
    assert space.picture(codes) == pytest.approx(expected, rel=1e-5, abs=1e-5)


def test_the_texture_space_is_scaled_to_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(albedo, "SIDE", 16)
    random = np.random.default_rng(11)
    mean, directions = 255 * random.random((16, 16, 3)), random.normal(0, 9, (16, 16, 3, 200))
    path = tmp_path / "FLAME_texture.npz"
    np.savez_compressed(path, mean=mean, tex_dir=directions, vt=np.zeros((5118, 2)), ft=np.zeros((9976, 3), int))
    space, codes = read_albedo(path), random.normal(size=50)
    expected = ((mean + directions[..., :50] @ codes) / 255)[..., ::-1]
    assert space.kind == "FLAME"
    assert space.picture(codes) == pytest.approx(expected, rel=1e-5, abs=1e-5)
    path.write_bytes(path.read_bytes()[:-3000])
    with pytest.raises(AvatarError, match="damaged"):
        read_albedo(path)


def test_other_arrays_and_pictures_are_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.zeros((255, 256)))
    with pytest.raises(AvatarError, match=r"\(255, 256\)"):
        read_fixed_displacement(tmp_path / "a.npy")
    (tmp_path / "m.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    with pytest.raises(AvatarError, match="damaged"):
        read_mask(tmp_path / "m.png")
