# SPDX-License-Identifier: GPL-3.0-or-later
"""GLB: morph targets, skin, textures inside, hair as strips."""

from __future__ import annotations

from pathlib import Path

import bpy

from ..scene.avatars import AvatarObjects
from .export_copy import export_copy
from .options import ExportOptions


def write_glb(objects: AvatarObjects, path: Path, options: ExportOptions | None = None) -> None:
    """Write the avatar at rest, with the current slider values as the morph targets' weights."""
    with export_copy(objects, path.parent, posed=False, options=options):
        bpy.ops.export_scene.gltf(
            filepath=str(path),
            export_format="GLB",
            use_selection=True,
            # Applied modifiers would cost the morph targets.
            export_apply=False,
            export_morph=True,
            export_skins=True,
            export_extras=True,
            export_animations=False,
        )
