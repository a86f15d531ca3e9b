# SPDX-License-Identifier: GPL-3.0-or-later
"""Sentences with names and numbers in them, in the person's language."""

from __future__ import annotations

from bpy.app.translations import pgettext_iface


def told(sentence: str, **values: object) -> str:
    """The translated sentence, its gaps in braces filled."""
    return pgettext_iface(sentence).format(**values)
