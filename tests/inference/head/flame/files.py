# SPDX-License-Identifier: GPL-3.0-or-later
"""Synthetic FLAME files: the open head in FLAME's layout, written as the official files are written (seed 20)."""

from __future__ import annotations

import io
import pickle
import struct
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from inference.head.flame.frame import to_flame
from inference.head.flame.model_file import PARENTS, FlameArrays
from inference.head.open_head import load_open_head

from .topology import ORIGIN, resampling

SEED = 20
POSE_CORRECTIVE = 0.002  # metres per unit of the rotation matrix


@lru_cache(maxsize=1)
def flame_arrays() -> FlameArrays:
    """The synthetic model: open-head shapes in standard deviations, ARKit directions as the first 52 expressions, random rest."""
    model, made = load_open_head(), resampling()
    random = np.random.default_rng(SEED)
    skin = made.joint == 0

    def resampled(values: NDArray) -> NDArray:
        return to_flame(made.rows @ values.astype(np.float64))

    directions = np.empty((len(made.joint), 3, 400))
    for number, (basis, scale) in enumerate(zip(model.shape_basis, model.shape_deviation, strict=True)):
        directions[:, :, number] = resampled(basis) * scale
    for number, basis in enumerate(model.expression_basis):
        directions[:, :, 300 + number] = resampled(basis) * skin[:, None]
    for number in (*range(len(model.shape_basis), 300), *range(352, 400)):
        directions[:, :, number] = random.normal(0, 2e-6, (len(made.joint), 3))
    base = model.template + np.tensordot(model.shape_mean, model.shape_basis, 1)
    template = to_flame(made.rows @ base.astype(np.float64) + made.offsets) + ORIGIN
    weights = made.rows @ model.joints.weights.astype(np.float64)
    for joint in (3, 4):
        weights[made.joint == joint] = np.eye(5)[joint]
    pose = np.zeros((len(made.joint), 3, 36))
    pose[:, :, 9:18] = random.normal(0, POSE_CORRECTIVE, (3, 9)) * weights[:, 2, None, None]
    joints = to_flame(model.joints.regressor.astype(np.float64) @ base) + ORIGIN
    return FlameArrays(
        template,
        directions,
        pose,
        _regressor(template, joints, made.joint),
        weights / weights.sum(1, keepdims=True),
        made.faces.astype(np.int32),
        "2020",
    )


def _regressor(template: NDArray, joints: NDArray, of_joint: NDArray) -> NDArray:
    """(5, 5023) rows that sum to 1 and give the joints on the template."""
    rows = np.zeros((5, len(template)))
    for joint in range(5):
        near = np.flatnonzero(of_joint == joint)
        if joint < 3:
            near = near[np.argsort(np.linalg.norm(template[near] - joints[joint], axis=1))[::20][:60]]
        system = np.vstack([template[near].T, np.ones(len(near))])
        rows[joint, near] = np.linalg.lstsq(system, np.r_[joints[joint], 1], rcond=None)[0]
    return rows


def flame_content(arrays: FlameArrays, chumpy: bool = True) -> dict[str, object]:
    """The dictionary in the pickle; chumpy objects as in the 2019/2020 releases, else plain arrays."""
    with _fake_modules() as (ch, select, csc):
        wrap = ch if chumpy else np.asarray
        directions = arrays.directions
        if chumpy:
            directions = select(ch(directions.ravel()), np.arange(directions.size, dtype=np.uint32), directions.shape)
        return {
            "v_template": wrap(arrays.template),
            "shapedirs": directions,
            "posedirs": wrap(arrays.pose_directions),
            "J_regressor": csc(sparse.csc_matrix(arrays.regressor)),
            "weights": wrap(arrays.weights),
            "f": arrays.faces.astype(np.uint32),
            "kintree_table": np.array([[2**32 - 1, *PARENTS[1:]], range(5)], np.uint32),
            "J": arrays.regressor @ arrays.template,
            "bs_style": "lbs",
            "bs_type": "lrotmin",
        }


def python2_pickle(content: object) -> bytes:
    """Protocol 2 with byte strings, as Python 2 wrote it."""
    with _fake_modules():
        out = io.BytesIO()
        _Python2Pickler(out, 2).dump(content)
        return out.getvalue()


def write_flame(path: Path, chumpy: bool = True) -> Path:
    """The synthetic model as a FLAME pickle."""
    path.write_bytes(python2_pickle(flame_content(flame_arrays(), chumpy)))
    return path


def write_landmark_embedding(path: Path, numbers: dict[str, NDArray]) -> Path:
    """landmark_embedding.npy: an object array around a dictionary, with two entries as torch tensors."""
    import torch

    entries = {key: torch.from_numpy(value) if key.startswith("dynamic") else value for key, value in numbers.items()}
    holder = np.empty((), object)
    holder[()] = entries
    np.save(path, holder, allow_pickle=True)
    return path


class _Ch:
    """Takes chumpy.ch.Ch's place while a pickle is written."""

    def __init__(self, x: NDArray) -> None:
        self.__dict__.update(x=x, _dirty_vars=set(), _itr=None, _depends_on_deps={})


class _Select:
    """Takes chumpy.reordering.Select's place."""

    def __init__(self, a: object, idxs: NDArray, preferred_shape: tuple[int, ...]) -> None:
        self.__dict__.update(a=a, idxs=idxs, preferred_shape=preferred_shape, _dirty_vars=set())


class _Csc:
    """Takes the place of scipy's matrix under the module name it had."""

    def __init__(self, matrix: sparse.csc_matrix) -> None:
        names = ("data", "indices", "indptr")
        self.__dict__.update({n: getattr(matrix, n) for n in names}, _shape=matrix.shape, maxprint=50, format="csc")


@contextmanager
def _fake_modules() -> Iterator[tuple[type, type, type]]:
    places = {
        "chumpy.ch": ("Ch", _Ch),
        "chumpy.reordering": ("Select", _Select),
        "scipy.sparse.csc": ("csc_matrix", _Csc),
    }
    before = {}
    for module, (name, kind) in places.items():
        kind.__module__, kind.__name__, kind.__qualname__ = module, name, name
        for part in (module.split(".")[0], module):
            before.setdefault(part, sys.modules.get(part))
        stand_in = ModuleType(module)
        setattr(stand_in, name, kind)
        sys.modules.setdefault(module.split(".")[0], ModuleType(module.split(".")[0]))
        sys.modules[module] = stand_in
    try:
        yield _Ch, _Select, _Csc
    finally:
        for module, old in before.items():
            if old is None:
                sys.modules.pop(module, None)
            else:
                sys.modules[module] = old


class _Python2Pickler(pickle._Pickler):
    dispatch: ClassVar = dict(pickle._Pickler.dispatch)

    def save_bytes(self, data: bytes) -> None:
        self.write(b"T" + struct.pack("<i", len(data)) + data)
        self.memoize(data)

    dispatch[bytes] = save_bytes

    def reducer_override(self, value: object) -> object:
        if isinstance(value, np.ndarray) and value.dtype != object:
            function = np.core.multiarray._reconstruct
            state = (1, value.shape, value.dtype, False, np.ascontiguousarray(value).tobytes())
            return function, (np.ndarray, (0,), b"b"), state
        return NotImplemented
