# SPDX-License-Identifier: GPL-3.0-or-later
"""What an export can be told, and what game engines want."""

from __future__ import annotations

from dataclasses import dataclass, field

from .hair_mesh import HairDetail


@dataclass(frozen=True)
class ExportOptions:
    """scale multiplies all lengths. hair: None leaves it out.

    turned: the file's Y-up axes go into the data instead of the root's rotation. centimetres: so do a hundred units per metre.
    Both concern FBX, whose importers in game engines keep a root's rotation and scale, which then trouble scripts and physics.
    """

    scale: float = 1.0
    hair: HairDetail | None = field(default_factory=HairDetail)
    turned: bool = False
    centimetres: bool = False


PRESETS = {"GENERIC": {}, "UNITY": {"turned": True}, "UNREAL": {"turned": True, "centimetres": True}}


def export_options(preset: str, scale: float, hair: str, strands: int, points: int) -> ExportOptions:
    """The options behind the choices of the export operator."""
    detail = None if hair == "NONE" else HairDetail(hair, strands, points)
    return ExportOptions(scale, detail, **PRESETS[preset])
