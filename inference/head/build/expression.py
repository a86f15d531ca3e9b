# SPDX-License-Identifier: GPL-3.0-or-later
"""ARKit's 52 names in Apple's order, and MakeHuman's face units for them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .makehuman import MakeHuman

SIDES = ("Left", "Right")
ARKIT = (
    *(f"{stem}{side}" for side in SIDES for stem in (
        "eyeBlink", "eyeLookDown", "eyeLookIn", "eyeLookOut", "eyeLookUp", "eyeSquint", "eyeWide",
    )),
    *("jawForward", "jawLeft", "jawRight", "jawOpen", "mouthClose", "mouthFunnel", "mouthPucker", "mouthLeft", "mouthRight"),
    *(f"mouth{stem}{side}" for stem in ("Smile", "Frown", "Dimple", "Stretch") for side in SIDES),
    *("mouthRollLower", "mouthRollUpper", "mouthShrugLower", "mouthShrugUpper"),
    *(f"mouth{stem}{side}" for stem in ("Press", "LowerDown", "UpperUp") for side in SIDES),
    *("browDownLeft", "browDownRight", "browInnerUp", "browOuterUpLeft", "browOuterUpRight", "cheekPuff"),
    *("cheekSquintLeft", "cheekSquintRight", "noseSneerLeft", "noseSneerRight", "tongueOut"),
)  # fmt: skip


def face_units(makehuman: MakeHuman) -> NDArray:
    """(52, N, 3) displacements of the base mesh, exactly mirrored between the sides."""
    return np.stack([_mirrored_unit(makehuman, name) for name in ARKIT])


def _mirrored_unit(makehuman: MakeHuman, name: str) -> NDArray:
    """A unit averaged with the reflection of its counterpart (itself when it has no side)."""
    return (makehuman.face_unit(name) + makehuman.face_unit(counterpart(name))[makehuman.mirror] * [-1, 1, 1]) / 2


def counterpart(name: str) -> str:
    """The name for the other side of the face."""
    if "Left" in name:
        return name.replace("Left", "Right")
    return name.replace("Right", "Left")
