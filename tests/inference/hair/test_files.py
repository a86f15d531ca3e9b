# SPDX-License-Identifier: GPL-3.0-or-later
"""Strand files: written and read again, both variants, and every kind of damage refused with a sentence."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest

from inference.errors import AvatarError
from inference.hair.files.cem_yuksel import HEADER, read_cem_yuksel, write_cem_yuksel
from inference.hair.files.obj_lines import read_obj_lines, write_obj_lines
from inference.hair.files.read import read_strands
from inference.hair.files.strands import StrandSet
from inference.hair.files.usc_data import read_usc_data, write_usc_data


@pytest.fixture
def strands() -> StrandSet:
    counts = np.array([5, 2, 9])
    return StrandSet(np.random.default_rng(1).normal(size=(16, 3)).astype(np.float32), counts)


def same(a: StrandSet, b: StrandSet) -> bool:
    return np.array_equal(a.counts, b.counts) and np.allclose(a.points, b.points, atol=1e-5)


def neural_bytes(strands: StrandSet) -> bytes:
    head = struct.pack("<II", len(strands), len(strands.points))
    return head + strands.counts.astype("<u2").tobytes() + strands.points.tobytes()


@pytest.mark.parametrize(
    ("write", "read", "ending"),
    [
        (write_usc_data, read_usc_data, "data"),
        (write_cem_yuksel, read_cem_yuksel, "hair"),
        (write_obj_lines, read_obj_lines, "obj"),
    ],
)
def test_what_is_written_is_read(write, read, ending: str, strands: StrandSet, tmp_path: Path) -> None:
    path = tmp_path / f"style.{ending}"
    write(strands, path)
    assert same(read(path), strands)


def test_the_older_data_variant(strands: StrandSet, tmp_path: Path) -> None:
    path = tmp_path / "old.data"
    first = np.cumsum(strands.counts) - strands.counts
    parts = [struct.pack("<i", 3)]
    for start, count in zip(first, strands.counts, strict=True):
        parts.append(struct.pack("<i", count))
        parts += [struct.pack("<fffi", *point, 1) for point in strands.points[start : start + count]]
    path.write_bytes(b"".join(parts))
    assert same(read_usc_data(path), strands)


def test_roots_without_hair_are_dropped(tmp_path: Path) -> None:
    path = tmp_path / "bald_spot.data"
    path.write_bytes(struct.pack("<ii3fi6f", 2, 1, 0, 0, 0, 2, *range(6)))
    assert read_usc_data(path).counts.tolist() == [2]


def test_both_hair_kinds_and_frames(strands: StrandSet, tmp_path: Path) -> None:
    yuksel, neural, usc = tmp_path / "a.hair", tmp_path / "b.hair", tmp_path / "c.data"
    write_cem_yuksel(strands, yuksel)
    neural.write_bytes(neural_bytes(strands))
    write_usc_data(strands, usc)
    x, y, z = strands.points.T
    assert np.allclose(read_strands(yuksel).points, strands.points)
    assert np.allclose(read_strands(neural).points, np.stack([x, -z, y], 1), atol=1e-6)
    assert np.allclose(read_strands(usc).points, 0.82 * np.stack([x, -z, y], 1), atol=1e-6)


def test_archives(tmp_path: Path) -> None:
    points = np.random.default_rng(0).normal(size=(7, 11, 3)).astype(np.float32)
    np.savez(tmp_path / "hair.npz", points=points)
    read = read_strands(tmp_path / "hair.npz")
    assert np.allclose(read.uniform(11), points)
    assert np.allclose(read.uniform(21)[:, ::2], points, atol=1e-6)


def test_uniform_keeps_ends(strands: StrandSet) -> None:
    even = strands.uniform(8)
    last = np.cumsum(strands.counts) - 1
    assert np.allclose(even[:, 0], strands.points[last - strands.counts + 1])
    assert np.allclose(even[:, -1], strands.points[last], atol=1e-6)


def broken_files(strands: StrandSet) -> dict[str, bytes]:
    good = neural_bytes(strands)
    not_a_number = strands.points.copy()
    not_a_number[3, 1] = np.nan
    yuksel = HEADER.pack(b"HAIR", 3, 16, 3, 0, 1, 0, 0, 0, 0, b"")
    return {
        "empty.data": b"",
        "odd.data": b"abc",
        "negative.data": struct.pack("<i", -5),
        "huge.data": struct.pack("<i", 2**31 - 1) + bytes(64),
        "negative_points.data": struct.pack("<iii", 2, -3, 0),
        "truncated.data": struct.pack("<ii5f", 1, 4, *range(5)),
        "huge.hair": struct.pack("<II", 2**31, 16) + good[8:],
        "truncated.hair": good[:-7],
        "nan.hair": neural_bytes(StrandSet(not_a_number, strands.counts)),
        "short_yuksel.hair": yuksel[:90],
        "cut_yuksel.hair": yuksel + bytes(10),
        "wrong_sum_yuksel.hair": yuksel + np.array([1, 1, 1], "<u2").tobytes() + strands.points.tobytes(),
        "no_points_yuksel.hair": HEADER.pack(b"HAIR", 3, 16, 1, 0, 1, 0, 0, 0, 0, b"") + bytes(300),
        "words.obj": b"v 0 0 zero\nl 1 1\n",
        "reference.obj": b"v 0 0 0\nv 0 0 1\nl 1 7\n",
        "faces_only.obj": b"v 0 0 0\nv 0 0 1\nv 1 0 0\nf 1 2 3\n",
        "not_an_archive.npz": b"PK\x03\x04 nothing",
        "image.png": b"\x89PNG",
    }


@pytest.mark.parametrize("name", list(broken_files(StrandSet(np.zeros((16, 3), np.float32), np.array([5, 2, 9])))))
def test_damage_is_refused(name: str, strands: StrandSet, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(broken_files(strands)[name])
    with pytest.raises(AvatarError) as caught:
        read_strands(path)
    assert name in caught.value.message


def test_a_missing_file_and_pickles_are_refused(tmp_path: Path) -> None:
    with pytest.raises(AvatarError):
        read_strands(tmp_path / "gone.hair")
    np.savez(tmp_path / "objects.npz", points=np.array([{"a": 1}], dtype=object))
    with pytest.raises(AvatarError):
        read_strands(tmp_path / "objects.npz")
