# SPDX-License-Identifier: GPL-3.0-or-later
"""Style files: the library's own load; wrong ones are refused with a sentence that names the place."""

from __future__ import annotations

from pathlib import Path

import pytest

from inference.errors import AvatarError
from inference.hair.library import load_style, read_style, style_names

HEAD = 'title = "Test"\nkind = "short straight"\n'


def write(folder: Path, text: str) -> Path:
    path = folder / "test.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_style_of_the_library_loads() -> None:
    names = style_names()
    assert len(names) >= 12
    for name in names:
        style = load_style(name)
        assert style.name == name
        assert style.title
        assert style.tags


def test_values_arrive(tmp_path: Path) -> None:
    style = read_style(write(tmp_path, HEAD + "[length]\ntop = 0.3\n[[cut]]\nheight = -0.1\n[fringe]\nwidth = 20\n"))
    assert style.name == "test"
    assert style.length.top == 0.3
    assert style.cut[0].height == -0.1
    assert style.fringe is not None
    assert style.fringe.width == 20.0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("title = \n", "not valid TOML"),
        ('title = "x"\n', "lacks 'kind'"),
        (HEAD + "colour = 3\n", "no parameter called 'colour'"),
        (HEAD + "[length]\ntop = 40\n", "outside 0.0 to 0.9"),
        (HEAD + "[length]\ntop = nan\n", "outside"),
        (HEAD + '[length]\ntop = "long"\n', "should be a number"),
        (HEAD + "[length]\ntop = true\n", "should be a number"),
        (HEAD + "guides = 10.5\n", "should be a whole number"),
        (HEAD + "length = 3\n", "should be a table"),
        (HEAD + "[cut]\nheight = 0\n", "should be a list"),
        (HEAD + "tags = [1]\n", "should be a text"),
    ],
)
def test_wrong_files_are_refused(text: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(AvatarError) as caught:
        read_style(write(tmp_path, text))
    assert words in caught.value.message
    assert "test.toml" in caught.value.message


def test_an_unknown_style_is_refused() -> None:
    with pytest.raises(AvatarError) as caught:
        load_style("../../pyproject")
    assert "bob" in caught.value.message
