# SPDX-License-Identifier: GPL-3.0-or-later
"""Sketches of the library: kept between processes, made again when the cache is no good, moved to other heads."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from inference.hair import sketches
from inference.hair.groom import SKETCH, grow_style
from inference.hair.head_surface import HeadSurface
from inference.hair.library import load_style
from inference.hair.sketches import library_sketches, skull_size

NAMES = ("bob", "buzz", "quiff")


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache folder, and a library of three styles."""
    monkeypatch.setattr(sketches, "cache_folder", lambda: tmp_path / "cache")
    monkeypatch.setattr(sketches, "style_names", lambda: (*NAMES, "bald"))
    library_sketches.cache_clear()
    yield tmp_path / "cache"
    library_sketches.cache_clear()


def again(head: HeadSurface) -> dict[str, sketches.Sketch]:
    library_sketches.cache_clear()
    return library_sketches(head.model)


def test_the_next_process_reads_what_this_one_grew(
    mean_head: HeadSurface, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    grown = library_sketches(mean_head.model)
    assert sorted(grown) == sorted(NAMES)
    assert len(list(cache.iterdir())) == 1
    monkeypatch.setattr(sketches, "grow_style", lambda *_, **__: pytest.fail("grown again"))
    read = again(mean_head)
    for name in NAMES:
        assert np.abs(read[name].strands - grown[name].strands).max() < 3e-4
        np.testing.assert_array_equal(read[name].vertices, grown[name].vertices)


def test_a_damaged_cache_is_made_again(mean_head: HeadSurface, cache: Path) -> None:
    grown = library_sketches(mean_head.model)
    file = next(cache.iterdir())
    for damage in (b"", b"not an archive", file.read_bytes()[:20_000]):
        file.write_bytes(damage)
        np.testing.assert_array_equal(again(mean_head)["bob"].strands, grown["bob"].strands)


def test_other_styles_are_other_sketches(mean_head: HeadSurface, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library_sketches(mean_head.model)
    monkeypatch.setattr(sketches, "STYLES", cache)  # holds no style: another library
    again(mean_head)
    assert len(list(cache.iterdir())) == 2


def test_without_a_place_to_write_nothing_is_kept(mean_head: HeadSurface, cache: Path) -> None:
    cache.write_bytes(b"a file where the folder should be")
    assert sorted(library_sketches(mean_head.model)) == sorted(NAMES)


def test_a_sketch_moves_to_another_head(mean_head: HeadSurface, other_head: HeadSurface, cache: Path) -> None:
    size = skull_size(other_head.model, other_head.vertices)
    for name in NAMES:
        moved = library_sketches(mean_head.model)[name].on(other_head, size)
        assert other_head.distance.sample(moved[:, 1:])[0].min() > -0.001
        grown = grow_style(other_head, load_style(name), detail=SKETCH).strands
        middle = (moved.mean((0, 1)) - grown.mean((0, 1))) / other_head.anatomy.scale
        assert np.linalg.norm(middle) < 0.008


def test_a_mirrored_sketch_is_the_mirror_image(mean_head: HeadSurface, cache: Path) -> None:
    sketch = library_sketches(mean_head.model)["quiff"]
    left, right = (made.on(mean_head, np.ones(3)) for made in (sketch, sketch.mirrored()))
    across = np.abs(left - right * [-1, 1, 1]).max(-1)
    assert np.quantile(across, 0.95) < 0.002
    np.testing.assert_array_equal(sketch.mirrored().mirrored().strands, sketch.strands)
