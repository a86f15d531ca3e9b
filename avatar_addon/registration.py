# SPDX-License-Identifier: GPL-3.0-or-later
"""Registers and unregisters everything of the add-on, in one place."""

from __future__ import annotations

import bpy

from .operators import AVATAR_OT_export, AVATAR_OT_import_bundle
from .panel import AVATAR_PT_main

CLASSES = (AVATAR_OT_import_bundle, AVATAR_OT_export, AVATAR_PT_main)


def register() -> None:
    """Register all classes, in order."""
    for cls in CLASSES:
        bpy.utils.register_class(cls)


def unregister() -> None:
    """Unregister all classes, last first."""
    for cls in reversed(CLASSES):
        bpy.utils.unregister_class(cls)
