# SPDX-License-Identifier: GPL-3.0-or-later
"""Bundles: lossless round trip, nothing partial, and no bundle from a stranger does harm."""

from __future__ import annotations

import contextlib
import errno
import io
import json
import shutil
import zipfile
from dataclasses import fields, is_dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inference import bundle_io, bundle_zip
from inference.bundle import Avatar, Hair
from inference.bundle_io import check_target, read_bundle, write_bundle
from inference.bundle_zip import zip_bundle
from inference.errors import AvatarError


def assert_same(a: object, b: object, where: str = "") -> None:
    if is_dataclass(a):
        for field in fields(a):
            assert_same(getattr(a, field.name), getattr(b, field.name), f"{where}.{field.name}")
    elif isinstance(a, np.ndarray):
        assert a.dtype == b.dtype, where
        np.testing.assert_array_equal(a, b, where)
    elif isinstance(a, dict):
        assert a.keys() == b.keys(), where
        for key in a:
            assert_same(a[key], b[key], f"{where}[{key}]")
    elif isinstance(a, Path):
        assert a.read_bytes() == b.read_bytes(), where
    else:
        assert a == b, where


def code_of(action: object, *arguments: object) -> str:
    with pytest.raises(AvatarError) as caught:
        action(*arguments)
    assert caught.value.message.endswith(".")
    return caught.value.code


@pytest.fixture
def bundle(small_avatar: Avatar, tmp_path: Path) -> Path:
    return write_bundle(small_avatar, tmp_path / "out" / "Zoë Ünal")


def edit(bundle: Path, change: object) -> None:
    """Change avatar.json by a function of its contents."""
    path = bundle / "avatar.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    change(data)
    path.write_text(json.dumps(data), encoding="utf-8")


def edit_arrays(path: Path, **changes: np.ndarray | None) -> None:
    with np.load(path) as stored:
        arrays = {name: stored[name] for name in stored.files} | changes
    np.savez(path, **{name: array for name, array in arrays.items() if array is not None})


def test_round_trip_is_lossless(small_avatar: Avatar, bundle: Path) -> None:
    assert_same(small_avatar, read_bundle(bundle))


def test_round_trip_through_a_zip(small_avatar: Avatar, bundle: Path, tmp_path: Path) -> None:
    assert_same(small_avatar, read_bundle(zip_bundle(bundle, tmp_path / "a.zip")))


def test_a_bundle_without_emotion_pairs_and_sides(small_avatar: Avatar, bundle: Path) -> None:
    """As all were before these fields came."""
    edit_arrays(bundle / "head.npz", mirrored_deltas=None, emotion_pairs=None, pair_deltas=None)
    edit(bundle, lambda data: (data.pop("photo_emotions"), data["head"].pop("mirrored_emotions")))
    old = read_bundle(bundle)
    np.testing.assert_array_equal(old.head.emotion_deltas, small_avatar.head.emotion_deltas)
    assert old.head.mirrored_emotions == ()
    assert len(old.head.mirrored_deltas) == len(old.head.pair_deltas) == 0
    assert old.photo_emotions == {}


def test_bald(small_avatar: Avatar, tmp_path: Path) -> None:
    hair = small_avatar.hair
    nobody = np.zeros((0, 10, 3), np.float32)
    bald = Hair("bald", nobody, hair.root_vertices[:0], hair.root_barycentric[:0], 0.0, 0, hair.color)
    avatar = replace(small_avatar, hair=bald)
    assert_same(avatar, read_bundle(write_bundle(avatar, tmp_path / "b")))


def test_readable_with_numpy_and_json_alone(bundle: Path) -> None:
    data = json.loads((bundle / "avatar.json").read_text(encoding="utf-8"))
    assert data["schema"] == "portrait-avatar-bundle"
    assert np.load(bundle / "head.npz")["vertices"].shape == (12, 3)
    assert sorted(path.name for path in (bundle / "textures").iterdir()) == ["photo.jpg", "skin.png"]


def test_an_older_bundle_is_replaced_whole(small_avatar: Avatar, bundle: Path) -> None:
    (bundle / "leftover").touch()
    write_bundle(replace(small_avatar, name="new"), bundle)
    assert read_bundle(bundle).name == "new"
    assert not (bundle / "leftover").exists()
    assert [path.name for path in bundle.parent.iterdir()] == [bundle.name]


