# SPDX-License-Identifier: GPL-3.0-or-later
"""Any strand file a user hands over, and the frame its kind is written in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...errors import AvatarError
from .cem_yuksel import MAGIC, read_cem_yuksel
from .neural_hair import read_neural_hair
from .npz_strands import read_npz_strands
from .obj_lines import read_obj_lines
from .strands import StrandSet, damaged
from .usc_data import read_usc_data

Y_UP = np.array([[1.0, 0, 0], [0, 0, -1], [0, 1, 0]])  # (x, y, z) -> (x, -z, y)
Z_UP = np.eye(3)
USC_UNIT = 0.82


@dataclass(frozen=True)
class _Kind:
    read: Callable[[Path], StrandSet]
    frame: NDArray
    unit: float = 1.0


KINDS = {
    ".data": _Kind(read_usc_data, Y_UP, USC_UNIT),
    ".obj": _Kind(read_obj_lines, Y_UP),
    ".npz": _Kind(read_npz_strands, Z_UP),
}
CEM_YUKSEL = _Kind(read_cem_yuksel, Z_UP)
NEURAL_HAIR = _Kind(read_neural_hair, Y_UP)


def read_strands(path: Path) -> StrandSet:
    """The strands of a file, turned so that Z is up and the face looks to -Y, roughly in metres; where the head is, the file does not say.

    Kinds: USC-HairSalon ``.data``, ``.hair`` of Cem Yuksel or of NeuralHDHair, OBJ polylines, ``.npz``. Raises AvatarError.
    """
    if not path.is_file():
        raise AvatarError("hair_file_invalid", f"There is no hair file at {path}; check the path.")
    kind = _kind_of(path)
    strands = kind.read(path)
    return StrandSet((strands.points @ (kind.frame.T * kind.unit)).astype(np.float32), strands.counts)


def _kind_of(path: Path) -> _Kind:
    ending = path.suffix.lower()
    if ending == ".hair":
        with path.open("rb") as file:
            return CEM_YUKSEL if file.read(4) == MAGIC else NEURAL_HAIR
    if ending not in KINDS:
        raise damaged(path, f"its ending is none of {', '.join(sorted({*KINDS, '.hair'}))}")
    return KINDS[ending]
