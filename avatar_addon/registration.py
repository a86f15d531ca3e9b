# SPDX-License-Identifier: GPL-3.0-or-later
"""Registers and unregisters everything of the add-on, in one place."""

from __future__ import annotations

import contextlib

import bpy

from . import operators, panel, settings, translations
from .create import keep, pick, pictures, session
from .create import operators as create_operators
from .emotion import operators as emotion_operators
from .export import operators as export_operators
from .hair import asset_library as hair_assets
from .hair import drop as hair_drop
from .hair import operators as hair_operators
from .hair import panel as hair_panel
from .hair import shelf as hair_shelf
from .hair import strand_files
from .mask import operators as mask_operators
from .models import section as models
from .setup import operators as setup_operators

# Each has CLASSES; for properties, menus and handlers it may have register() and unregister() as well.
MODULES = (
    settings,
    translations,
    setup_operators,
    session,
    pictures,
    create_operators,
    keep,
    pick,
    operators,
    models,
    mask_operators,
    emotion_operators,
    export_operators,
    hair_operators,
    hair_panel,
    hair_shelf,
    hair_assets,
    strand_files,
    hair_drop,
    panel,
)
CLASSES = tuple(cls for module in MODULES for cls in module.CLASSES)


def register() -> None:
    """Register all modules in order; when one fails, take back the others and raise."""
    with contextlib.ExitStack() as undo:
        for cls in CLASSES:
            bpy.utils.register_class(cls)
            undo.callback(bpy.utils.unregister_class, cls)
        for module in MODULES:
            if hasattr(module, "register"):
                module.register()
            if hasattr(module, "unregister"):
                undo.callback(module.unregister)
        undo.pop_all()


def unregister() -> None:
    """Take everything back, last first."""
    for module in reversed(MODULES):
        if hasattr(module, "unregister"):
            module.unregister()
    for cls in reversed(CLASSES):
        bpy.utils.unregister_class(cls)