def test_nothing_else_is_replaced(small_avatar: Avatar, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "thesis.txt").write_text("years of work")
    assert code_of(write_bundle, small_avatar, mine) == "output_exists"
    assert code_of(write_bundle, small_avatar, mine / "thesis.txt") == "output_exists"
    assert code_of(check_target, mine / "thesis.txt" / "below") == "output_exists"
    assert (mine / "thesis.txt").read_text() == "years of work"


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.ENOSPC, "output_disk_full"),
        (errno.EDQUOT, "output_disk_full"),
        (errno.EACCES, "output_no_permission"),
        (errno.EROFS, "output_no_permission"),
        (errno.EIO, "output_failed"),
    ],
)
@pytest.mark.parametrize("name", ["_write_files", "_move_into_place"])
def test_failing_disk_leaves_nothing(
    small_avatar: Avatar, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, code: str, name: str
) -> None:
    def fail(*_: object) -> None:
        raise OSError(number, "made up")

    monkeypatch.setattr(bundle_io, name, fail)
    target = tmp_path / "out" / "a"
    assert code_of(write_bundle, small_avatar, target) == code
    assert list(target.parent.iterdir()) == []


def test_old_bundle_survives_a_failing_replacement(
    small_avatar: Avatar, bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, "made up")

    monkeypatch.setattr(bundle_io, "_write_files", fail)
    assert code_of(write_bundle, replace(small_avatar, name="new"), bundle) == "output_disk_full"
    assert read_bundle(bundle).name == small_avatar.name


@pytest.mark.parametrize("version", [0, 2, 99, "1", None])
def test_other_versions_are_refused(bundle: Path, version: object) -> None:
    edit(bundle, lambda data: data.update(version=version))
    assert code_of(read_bundle, bundle) == "bundle_version"


def test_missing(tmp_path: Path) -> None:
    assert code_of(read_bundle, tmp_path / "nothing") == "bundle_missing"
    assert code_of(read_bundle, tmp_path) == "bundle_invalid"


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d.clear(),
        lambda d: d.update(schema="other"),
        lambda d: d.pop("camera"),
        lambda d: d["camera"].update(focal_px=0),
        lambda d: d["camera"].update(focal_px="wide"),
        lambda d: d["camera"].update(matrix_world=[[1, 0], [0, 1]]),
        lambda d: d["camera"].update(matrix_world=[[2, 0, 0, 0], [0, 2, 0, 0], [0, 0, 2, 0], [0, 0, 0, 1]]),
        lambda d: d["camera"].update(center_px=[1]),
        lambda d: d["camera"].update(width=10**9),
        lambda d: d["head"].update(joint_parents=[0, 0]),
        lambda d: d["head"].update(joint_parents=[1, -1]),
        lambda d: d["head"].update(key_names=["jawOpen"]),
        lambda d: d["head"].update(key_names=["jawOpen", "jawOpen"]),
        lambda d: d["head"].update(key_names=["jawOpen", 5]),
        lambda d: d["head"].update(part_names=["skin"]),
        lambda d: d["hair"].update(strands=10**12),
        lambda d: d["hair"].update(radius="thick"),
        lambda d: d["hair"]["color"].update(melanin=None),
        lambda d: d["hair"]["color"].update(linear_rgb=[1, 2]),
        lambda d: d.update(expression={"jawOpen": "much"}),
        lambda d: d.update(expression=[1, 2]),
        lambda d: d.update(pose={"jaw": [1, 2]}),
        lambda d: d.update(colors={"lips": [1, 2, 3, 4]}),
        lambda d: d.update(textures={"skin": "../pictures/skin.png"}),
        lambda d: d.update(textures={"skin": "/etc/passwd"}),
        lambda d: d.update(textures={"skin": "textures/nothing.png"}),
        lambda d: d.update(textures={"skin": "avatar.json"}),
        lambda d: d.update(textures={"skin": 3}),
        lambda d: d.update(shape="round"),
        lambda d: d.update(shape=[[1.0], [2.0]]),
        lambda d: d.update(sources=[1]),
        lambda d: d.update(photo_emotions={"happiness": 1.5}),
        lambda d: d.update(photo_emotions={"envy": 0.5}),
        lambda d: d["head"].update(mirrored_emotions=["envy"]),
        lambda d: d["head"].update(mirrored_emotions=[]),
    ],
)
def test_malformed_json_is_refused(bundle: Path, change: object) -> None:
    edit(bundle, change)
    assert code_of(read_bundle, bundle) == "bundle_invalid"


@pytest.mark.parametrize("text", ["", "{", "[]", "NaN", '{"schema": Infinity}', "[" * 100_000, "\0", '"x"'])
def test_json_that_is_none(bundle: Path, text: str) -> None:
    (bundle / "avatar.json").write_text(text)
    assert code_of(read_bundle, bundle) == "bundle_invalid"


