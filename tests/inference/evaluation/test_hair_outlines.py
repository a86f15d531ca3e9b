# SPDX-License-Identifier: GPL-3.0-or-later
"""The hair outlined by hand: enough of it, sane, and measured rightly."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from inference.evaluation.hair_outlines import HairOutline, find_photos, load_outlines, overlap

SQUARE = np.array([[0.25, 0.25], [0.75, 0.25], [0.75, 0.75], [0.25, 0.75]])


def outline(*holes: np.ndarray) -> HairOutline:
    return HairOutline("square.png", "", 1, False, (SQUARE,), holes)


def test_there_are_enough_and_few_of_them_are_for_tuning() -> None:
    outlines = load_outlines()
    assert len({one.name for one in outlines}) == len(outlines) >= 16
    assert sum(one.tuning for one in outlines) <= 5
    for one in outlines:
        assert len(one.sha256) == 64
        for polygon in (*one.hair, *one.holes):
            assert len(polygon) >= 3
            assert polygon.min() >= 0
            assert polygon.max() <= 1
        assert 0.002 < one.mask((500, 500)).mean() < 0.6, one.name


def test_an_outline_becomes_a_mask_with_holes() -> None:
    assert outline().mask((200, 100)).mean() == pytest.approx(0.25, abs=0.02)
    hole = 0.5 + (SQUARE - 0.5) / 2
    holed = outline(hole).mask((400, 400))
    assert holed.mean() == pytest.approx(0.25 * 3 / 4, abs=0.01)
    assert not holed[200, 200]
    assert holed[110, 110]


def test_overlap_of_hand_made_masks() -> None:
    left, lower = np.zeros((10, 10), bool), np.zeros((10, 10), bool)
    left[:, :5], lower[5:] = True, True
    assert overlap(left.astype(float), left) == 1
    assert overlap(left.astype(float), lower) == pytest.approx(25 / 75)
    assert overlap(0.4 * left, left) == 0
    assert overlap(np.zeros((10, 10)), np.zeros((10, 10), bool)) == 1


def test_photos_are_found_by_content(astronaut: Path, tmp_path: Path) -> None:
    copy = tmp_path / "renamed.png"
    copy.write_bytes(astronaut.read_bytes())
    (tmp_path / "other.txt").write_text("no picture")
    found = find_photos([tmp_path])
    (known,) = [one for one in load_outlines() if one.photo == "astronaut.png"]
    assert found[known.sha256] == copy
