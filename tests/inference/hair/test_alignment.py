# SPDX-License-Identifier: GPL-3.0-or-later
"""The thesis' alignment on cases worked out by hand, and a foreign file worn by a head."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from inference.bundle import HairColor
from inference.errors import AvatarError
from inference.hair.alignment import align, anchor, highest, root_points
from inference.hair.files.strands import StrandSet
from inference.hair.files.usc_data import write_usc_data
from inference.hair.groom import Detail, grow_style
from inference.hair.head_surface import HeadSurface
from inference.hair.library import load_style
from inference.hair.wear import wear_file

BROWN = HairColor((0.1, 0.05, 0.02), 0.7, 0.3)


def test_the_head_s_anchor_is_made_of_its_highest_vertices() -> None:
    # 40 vertices: 5 % are the two at z = 9 and 10, with x = 1, 3 and y = 4, 8.
    head = np.zeros((40, 3))
    head[7], head[30] = (1, 4, 9), (3, 8, 10)
    assert np.allclose(anchor(highest(head)), [2, 6, 10])


def test_the_hair_s_anchor_uses_five_percent_of_every_strand() -> None:
    # A strand of 40 points gives its first two, one of 3 points its root.
    long = np.stack([np.arange(40.0), np.zeros(40), -np.arange(40.0)], 1)
    short = np.array([[5.0, 3, 2], [6, 3, 1], [7, 3, 0]])
    taken = root_points(np.concatenate([long, short]), np.array([40, 3]))
    assert np.allclose(taken, [[0, 0, 0], [1, 0, -1], [5, 3, 2]])
    assert np.allclose(anchor(taken), [2, 1, 2])


def test_shift_and_scale_by_hand() -> None:
    head = np.array([[-1.0, 0, 0], [1, 0, 0], [0, 0, 2]])
    roots = np.array([[8.0, 5, 10], [12, 5, 10]])
    found = align(roots, head, head)
    # A_head = (0, 0, 2), A_hair = (10, 5, 10): T = (10, 5, 8). Widths 4 and 2: S = 2.
    assert np.allclose(found.shift, [10, 5, 8])
    assert found.scale == 2
    # The anchor lands on the anchor; a point 4 to the right of it lands 2 to the right.
    assert np.allclose(found.apply(np.array([10.0, 5, 10])), [0, 0, 2])
    assert np.allclose(found.apply(np.array([14.0, 5, 10])), [2, 0, 2])
    # The printed sign, (p + T) / S, would take the anchor to (10, 5, 9), away from the head.
    assert np.allclose((np.array([10.0, 5, 10]) + found.shift) / found.scale, [10, 5, 9])


def test_constants_are_added() -> None:
    head = np.array([[-1.0, 0, 0], [1, 0, 0], [0, 0, 2]])
    found = align(head, head, head, shift=np.array([0, 0, 0.5]), scale=1.0)
    assert np.allclose(found.shift, [0, 0, 0.5])
    assert found.scale == 2
    with pytest.raises(ValueError, match="width"):
        align(np.zeros((4, 3)), head, head)


def test_a_foreign_file_lands_on_another_head(mean_head: HeadSurface, other_head: HeadSurface, tmp_path: Path) -> None:
    own = grow_style(mean_head, load_style("lob"), 0, Detail(guides=1500)).strands
    # As USC-HairSalon writes it: y up, 0.82 m a unit, somewhere else, and larger.
    foreign = 1.3 / 0.82 * np.stack([own[..., 0], own[..., 2], -own[..., 1]], -1) + [0.4, 1.7, -2.0]
    path = tmp_path / "lob.data"
    write_usc_data(StrandSet(foreign.reshape(-1, 3).astype(np.float32), np.full(len(own), own.shape[1])), path)
    hair = wear_file(other_head, path, BROWN)
    assert len(hair.points) > 0.95 * len(own)
    corners = other_head.vertices[hair.root_vertices]
    roots = np.einsum("nkc,nk->nc", corners, hair.root_barycentric)
    assert np.abs(roots - hair.points[:, 0]).max() < 1e-4
    assert other_head.distance.sample(hair.points[:, 1:].astype(np.float64))[0].min() > -0.001
    # Still a lob: as long as before within the change of scale.
    length = np.linalg.norm(np.diff(hair.points, axis=1), axis=2).sum(1)
    before = np.linalg.norm(np.diff(own, axis=1), axis=2).sum(1)
    assert np.median(length) == pytest.approx(np.median(before), rel=0.2)


def test_hair_that_is_no_head_s_is_refused(mean_head: HeadSurface, tmp_path: Path) -> None:
    path = tmp_path / "line.data"
    strand = np.zeros((10, 3), np.float32)
    strand[:, 1] = np.arange(10)
    write_usc_data(StrandSet(np.tile(strand, (5, 1)), np.full(5, 10)), path)
    with pytest.raises(AvatarError) as caught:
        wear_file(mean_head, path, BROWN)
    assert caught.value.code == "hair_file_invalid"
