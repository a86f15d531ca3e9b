# SPDX-License-Identifier: GPL-3.0-or-later
"""FLAME's arrays out of its pickle, or out of the copy that mica.tar carries; checked, still in FLAME's own frame."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import AvatarError
from .pickle_data import as_array, damaged, read_bytes, read_pickle

VERTICES, TRIANGLES = 5023, 9976
SHAPES, EXPRESSIONS = 300, 100
PARENTS = (-1, 0, 1, 1, 1)
LEFT_EYEBALL, RIGHT_EYEBALL = range(3931, 4477), range(4477, 5023)
LAYOUT: dict[str, tuple[int, ...]] = {
    "v_template": (VERTICES, 3),
    "shapedirs": (VERTICES, 3, SHAPES + EXPRESSIONS),
    "posedirs": (VERTICES, 3, 36),
    "J_regressor": (5, VERTICES),
    "weights": (VERTICES, 5),
    "f": (TRIANGLES, 3),
    "kintree_table": (2, 5),
}
# version -> licence, as the makers' pages state it
LICENCES = {
    "2019": "FLAME licence (non-commercial research)",
    "2020": "FLAME licence (non-commercial research)",
    "2023": "FLAME licence (non-commercial research)",
    "2023 without jaw": "FLAME licence (non-commercial research)",
    "2023 Open": "CC-BY-4.0 (Max Planck Society)",
    "of one gender": "FLAME licence (non-commercial research)",
}
# The files of 2019 and 2020 have one name and one layout. A public program that reads both (ExAvatar's SMPL-X part) tells them apart: in
# 2019 a third of the vertices (3360 of 5023 move) is still in every expression, in 2020 none is.
STILL_IN_2019 = 0.1


@dataclass(frozen=True, eq=False)
class FlameArrays:
    """FLAME as published: metres, Y up, face to +Z, the subject's left is +X; float64.

    template (5023, 3); directions (5023, 3, 400): 300 of shape, then 100 of expression; pose_directions (5023, 3, 36) on the row-major
    vec(R_j - I) of joints 1..4; regressor (5, 5023); weights (5023, 5); faces (9976, 3) int32; version: a key of LICENCES.
    """

    template: NDArray
    directions: NDArray
    pose_directions: NDArray
    regressor: NDArray
    weights: NDArray
    faces: NDArray
    version: str

    @property
    def licence(self) -> str:
        return LICENCES[self.version]


def read_flame(path: Path) -> FlameArrays:
    """The model in a FLAME pickle. Raises AvatarError ``weights_missing``, ``weights_invalid`` or ``weights_unsafe``."""
    return flame_from_pickle(read_pickle(read_bytes(path), path.name), path.name)


def flame_from_pickle(content: Any, name: str) -> FlameArrays:
    """The model in an already read pickle."""
    if not isinstance(content, dict) or (missing := LAYOUT.keys() - content.keys()):
        what = f"it lacks {', '.join(sorted(missing))}" if isinstance(content, dict) else "it is no FLAME model"
        raise damaged(name, what)
    arrays = {}
    for key in LAYOUT:
        try:
            arrays[key] = as_array(content[key])
        except (AttributeError, IndexError, KeyError, TypeError, ValueError, OverflowError) as problem:
            raise damaged(name, f"{key}: {problem}") from problem
    parents = arrays["kintree_table"]
    if parents.shape != (2, 5) or tuple(parents[0, 1:].tolist()) != PARENTS[1:]:
        raise damaged(name, "kintree_table is not FLAME's")
    flame = _checked(arrays, "2020", name)
    return replace(flame, version=_version(content, flame.directions, name))


def flame_from_mica(generator: Mapping[str, NDArray], name: str) -> FlameArrays:
    """The FLAME 2020 generic model in mica.tar (``flameModel.generator.*``, without the prefix)."""
    arrays = {
        "v_template": generator["v_template"],
        "shapedirs": generator["shapedirs"],
        "posedirs": generator["posedirs"].T.reshape(VERTICES, 3, 36),
        "J_regressor": generator["J_regressor"],
        "weights": generator["lbs_weights"],
        "f": generator["faces_tensor"],
    }
    return _checked(arrays, "2020", name)


def require_2020(flame: FlameArrays, estimator: str) -> None:
    """Raise AvatarError ``weights_mixed`` when coefficients of the FLAME 2020 generic model would meet another basis."""
    if flame.version != "2020":
        raise AvatarError(
            "weights_mixed",
            f"{estimator} gives coefficients of the FLAME 2020 generic model, which mean another face on FLAME {flame.version}: "
            "use generic_model.pkl of 2020 (or the copy in mica.tar), or the estimator landmark_fit.",
        )


def _version(content: Mapping[str, Any], directions: NDArray, name: str) -> str:
    """By content where that tells, else by the published file name; arrays of all versions have the same shapes."""
    plain = name.lower().replace("-", "_")
    if "supr_expression_metadata" in content or "open" in plain:
        return "2023 Open"
    if "2023" in plain:
        return "2023 without jaw" if "no_jaw" in plain else "2023"
    if plain.startswith(("female", "male", "flame_female", "flame_male")):
        return "of one gender"
    still = ~directions[:, :, SHAPES:].any((1, 2))
    return "2019" if still.mean() > STILL_IN_2019 else "2020"


def _checked(arrays: Mapping[str, NDArray], version: str, name: str) -> FlameArrays:
    for key, array in arrays.items():
        if array.shape != LAYOUT[key]:
            raise damaged(name, f"{key} has the shape {array.shape} instead of {LAYOUT[key]}")
        if array.dtype.kind not in "fiu" or not np.isfinite(array).all():
            raise damaged(name, f"{key} holds values that are not numbers")
    faces, weights = arrays["f"].astype(np.int64), arrays["weights"]
    if faces.min() < 0 or faces.max() >= VERTICES:
        raise damaged(name, "its triangles point outside the mesh")
    if weights.min() < -1e-6 or np.abs(weights.sum(1) - 1).max() > 1e-3:
        raise damaged(name, "its skinning weights do not sum to 1")
    floats = (arrays[key].astype(np.float64) for key in ("v_template", "shapedirs", "posedirs", "J_regressor"))
    return FlameArrays(*floats, weights.astype(np.float64), faces.astype(np.int32), version)
