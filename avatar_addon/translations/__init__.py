# SPDX-License-Identifier: GPL-3.0-or-later
"""The add-on's words in other languages. A further language is a module like ``german`` and a line here."""

from __future__ import annotations

import bpy

from ..folders import ROOT_PACKAGE
from .german import GERMAN
from .german_sentences import SENTENCES as GERMAN_SENTENCES

LANGUAGES = {"de_DE": GERMAN}
# Sentences that reach the add-on with their gaps filled, see ``report_words.said``.
SENTENCES = {"de_DE": GERMAN_SENTENCES}
# Labels and tooltips are looked up in the one, buttons in the other.
CONTEXTS = ("*", "Operator")


def register() -> None:
    """Hand the dictionaries to Blender."""
    bpy.app.translations.register(
        ROOT_PACKAGE,
        {
            language: {(context, english): words for english, words in known.items() for context in CONTEXTS}
            for language, known in LANGUAGES.items()
        },
    )


def unregister() -> None:
    """Take them back."""
    bpy.app.translations.unregister(ROOT_PACKAGE)


CLASSES = ()