@pytest.mark.parametrize(
    "changes",
    [
        {"vertices": None},
        {"vertices": np.zeros((12, 2), np.float32)},
        {"vertices": np.zeros((12, 3), np.float64)},
        {"vertices": np.full((12, 3), np.nan, np.float32)},
        {"vertices": np.full((12, 3), 1e9, np.float32)},
        {"vertices": np.zeros((11, 3), np.float32)},
        {"faces": np.array([[0, 1, 2, 12], [4, 5, 6, -1]], np.int32)},
        {"faces": np.array([[0, -1, 2, 3], [4, 5, 6, -1]], np.int32)},
        {"faces": np.array([[0, 1, 2, -1], [4, 5, 6, -1]], np.int32)},
        {"face_parts": np.array([0, 2], np.uint8)},
        {"uv": np.full((9, 2), 1.5, np.float32)},
        {"uv_faces": np.array([[0, 1, 2, 9], [4, 5, 6, -1]], np.int32)},
        {"emotion_levels": np.array([1.0, 0.5], np.float32)},
        {"emotion_levels": np.array([0.0, 1.0], np.float32)},
        {"mirrored_deltas": None},
        {"mirrored_deltas": np.zeros((1, 3, 12, 3), np.float32)},
        {"pair_deltas": np.zeros((1, 12, 3), np.float32)},
        {"emotion_pairs": np.array([[0, 1], [0, 3]], np.int32)},
        {"emotion_pairs": np.array([[0, 1], [1, 0]], np.int32)},
        {"emotion_pairs": np.array([[0, 1], [2, 2]], np.int32)},
        {"skin_weights": np.full((12, 2), 0.6, np.float32)},
        {"skin_weights": np.array([[2, -1]] * 12, np.float32)},
        {"masks.scalp": np.zeros(5, np.float32)},
        {"landmark_vertices.mediapipe_478": np.full((478, 3), 12, np.int32)},
        {"landmark_vertices.mediapipe_478": np.zeros((4, 3), np.int32)},
        {"landmark_barycentric.mediapipe_478": None},
        {"scalp_uv": np.full((12, 2), np.inf, np.float32)},
    ],
)
def test_malformed_head_is_refused(bundle: Path, changes: dict) -> None:
    edit_arrays(bundle / "head.npz", **changes)
    assert code_of(read_bundle, bundle) == "bundle_invalid"


@pytest.mark.parametrize(
    "changes",
    [
        {"root_vertices": np.full((2, 3), 12, np.int32)},
        {"root_vertices": np.zeros((3, 3), np.int32)},
        {"points": np.zeros((2, 1, 3), np.float32)},
        {"points": np.full((2, 10, 3), np.inf, np.float32)},
    ],
)
def test_malformed_hair_is_refused(bundle: Path, changes: dict) -> None:
    edit_arrays(bundle / "hair.npz", **changes)
    assert code_of(read_bundle, bundle) == "bundle_invalid"


def test_pickles_are_not_run(bundle: Path, tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self) -> tuple:
            return (Path.touch, (tmp_path / "sprung",))

    edit_arrays(bundle / "head.npz", vertices=np.array([Trap()], object))
    assert code_of(read_bundle, bundle) == "bundle_invalid"
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize("name", ["../evil.txt", "/tmp/evil.txt", "a/../../evil.txt", "C:\\evil.txt", "..\\evil.txt"])
def test_a_zip_cannot_leave_its_folder(bundle: Path, tmp_path: Path, name: str) -> None:
    archive = zip_bundle(bundle, tmp_path / "a.zip")
    with zipfile.ZipFile(archive, "a") as packed:
        packed.writestr(name, "evil")
    assert code_of(read_bundle, archive) == "bundle_invalid"


def test_a_link_cannot_leave_the_bundle(bundle: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.png"
    shutil.copy(bundle / "textures/skin.png", outside)
    (bundle / "textures/skin.png").unlink()
    (bundle / "textures/skin.png").symlink_to(outside)
    assert code_of(read_bundle, bundle) == "bundle_invalid"


def test_zip_bombs_are_not_unpacked(bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (bundle_io, bundle_zip):
        monkeypatch.setattr(module, "MAX_FILE_BYTES", 2_000_000)
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("avatar.json", b"0" * 3_000_000)
    assert code_of(read_bundle, tmp_path / "bomb.zip") == "bundle_invalid"
    buffer = io.BytesIO()
    np.save(buffer, np.zeros(1_000_000, np.float32))
    with zipfile.ZipFile(bundle / "head.npz", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("vertices.npy", buffer.getvalue())
    assert code_of(read_bundle, bundle) == "bundle_invalid"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damaged_anywhere(bundle: Path, tmp_path: Path, data: st.DataObject) -> None:
    """A flipped byte or a cut either leaves a valid bundle or is refused; it never raises anything else."""
    copy = tmp_path / "copy"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(bundle, copy)
    path = copy / data.draw(st.sampled_from(["avatar.json", "head.npz", "hair.npz", "textures/skin.png"]))
    content = bytearray(path.read_bytes())
    at = data.draw(st.integers(0, len(content) - 1))
    if data.draw(st.booleans()):
        content[at] ^= data.draw(st.integers(1, 255))
    else:
        del content[at:]
    path.write_bytes(bytes(content))
    with contextlib.suppress(AvatarError):
        read_bundle(copy)
