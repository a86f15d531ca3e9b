# SPDX-License-Identifier: GPL-3.0-or-later
"""The Blender side: an avatar bundle becomes objects, pictures and files. bpy, numpy and the contract, nothing else."""

from __future__ import annotations


def register() -> None:
    """Register the add-on's classes with Blender."""
    from . import registration

    registration.register()


def unregister() -> None:
    """Take back what :func:`register` did."""
    from . import registration

    registration.unregister()
