# SPDX-License-Identifier: GPL-3.0-or-later
"""ARKit's 52 names in Apple's order, and MakeHuman's face units for them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .identity import SIZE
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


# MakeHuman's units times this: 1.0 is a strong, natural maximum.
STRENGTH = {
    "eyeLookDown": 1.3,
    "jawOpen": 1.05,
    "mouthClose": 1.05,
    "browInnerUp": 1.7,
    "browOuterUp": 1.3,
    "mouthFrown": 1.3,
    "mouthLowerDown": 1.4,
    "mouthUpperUp": 1.15,
    "noseSneer": 1.3,
}
OPPOSED = ("jawLeft", "jawRight", "mouthLeft", "mouthRight")  # never both at once
# Units that open the mouth; in all others closed lips stay closed.
PART_LIPS = ("jawOpen", "mouthFunnel", "tongueOut", *(f"mouth{n}{s}" for n in ("LowerDown", "UpperUp") for s in SIDES))
TONGUE_OPENS_JAW = 0.35  # of jawOpen in tongueOut, so that the tongue does not pass through closed lips


def face_units(makehuman: MakeHuman) -> NDArray:
    """(52, N, 3) displacements of the base mesh, exactly mirrored between the sides."""
    units = np.stack(
        [
            STRENGTH.get(name.removesuffix("Left").removesuffix("Right"), 1) * _mirrored_unit(makehuman, name)
            for name in ARKIT
        ]
    )
    units[ARKIT.index("tongueOut")] += TONGUE_OPENS_JAW * units[ARKIT.index("jawOpen")]
    return units


def _mirrored_unit(makehuman: MakeHuman, name: str) -> NDArray:
    """A unit averaged with the reflection of its counterpart (itself when it has no side)."""
    other = makehuman.face_unit(counterpart(name))[makehuman.mirror] * [-1, 1, 1]
    return SIZE * (makehuman.face_unit(name) + other) / 2


def counterpart(name: str) -> str:
    """The name for the other side of the face."""
    if "Left" in name:
        return name.replace("Left", "Right")
    return name.replace("Right", "Left")
