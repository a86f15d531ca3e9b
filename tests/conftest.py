# SPDX-License-Identifier: GPL-3.0-or-later
"""Shared by both sides: the repository as one package, the demo photo, and leaving Blender alive."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "portrait_avatar"


def pytest_configure() -> None:
    """Make ``portrait_avatar.avatar_addon`` importable as inside an extension, where the root's folder name is not known."""
    if PACKAGE not in sys.modules:
        package = ModuleType(PACKAGE)
        package.__path__ = [str(ROOT)]
        sys.modules[PACKAGE] = package


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root folder."""
    return ROOT


@pytest.fixture(scope="session")
def astronaut() -> Path:
    """The public-domain NASA portrait that comes with scikit-image (512 x 512 PNG), fetched by build.py."""
    photo = ROOT / ".environments" / "astronaut.png"
    if not photo.exists():
        pytest.fail("The demo photo is missing: run python3 build.py test, or demo, once.")
    return photo


_status = 0


def pytest_sessionfinish(exitstatus: int) -> None:
    global _status
    _status = int(exitstatus)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    """With bpy loaded, leave at once: some of its wheels crash or hang in the interpreter's own exit."""
    if "bpy" in sys.modules:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(_status)
