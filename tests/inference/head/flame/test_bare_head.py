# SPDX-License-Identifier: GPL-3.0-or-later
"""FLAME's forward against a slow evaluation of the published formulas in double precision and FLAME's own frame."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from inference.errors import AvatarError
from inference.head.batch import forward_batch
from inference.head.flame.bare_head import bare_head
from inference.head.flame.frame import from_flame
from inference.head.flame.model_file import FlameArrays, flame_from_mica, flame_from_pickle, read_flame, require_2020
from tests.inference.head.flame.files import flame_arrays, write_flame


@pytest.fixture(scope="module")
def flame(tmp_path_factory: pytest.TempPathFactory) -> FlameArrays:
    return read_flame(write_flame(tmp_path_factory.mktemp("flame") / "generic_model.pkl"))


def by_the_book(flame: FlameArrays, shape: NDArray, expression: NDArray, pose: NDArray) -> NDArray:
    """Vertices (5023, 3), one vertex group at a time: reference/flame_deca_mica.md, section 4."""
    v = flame.template + flame.directions[:, :, :300] @ shape + flame.directions[:, :, 300:] @ expression
    joints = flame.regressor @ v
    rotations = [Rotation.from_rotvec(theta).as_matrix() for theta in pose]
    feature = np.concatenate([(rotation - np.eye(3)).ravel() for rotation in rotations[1:]])
    v = v + flame.pose_directions @ feature
    world: list[NDArray] = []
    for joint, parent in enumerate((-1, 0, 1, 1, 1)):
        local = np.eye(4)
        local[:3, :3] = rotations[joint]
        local[:3, 3] = joints[joint] - (joints[parent] if parent >= 0 else 0)
        world.append(local if parent < 0 else world[parent] @ local)
    skinned = np.zeros_like(v)
    for joint, matrix in enumerate(world):
        moved = (v - joints[joint]) @ matrix[:3, :3].T + matrix[:3, 3]
        skinned += flame.weights[:, joint, None] * moved
    return skinned


def test_forward_is_exact(flame: FlameArrays) -> None:
    head = bare_head(flame)
    random = np.random.default_rng(4)
    for _ in range(4):
        shape, expression = random.normal(0, 1.5, 300), random.normal(0, 1, 100)
        pose = random.normal(0, 0.4, (5, 3))
        expected = from_flame(by_the_book(flame, shape, expression, pose))
        assert np.abs(head.forward(shape, expression, from_flame(pose)) - expected).max() < 1e-6


def test_fewer_coefficients_mean_zeros(flame: FlameArrays) -> None:
    head = bare_head(flame)
    random = np.random.default_rng(5)
    shape, expression = random.normal(size=100), random.normal(size=50)
    padded = np.r_[shape, np.zeros(200)], np.r_[expression, np.zeros(50)]
    assert head.forward(shape, expression) == pytest.approx(head.forward(*padded), abs=1e-7)


def test_the_pickle_holds_what_was_written(flame: FlameArrays) -> None:
    for name in ("template", "directions", "pose_directions", "regressor", "weights", "faces"):
        assert np.array_equal(getattr(flame, name), getattr(flame_arrays(), name)), name


def test_plain_arrays_are_read_as_well(tmp_path: Path) -> None:
    read = read_flame(write_flame(tmp_path / "flame2023.pkl", chumpy=False))
    assert np.array_equal(read.directions, flame_arrays().directions)
    assert read.version == "2023"


def test_micas_copy_gives_the_same_model(flame: FlameArrays) -> None:
    generator = {
        "v_template": flame.template.astype(np.float32),
        "shapedirs": flame.directions.astype(np.float32),
        "posedirs": flame.pose_directions.reshape(-1, 36).T.astype(np.float32),
        "J_regressor": flame.regressor.astype(np.float32),
        "lbs_weights": flame.weights.astype(np.float32),
        "faces_tensor": flame.faces.astype(np.int64),
    }
    embedded = flame_from_mica(generator, "mica.tar")
    assert np.abs(embedded.pose_directions - flame.pose_directions).max() < 1e-7
    assert embedded.version == "2020"


@pytest.mark.parametrize(
    ("name", "version"),
    [
        ("flame2023_no_jaw.pkl", "2023 without jaw"),
        ("flame2023_Open.pkl", "2023 Open"),
        ("female_model.pkl", "of one gender"),
    ],
)
def test_2020_coefficients_are_refused_on_other_models(flame: FlameArrays, name: str, version: str) -> None:
    content = {
        "v_template": flame.template,
        "shapedirs": flame.directions,
        "posedirs": flame.pose_directions,
        "J_regressor": flame.regressor,
        "weights": flame.weights,
        "f": flame.faces,
        "kintree_table": np.array([[2**32 - 1, 0, 1, 1, 1], range(5)]),
    }
    other = flame_from_pickle(content, name)
    assert other.version == version
    assert bare_head(other).use == ("" if version == "2023 Open" else "non-commercial")
    with pytest.raises(AvatarError, match="2020") as refusal:
        require_2020(other, "deca")
    assert refusal.value.code == "weights_mixed"
    require_2020(flame, "deca")


def test_2019_is_told_from_2020_by_what_its_expressions_leave_still(flame: FlameArrays) -> None:
    directions = flame.directions.copy()
    directions[3360:, :, 300:] = 0
    content = {
        "v_template": flame.template,
        "shapedirs": directions,
        "posedirs": flame.pose_directions,
        "J_regressor": flame.regressor,
        "weights": flame.weights,
        "f": flame.faces,
        "kintree_table": np.array([[2**32 - 1, 0, 1, 1, 1], range(5)]),
    }
    older = flame_from_pickle(content, "generic_model.pkl")
    assert older.version == "2019"
    assert bare_head(older).use == "non-commercial"
    with pytest.raises(AvatarError, match="2019"):
        require_2020(older, "deca")
    assert flame_from_pickle(content | {"shapedirs": flame.directions}, "generic_model.pkl").version == "2020"


def test_wrong_shapes_and_missing_keys_are_named(flame: FlameArrays) -> None:
    content = {"v_template": flame.template[:10], "shapedirs": flame.directions}
    with pytest.raises(AvatarError, match="lacks J_regressor"):
        flame_from_pickle(content, "a.pkl")
    broken = replace(flame, template=flame.template[:10])
    keys = {"posedirs": "pose_directions", "J_regressor": "regressor", "f": "faces", "weights": "weights"}
    content |= {key: getattr(broken, name) for key, name in keys.items()}
    content["kintree_table"] = np.array([[2**32 - 1, 0, 1, 1, 1], range(5)])
    with pytest.raises(AvatarError, match=r"v_template has the shape \(10, 3\)"):
        flame_from_pickle(content, "a.pkl")


@pytest.mark.parametrize("at_rest", [[], [1, 3, 4], [0, 1, 2], [2, 3, 4], [1], [0, 1, 2, 3, 4]])
def test_a_batch_is_exact_whichever_joints_rest(flame: FlameArrays, at_rest: list[int]) -> None:
    head = bare_head(flame)
    random = np.random.default_rng(8)
    shape, expression = random.normal(size=(5, 100)), random.normal(size=(5, 50))
    pose = random.normal(0, 0.4, (5, 5, 3))
    pose[:, at_rest] = 0
    zeros = np.zeros(200), np.zeros(50)
    expected = [
        from_flame(by_the_book(flame, np.r_[a, zeros[0]], np.r_[b, zeros[1]], c))
        for a, b, c in zip(shape, expression, pose, strict=True)
    ]
    got = forward_batch(head, shape, expression, from_flame(pose))
    assert np.abs(got - expected).max() < 1e-6
    each = [head.forward(*values) for values in zip(shape, expression, from_flame(pose), strict=True)]
    assert np.abs(np.array(each) - expected).max() < 1e-6
