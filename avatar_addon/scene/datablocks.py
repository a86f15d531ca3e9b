# SPDX-License-Identifier: GPL-3.0-or-later
"""Take back what a failed or temporary step added to the file."""

from __future__ import annotations

import bpy

_KINDS = (
    "objects",
    "meshes",
    "armatures",
    "hair_curves",
    "cameras",
    "lights",
    "materials",
    "images",
    "node_groups",
    "worlds",
    "collections",
    "libraries",
)

Snapshot = dict[str, set[bpy.types.ID]]


def snapshot() -> Snapshot:
    """Which data-blocks the file has now."""
    return {kind: set(getattr(bpy.data, kind)) for kind in _KINDS}


def remove_new(before: Snapshot) -> None:
    """Delete every data-block that was not there at the snapshot."""
    for kind, known in before.items():
        bpy.data.batch_remove([block for block in getattr(bpy.data, kind) if block not in known])
