# SPDX-License-Identifier: GPL-3.0-or-later
"""The bpy wheels are built without translations, so what is shown is looked at in a window; here the dictionaries are kept true."""

from __future__ import annotations

import ast
import string
from pathlib import Path

import pytest
from portrait_avatar.avatar_addon.translations import LANGUAGES


def words_of(repository: Path) -> set[str]:
    """Every string that the add-on, or the worker's progress, holds."""
    files = [*(repository / "avatar_addon").rglob("*.py"), repository / "inference/pipeline.py"]
    words = set()
    for path in files:
        if "translations" not in path.parts:
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    words.add(node.value)
    return words


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_translation_is_of_words_long_gone(repository, language):
    assert set(LANGUAGES[language]) <= words_of(repository)


@pytest.mark.parametrize("language", LANGUAGES)
def test_gaps_to_fill_are_the_same(language):
    def gaps(text: str) -> set[str | None]:
        return {(name, form) for _, name, form, _ in string.Formatter().parse(text) if name is not None}

    for english, words in LANGUAGES[language].items():
        assert gaps(english) == gaps(words), english
