# SPDX-License-Identifier: GPL-3.0-or-later
"""Portrait Avatar: the extension's entrance. Everything of Blender lives in avatar_addon."""


def register() -> None:
    """Called by Blender when the extension is enabled."""
    # Imported here so that the folder can be a Python package without Blender too (tests, inference).
    from . import avatar_addon

    avatar_addon.register()


def unregister() -> None:
    """Called by Blender when the extension is disabled."""
    from . import avatar_addon

    avatar_addon.unregister()
