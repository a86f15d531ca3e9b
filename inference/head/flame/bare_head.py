# SPDX-License-Identifier: GPL-3.0-or-later
"""FLAME's arrays as a HeadModel: FLAME itself, without what the product adds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..model import ExpressionPrior, HeadModel, Joints, Surface
from .frame import from_flame, pose_basis_from_flame
from .model_file import EXPRESSIONS, LEFT_EYEBALL, PARENTS, SHAPES, VERTICES, FlameArrays

JOINT_NAMES = ("root", "neck", "jaw", "left_eye", "right_eye")
LARGEST_EXPRESSION = 3.0  # standard deviations


@dataclass(frozen=True, eq=False)
class FlameUV:
    """FLAME's published texture chart: uv (T, 2) in [0, 1], v up; faces (9976, 3) int32 indices into it."""

    uv: NDArray
    faces: NDArray


def bare_head(flame: FlameArrays, chart: FlameUV | None = None) -> HeadModel:
    """The model, in the product's frame; without a chart all texture coordinates are 0.

    Coefficients are FLAME's own: 300 of shape, 100 of expression ("flame_expression_001" ...), in standard deviations.
    """
    directions = np.moveaxis(from_flame(np.moveaxis(flame.directions, 1, -1)), 1, 0).astype(np.float32)
    faces = np.c_[flame.faces, np.full(len(flame.faces), -1)].astype(np.int32)
    if chart is None:
        uv, uv_faces = np.zeros((1, 2), np.float32), np.zeros_like(flame.faces)
    else:
        uv, uv_faces = chart.uv.astype(np.float32), chart.faces
    return HeadModel(
        name=f"flame-{flame.version.lower().replace(' ', '-')}",
        licence=flame.licence,
        source=f"FLAME {flame.version} (Max Planck Institute for Intelligent Systems)",
        template=np.ascontiguousarray(from_flame(flame.template), np.float32),
        shape_basis=np.ascontiguousarray(directions[:SHAPES]),
        shape_names=tuple(f"flame_shape_{number:03}" for number in range(1, SHAPES + 1)),
        shape_mean=np.zeros(SHAPES, np.float32),
        shape_deviation=np.ones(SHAPES, np.float32),
        expression_basis=np.ascontiguousarray(directions[SHAPES:]),
        expression_names=tuple(f"flame_expression_{number:03}" for number in range(1, EXPRESSIONS + 1)),
        expression_prior=ExpressionPrior(
            np.eye(EXPRESSIONS), np.full(EXPRESSIONS, -LARGEST_EXPRESSION), np.full(EXPRESSIONS, LARGEST_EXPRESSION)
        ),
        pose_basis=np.ascontiguousarray(pose_basis_from_flame(flame.pose_directions), np.float32),
        joints=Joints(JOINT_NAMES, PARENTS, flame.regressor.astype(np.float32), flame.weights.astype(np.float32)),
        surface=Surface(
            faces,
            (flame.faces[:, 0] >= LEFT_EYEBALL.start).astype(np.uint8),
            ("skin", "eyes"),
            uv,
            np.c_[uv_faces, np.full(len(faces), -1)].astype(np.int32),
        ),
        scalp_uv=np.full((VERTICES, 2), np.nan, np.float32),
        use="" if flame.version == "2023 Open" else "non-commercial",
    )
