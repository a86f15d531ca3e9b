# SPDX-License-Identifier: GPL-3.0-or-later
"""Which files an operator was given: by the file browser, by a drop, or by a script."""

from __future__ import annotations

from pathlib import Path

import bpy


def given_folder(operator: bpy.types.Operator) -> Path | None:
    """Its ``directory``, absolute; None without one."""
    return Path(bpy.path.abspath(operator.directory)) if operator.directory else None


def given_files(operator: bpy.types.Operator) -> list[Path]:
    """Its ``files`` in ``directory``, or the one of ``filepath``; empty when only a folder was given, or nothing."""
    folder = given_folder(operator)
    names = [file.name for file in operator.files if file.name]
    if folder is not None and names:
        return [folder / name for name in names]
    return [Path(bpy.path.abspath(operator.filepath))] if operator.filepath else []
