# SPDX-License-Identifier: GPL-3.0-or-later
"""Sentences with names and numbers in them, in the person's language."""

from __future__ import annotations

import re
from functools import lru_cache

import bpy
from bpy.app.translations import pgettext_iface

from .translations import SENTENCES


def told(sentence: str, **values: object) -> str:
    """The translated sentence, its gaps in braces filled."""
    return pgettext_iface(sentence).format(**values)


def said(sentence: str) -> str:
    """A sentence of the worker or the set-up, whose gaps were filled there, in the person's language where it is known."""
    whole = pgettext_iface(sentence)
    if whole != sentence or not bpy.context.preferences.view.use_translate_interface:
        return whole
    return refilled(sentence, bpy.app.translations.locale)


def refilled(sentence: str, language: str) -> str:
    """The language's sentence whose English with other names and numbers this is; unchanged when there is none."""
    for pattern, words in _patterns(language):
        if match := pattern.fullmatch(sentence):
            return words.format(*match.groups())
    return sentence


@lru_cache(maxsize=4)
def _patterns(language: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    known = SENTENCES.get(language, {})
    # Those with the most words of their own first: a gap takes anything.
    return tuple(
        (re.compile(re.sub(r"\\\{\d\\\}", "(.*?)", re.escape(english)), re.DOTALL), known[english])
        for english in sorted(known, key=len, reverse=True)
    )
