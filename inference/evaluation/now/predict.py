# SPDX-License-Identifier: GPL-3.0-or-later
"""What is measured: meshes that somebody predicted, or the neutral head that an estimator of ours finds in the photo."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...errors import AvatarError
from ...estimators.types import FaceOptions
from .mesh_file import read_mesh
from .official_set import Case, photo_file, predicted_files
from .seven_points import read_seven_points, unit_of


@dataclass(frozen=True)
class Prediction:
    """vertices (V, 3), triangles (T, 3), marks (7, 3), in a unit of ``millimetres``."""

    vertices: NDArray
    triangles: NDArray
    marks: NDArray
    millimetres: float
    notes: tuple[str, ...] = ()


Predictor = Callable[[Case], Prediction]


def from_files(folder: Path, millimetres: float | None) -> Predictor:
    """Meshes in a folder; their unit in millimetres, None to tell it from the size of the faces."""

    def predict(case: Case) -> Prediction:
        mesh_file, marks_file = predicted_files(folder, case)
        mesh, marks = read_mesh(mesh_file), read_seven_points(marks_file)
        if len(mesh.triangles) == 0:
            raise AvatarError("scan_invalid", f"{mesh_file.name} has no faces: the measure needs a surface.")
        unit = unit_of(marks)
        notes: tuple[str, ...] = ()
        if millimetres is None and unit is None:
            raise AvatarError(
                "scan_invalid", f"{mesh_file.name}: its landmarks are those of no face in mm, cm or m: give --unit."
            )
        if millimetres is not None and unit is not None and unit.millimetres != millimetres:
            notes = (f"the prediction looks as if it were in {unit.name}, which --unit overrules",)
        return Prediction(mesh.vertices, mesh.triangles, marks, millimetres or unit.millimetres, notes)

    return predict


def from_photos(folder: Path, options: FaceOptions) -> Predictor:
    """The neutral head, skin and eyes, of an estimator."""
    from ...estimators.estimate import estimate_face
    from ...estimators.heads import load_head
    from ...photo.choose_face import choose_face
    from ...photo.landmarks import find_landmarks
    from ...photo.load import load_photo

    model = load_head(options)
    triangles = model.surface.triangles("skin", "eyes")

    def predict(case: Case) -> Prediction:
        photo, face = choose_face(load_photo(photo_file(folder, case)), 1)
        fit = estimate_face(model, photo, find_landmarks(photo, face), options).fit
        vertices = model.shaped(fit.shape, None, fit.offsets).astype(np.float64)
        return Prediction(vertices, triangles, model.landmarks["now_7"].points(vertices), 1000.0)

    return predict
