# SPDX-License-Identifier: GPL-3.0-or-later
"""The small files that come with FLAME and DECA: the texture chart, masks, the template's own displacement, landmark tables."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray
from PIL import Image

from ...errors import AvatarError
from .bare_head import FlameUV
from .model_file import TRIANGLES, VERTICES
from .pickle_data import Array, as_array, check_start, damaged, read_bytes, read_pickle

MAX_UV = 20_000
CONTOUR_ROWS, CONTOUR_POINTS = 79, 17


@dataclass(frozen=True, eq=False)
class FlameLandmarks:
    """FLAME's published landmarks as barycentric points on its triangles.

    static: triangles (51,), weights (51, 3), iBUG 18..68. full: (68,), (68, 3). contour: (79, 17), (79, 17, 3), a row per degree of yaw.
    """

    static_faces: NDArray
    static_weights: NDArray
    full_faces: NDArray
    full_weights: NDArray
    contour_faces: NDArray
    contour_weights: NDArray


def read_template_uv(path: Path, faces: NDArray | None = None) -> FlameUV:
    """The chart in head_template.obj; its positions are another head's and are not used.

    faces (9976, 3): the model's triangles, which must be the file's. Raises AvatarError ``weights_invalid``.
    """
    data = read_bytes(path)
    check_start(data[:512], path.name)
    uv, corners = [], []
    try:
        for line in data.decode("utf-8").splitlines():
            if line.startswith("vt "):
                uv.append([float(value) for value in line.split()[1:3]])
            elif line.startswith("f "):
                corners.append([[int(index) for index in corner.split("/")[:2]] for corner in line.split()[1:]])
        places, table = np.array(uv), np.array(corners) - 1
        if table.shape != (TRIANGLES, 3, 2):
            raise ValueError(f"{len(corners)} triangles with texture coordinates instead of {TRIANGLES}")
    except (ValueError, UnicodeDecodeError) as problem:
        raise damaged(path.name, str(problem)) from problem
    return _checked_uv(places, table[..., 1], table[..., 0], faces, path.name)


def read_texture_uv(path: Path) -> FlameUV:
    """The chart in FLAME_texture.npz (vt, ft), without reading its pictures."""
    try:
        with np.load(path, allow_pickle=False) as stored:
            return _checked_uv(stored["vt"], stored["ft"], None, None, path.name)
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as problem:
        raise damaged(path.name, str(problem)) from problem


def read_landmarks(path: Path) -> FlameLandmarks:
    """landmark_embedding.npy: a pickled dictionary in an object array, read as data."""
    content = _object_array(path)
    names = {"static": (51,), "full": (1, 68), "dynamic": (CONTOUR_ROWS, CONTOUR_POINTS)}
    found: list[NDArray] = []
    try:
        for name, shape in names.items():
            faces = as_array(content[f"{name}_lmk_faces_idx"]).astype(np.int64)
            weights = as_array(content[f"{name}_lmk_bary_coords"]).astype(np.float64)
            if faces.shape != shape or weights.shape != (*shape, 3):
                raise ValueError(f"{name} landmarks of the shape {faces.shape}")
            if faces.min() < 0 or faces.max() >= TRIANGLES or np.abs(weights.sum(-1) - 1).max() > 1e-3:
                raise ValueError(f"{name} landmarks off the mesh")
            found += [
                faces.reshape(-1) if name == "full" else faces,
                weights.reshape(-1, 3) if name == "full" else weights,
            ]
    except (KeyError, ValueError, TypeError, AttributeError) as problem:
        raise damaged(path.name, str(problem)) from problem
    return FlameLandmarks(*found)


def read_fixed_displacement(path: Path) -> NDArray:
    """(256, 256) metres, from fixed_displacement_256.npy."""
    try:
        values = np.load(io.BytesIO(read_bytes(path)), allow_pickle=False)
        if values.shape != (256, 256) or not np.isfinite(values).all():
            raise ValueError(f"an array of the shape {values.shape}")
    except ValueError as problem:
        raise damaged(path.name, str(problem)) from problem
    return values.astype(np.float64)


def read_mask(path: Path) -> NDArray:
    """(256, 256) in [0, 1], from uv_face_eye_mask.png."""
    try:
        with Image.open(path) as picture:
            if picture.size != (256, 256):
                raise ValueError(f"a picture of {picture.size[0]} x {picture.size[1]} pixels")
            pixels = np.asarray(picture.convert("RGBA"), np.float64)
    except (OSError, ValueError, Image.DecompressionBombError) as problem:
        raise damaged(path.name, str(problem)) from problem
    return pixels[..., 0] / 255


def _object_array(path: Path) -> dict:
    """The dictionary in an .npy file of one Python object."""
    stream = io.BytesIO(read_bytes(path))
    check_start(stream.getbuffer()[:512].tobytes(), path.name)
    try:
        version = npy.read_magic(stream)
        read_header = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}[version]
        read_header(stream)
    except (ValueError, KeyError) as problem:
        raise damaged(path.name, str(problem)) from problem
    content = read_pickle(stream.read(), path.name)
    if isinstance(content, Array) and len(content.objects) == 1:
        content = content.objects[0]
    if not isinstance(content, dict):
        raise damaged(path.name, "it holds no table of landmarks")
    return content


def _checked_uv(uv: NDArray, uv_faces: NDArray, own_faces: NDArray | None, faces: NDArray | None, name: str) -> FlameUV:
    if uv.ndim != 2 or uv.shape[1] != 2 or not 0 < len(uv) <= MAX_UV or uv_faces.shape != (TRIANGLES, 3):
        raise damaged(name, f"texture coordinates of the shape {uv.shape}")
    if not np.isfinite(uv).all() or uv.min() < 0 or uv.max() > 1:
        raise damaged(name, "texture coordinates outside the unit square")
    if uv_faces.min() < 0 or uv_faces.max() >= len(uv):
        raise damaged(name, "triangles that point outside the chart")
    if own_faces is not None:
        if own_faces.max() >= VERTICES or own_faces.min() < 0:
            raise damaged(name, "triangles that point outside the mesh")
        if faces is not None and not np.array_equal(own_faces, faces):
            raise AvatarError(
                "weights_mixed",
                f"{name} has other triangles than the FLAME model: use the template that belongs to it.",
            )
    return FlameUV(np.asarray(uv, np.float64), uv_faces.astype(np.int32))
