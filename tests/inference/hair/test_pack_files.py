# SPDX-License-Identifier: GPL-3.0-or-later
"""A person's strand files become styles for Blender."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from inference.bundle_style import read_style
from inference.errors import AvatarError
from inference.hair.files.obj_lines import write_obj_lines
from inference.hair.files.strands import StrandSet
from inference.hair.files.usc_data import write_usc_data
from inference.hair.groom import grow_style
from inference.hair.head_surface import HeadSurface
from inference.hair.library import load_style
from inference.hair.pack.pack import pack_files
from inference.head.open_head import load_open_head


@pytest.fixture
def bob(mean_head: HeadSurface) -> StrandSet:
    """A style of the library as a foreign program would hold it: Y up, in a unit of its own."""
    strands = grow_style(mean_head, load_style("bob")).strands[::8]
    points = strands.reshape(-1, 3)[:, [0, 2, 1]] * (30.0, 30.0, -30.0)
    return StrandSet(points.astype(np.float32), np.full(len(strands), strands.shape[1]))


def test_files_become_styles(bob: StrandSet, tmp_path: Path) -> None:
    write_usc_data(bob, tmp_path / "Zoë's bob.data")
    write_obj_lines(bob, tmp_path / "lines.obj")
    files = [tmp_path / "Zoë's bob.data", tmp_path / "lines.obj"]
    written = pack_files(load_open_head(), files, tmp_path / "styles")
    assert [path.name for path in written] == ["Zoë_s_bob.npz", "lines.npz"]
    style = read_style(written[0])
    assert (style.info.title, style.info.kind, style.info.hidden) == ("Zoë's bob", "own", False)
    assert len(style.points) > 200
    # A bob reaches from the top of a head of 24 cm to about its chin.
    assert 0.15 < np.ptp(style.points[..., 2]) < 0.4


def test_a_broken_file_writes_nothing(bob: StrandSet, tmp_path: Path) -> None:
    write_obj_lines(bob, tmp_path / "good.obj")
    (tmp_path / "broken.hair").write_bytes(b"HAIR" + b"\xff" * 200)
    with pytest.raises(AvatarError, match=r"broken\.hair"):
        pack_files(load_open_head(), [tmp_path / "good.obj", tmp_path / "broken.hair"], tmp_path / "styles")
    assert not (tmp_path / "styles").exists()
