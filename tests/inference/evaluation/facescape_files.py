# SPDX-License-Identifier: GPL-3.0-or-later
"""A small data set in FaceScape's layout: painted heads from several calibrated cameras, and their scans."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from PIL import Image

from inference.bundle import Camera
from inference.evaluation.expression.expressions import EXPRESSIONS, levels
from inference.evaluation.synthetic.judging_set import surface_points
from inference.evaluation.synthetic.painter import paint
from inference.evaluation.synthetic.subject import judging_subject
from inference.face.camera import FACING, from_extrinsics
from inference.head.model import HeadModel, rotation_matrices

YAWS = (0.0, -31.0, 12.0, 28.0, -14.0, 85.0)
SIDE = 320
TO_OPENCV = np.diag([1.0, -1.0, -1.0])
SCALE = 47.0  # the set's own unit in millimetres


def camera(model: HeadModel, yaw: float) -> Camera:
    """A metre away, ``yaw`` degrees to the subject's left."""
    rotation = FACING @ rotation_matrices(np.radians(-yaw) * np.array([0.0, 0.0, 1.0]))
    face = model.template[model.masks["face"] > 0.5].mean(0)
    translation = np.array([0.0, 0.0, -1.0]) - rotation @ face
    return from_extrinsics(rotation, translation, SIDE / 0.3, (SIDE / 2, SIDE / 2), SIDE, SIDE)


def write_person(folder: Path, model: HeadModel, person: int, expressions: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Pictures, cameras, scans and scales of a person; expression -> (7, 3) true landmarks in the scan's unit."""
    subject = judging_subject(model, np.random.default_rng([5, person]))
    skin = model.surface.triangles("skin")
    facial = skin[(model.masks["face"][skin] > 0.5).all(1)]
    table = folder / "Rt_scale_dict.json"
    scales = json.loads(table.read_text()) if table.exists() else {}
    truth = {}
    for expression in expressions:
        number = EXPRESSIONS.index(expression) + 1
        coefficients = levels(expression, model.expression_names, np.random.default_rng(person))
        posed = subject.neutral + np.tensordot(coefficients, model.expression_basis, 1)
        pictures = folder / "images" / str(person) / f"{number}_{expression}"
        pictures.mkdir(parents=True)
        parameters = {}
        for view, yaw in enumerate(YAWS):
            seen_by = camera(model, yaw)
            pixels = paint(model, posed, seen_by, np.random.default_rng(person))
            Image.fromarray(pixels).save(pictures / f"{view}.jpg", quality=95)
            parameters |= {f"{view}_{key}": value for key, value in described(seen_by).items()}
        parameters["5_valid"] = False
        (pictures / "params.json").write_text(json.dumps(parameters))
        mesh = folder / "meshes" / str(person) / f"{number}_{expression}.ply"
        mesh.parent.mkdir(parents=True, exist_ok=True)
        write_ply(mesh, surface_points(posed, facial, 2000, seed=1) * 1000 / SCALE)
        scales.setdefault(str(person), {})[str(number)] = [SCALE, np.eye(4)[:3].tolist()]
        truth[expression] = model.landmarks["now_7"].points(posed) * 1000 / SCALE
    table.write_text(json.dumps(scales))
    return truth


def described(camera: Camera) -> dict[str, object]:
    """As in params.json; lengths in the set's unit."""
    rotation = TO_OPENCV @ camera.matrix_world[:3, :3].T
    translation = -rotation @ camera.matrix_world[:3, 3] * 1000 / SCALE
    x, y = (center - 0.5 for center in camera.center_px)
    return {
        "K": [[camera.focal_px, 0, x], [0, camera.focal_px, y], [0, 0, 1]],
        "Rt": np.c_[rotation, translation].tolist(),
        "distortion": [0.0] * 5,
        "width": camera.width,
        "height": camera.height,
        "valid": True,
    }


def write_ply(path: Path, vertices: np.ndarray, triangles: np.ndarray | None = None) -> None:
    """Little-endian binary, float32."""
    count = 0 if triangles is None else len(triangles)
    header = (
        f"ply\nformat binary_little_endian 1.0\nelement vertex {len(vertices)}\nproperty float x\nproperty float y\n"
        f"property float z\nelement face {count}\nproperty list uchar int vertex_indices\nend_header\n"
    )
    rows = np.zeros(count, np.dtype([("n", "u1"), ("corners", "<i4", 3)]))
    if count:
        rows["n"], rows["corners"] = 3, triangles
    path.write_bytes(header.encode() + vertices.astype("<f4").tobytes() + rows.tobytes())
