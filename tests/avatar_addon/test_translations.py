# SPDX-License-Identifier: GPL-3.0-or-later
"""The bpy wheels are built without translations, so what is shown is looked at in a window; here the dictionaries are kept true."""

from __future__ import annotations

import ast
import itertools
import re
import string
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from portrait_avatar.avatar_addon.report_words import refilled
from portrait_avatar.avatar_addon.translations import LANGUAGES, SENTENCES


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


@pytest.mark.parametrize("language", SENTENCES)
def test_filled_sentences_are_still_said(repository, language):
    said = set()
    for side in ("avatar_addon", "inference"):
        for path in (repository / side).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.JoinedStr):
                    said.add(with_numbered_gaps(node))
    assert set(SENTENCES[language]) <= said
    for english, words in SENTENCES[language].items():
        assert sorted(re.findall(r"{\d}", english)) == sorted(re.findall(r"{\d}", words)), english


def with_numbered_gaps(node: ast.JoinedStr) -> str:
    """ "{0} is a folder: ..." for an f-string."""
    gaps = itertools.count()
    return "".join(part.value if isinstance(part, ast.Constant) else f"{{{next(gaps)}}}" for part in node.values)


def test_a_filled_sentence_is_translated():
    sentence = "The hair file my {1} hair.data cannot be used: it ends (early); choose another file."
    words = "Die Haardatei my {1} hair.data ist nicht zu gebrauchen: it ends (early); eine andere Datei wählen."
    assert refilled(sentence, "de_DE") == words
    assert refilled("Something else.", "de_DE") == "Something else."
    assert refilled(sentence, "fr_FR") == sentence


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_that_is_shown_is_there(repository, language):
    """Labels, tooltips and sentences in the add-on's files, but for the sliders, which are named after data."""
    missing = {}
    for path in sorted((repository / "avatar_addon").rglob("*.py")):
        if not {"translations", "emotion", "scene", "preview"} & set(path.parts):
            shown = shown_words(ast.parse(path.read_text(encoding="utf-8")))
            missing[path.name] = sorted(words for words in shown if words not in LANGUAGES[language])
    assert not {name: words for name, words in missing.items() if words}


def shown_words(tree: ast.AST) -> Iterator[str]:
    """The literal strings of a module that Blender shows a person."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and node.name.startswith("AVATAR_"):
            named = {
                line.targets[0].id: line.value
                for line in node.body
                if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name)
            }
            yield from literals(named.get(name) for name in ("bl_label", "bl_description"))
            if "_OT_" in node.name and "bl_description" not in named:
                yield ast.get_docstring(node) or ""
        elif isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            given = {word.arg: word.value for word in node.keywords}
            if "translate" not in given and called not in ("add_argument", "ArgumentParser"):
                yield from literals([given.get("text")])
            if called.endswith("Property"):
                yield from literals(given.get(name) for name in ("name", "description"))
            if called in ("translated", "told", "poll_message_set"):
                yield from literals(node.args[:1])
            if called == "report":
                yield from literals(node.args[1:2])


def literals(nodes: Iterable[ast.AST | None]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and any(map(str.isalpha, node.value)):
            yield node.value
