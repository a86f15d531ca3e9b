# SPDX-License-Identifier: GPL-3.0-or-later
"""An empty Blender file for each test, and a made-up avatar.

The package is imported inside the fixtures: pytest reads this file before the root's conftest has made it importable.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import bpy
import pytest

if TYPE_CHECKING:
    from portrait_avatar.avatar_addon.scene.avatars import AvatarObjects
    from portrait_avatar.inference.bundle import Avatar


@pytest.fixture(scope="session")
def avatar(tmp_path_factory: pytest.TempPathFactory) -> Avatar:
    from portrait_avatar.tests.avatar_addon.stand_in import make_avatar

    return make_avatar(tmp_path_factory.mktemp("stand_in"))


@pytest.fixture
def scene() -> bpy.types.Scene:
    bpy.ops.wm.read_factory_settings(use_empty=True)
    return bpy.context.scene


@pytest.fixture
def built(avatar: Avatar, scene: bpy.types.Scene) -> AvatarObjects:
    from portrait_avatar.avatar_addon.scene.assemble import build_avatar

    objects = build_avatar(avatar, scene)
    bpy.context.view_layer.update()
    return objects


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder whose name has a space and letters beyond ASCII."""
    path = tmp_path / "Zoë 肖像"
    path.mkdir()
    return path
