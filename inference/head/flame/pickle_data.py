# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the data out of a pickle without running it.

A pickle is a program. Here every name it may call stands for a passive holder below, which only keeps what it was given; any other
name is refused. Arrays are then taken from the holders with their sizes checked. A file calls no function of any library.
"""

from __future__ import annotations

import io
import pickle
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import AvatarError

MAX_FILE_BYTES = 600_000_000
MAX_ELEMENTS = 400_000_000
# numpy type codes that hold numbers.
NUMBERS = {"f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1"}


class Holder:
    """Keeps the state a pickle gives it, and does nothing."""

    def __init__(self, *arguments: Any) -> None:
        self.arguments = arguments
        self.state: Any = None

    def __setstate__(self, state: Any) -> None:
        self.state = state


class DType(Holder):
    """numpy.dtype."""

    def numpy(self) -> np.dtype:
        """Raises ValueError unless it is a plain number type."""
        code = self.arguments[0] if self.arguments else None
        if code not in NUMBERS:
            raise ValueError(f"values of the type {str(code)[:20]!r}")
        order = self.state[1] if isinstance(self.state, tuple) and len(self.state) > 1 else "="
        return np.dtype(f"{order if order in ('<', '>') else '='}{code}")


class Array(Holder):
    """numpy.ndarray: state (version, shape, dtype, is_fortran, raw bytes or a list of objects)."""

    def numpy(self) -> NDArray:
        _, shape, dtype, fortran, raw = self.state
        return _from_bytes(raw, dtype.numpy(), shape, bool(fortran))

    @property
    def objects(self) -> list:
        """The content of an array of objects."""
        return self.state[4] if isinstance(self.state, tuple) and isinstance(self.state[4], list) else []


class Buffer(Holder):
    """numpy's array of pickle protocol 5: (raw bytes, dtype, shape, order)."""

    def numpy(self) -> NDArray:
        raw, dtype, shape, order = self.arguments
        return _from_bytes(raw, dtype.numpy(), shape, order == "F")


class Sparse(Holder):
    """scipy.sparse.csc_matrix, read as a dense array."""

    def numpy(self) -> NDArray:
        state = self.state
        rows, columns = _shape(state.get("_shape", state.get("shape")))
        data, indices, starts = (as_array(state[key]) for key in ("data", "indices", "indptr"))
        counts = np.diff(starts)
        if len(starts) != columns + 1 or (counts < 0).any() or starts[0] != 0 or starts[-1] != len(data):
            raise ValueError("a sparse matrix that does not fit together")
        if len(indices) != len(data) or (len(indices) and (indices.min() < 0 or indices.max() >= rows)):
            raise ValueError("a sparse matrix that points outside itself")
        dense = np.zeros((rows, columns))
        np.add.at(dense, (indices, np.repeat(np.arange(columns), counts)), data)
        return dense


class ChumpyArray(Holder):
    """chumpy.ch.Ch: the array is in "x"."""

    def numpy(self) -> NDArray:
        return as_array(self.state["x"])


class ChumpySelect(Holder):
    """chumpy.reordering.Select: flat indices into another array, and the shape of the result."""

    def numpy(self) -> NDArray:
        flat, indices = as_array(self.state["a"]).ravel(), as_array(self.state["idxs"]).ravel()
        if len(indices) and (indices.min() < 0 or indices.max() >= len(flat)):
            raise ValueError("a selection that points outside its array")
        return flat[indices].reshape(_shape(self.state["preferred_shape"]))


class Tensor(Holder):
    """torch._utils._rebuild_tensor_v2: (storage, offset, size, stride, ...)."""

    def numpy(self) -> NDArray:
        storage, offset, size, stride = self.arguments[:4]
        flat, size = storage.numpy(), _shape(size)
        contiguous = tuple(int(np.prod(size[axis + 1 :])) for axis in range(len(size)))
        if tuple(stride) != contiguous or not 0 <= offset <= len(flat) - int(np.prod(size)):
            raise ValueError("a tensor that is not laid out in order")
        return flat[offset : offset + int(np.prod(size))].reshape(size)


class Storage(Holder):
    """torch.storage._load_from_bytes: a torch file within the pickle; see :mod:`.torch_storage`."""

    def numpy(self) -> NDArray:
        from .torch_storage import read_storage

        return read_storage(_as_bytes(self.arguments[0]))


class OrderedDict(dict):
    """collections.OrderedDict."""


def _reconstruct(*_arguments: Any) -> Array:
    return Array()


def _reconstructor(kind: Any, *_arguments: Any) -> Holder:
    """Python 2's way to make an object before its state follows."""
    if not (isinstance(kind, type) and issubclass(kind, Holder)):
        raise pickle.UnpicklingError("an object of an unknown kind")
    return kind()


def _encode(text: Any, encoding: Any = "latin1") -> bytes:
    if not isinstance(text, str) or encoding not in ("latin1", "latin-1"):
        raise pickle.UnpicklingError("text in an unknown encoding")
    return text.encode("latin1")


def _set(*_arguments: Any) -> tuple[()]:
    """Sets occur only in chumpy's bookkeeping, which nobody needs."""
    return ()


_NUMPY_CORES = ("numpy.core", "numpy._core")
_STAND_INS: dict[tuple[str, str], Any] = {
    **{(f"{core}.multiarray", "_reconstruct"): _reconstruct for core in _NUMPY_CORES},
    **{(f"{core}.multiarray", "scalar"): Holder for core in _NUMPY_CORES},
    **{(f"{core}.numeric", "_frombuffer"): Buffer for core in _NUMPY_CORES},
    ("numpy", "ndarray"): Array,
    ("numpy", "dtype"): DType,
    **{(f"scipy.sparse.{name}", "csc_matrix"): Sparse for name in ("csc", "_csc")},
    ("chumpy.ch", "Ch"): ChumpyArray,
    ("chumpy.reordering", "Select"): ChumpySelect,
    **{(name, "_reconstructor"): _reconstructor for name in ("copy_reg", "copyreg")},
    **{(name, "object"): Holder for name in ("__builtin__", "builtins")},
    **{(name, "set"): _set for name in ("__builtin__", "builtins")},
    ("_codecs", "encode"): _encode,
    ("collections", "OrderedDict"): OrderedDict,
    ("torch._utils", "_rebuild_tensor_v2"): Tensor,
    ("torch.storage", "_load_from_bytes"): Storage,
}


class _ForbiddenError(Exception):
    """The pickle asks for a name that is not on the list."""


class _Reader(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        try:
            return _STAND_INS[module, name]
        except KeyError:
            raise _ForbiddenError(f"{module}.{name}") from None

    def persistent_load(self, _identity: Any) -> Any:
        raise pickle.UnpicklingError("a reference to something outside the file")


def read_pickle(data: bytes, name: str) -> Any:
    """The pickle's plain data (dicts, lists, numbers, text) with Holders in place of all objects.

    Raises AvatarError: ``weights_unsafe`` when the pickle calls anything that is not on the short list, ``weights_invalid`` when it
    is damaged.
    """
    check_start(data[:512], name)
    try:
        return _Reader(io.BytesIO(data), encoding="latin1").load()
    except _ForbiddenError as call:
        raise AvatarError(
            "weights_unsafe",
            f"{name} would call {call}, which no model file needs, so it was not opened: get the file from its makers again.",
        ) from None
    except Exception as problem:  # a damaged pickle may raise anything
        raise damaged(name, str(problem) or type(problem).__name__) from problem


def read_bytes(path: Path) -> bytes:
    """The whole file. Raises AvatarError ``weights_missing`` or ``weights_invalid`` (too large)."""
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise damaged(path.name, "it is larger than any such file")
        return path.read_bytes()
    except OSError as problem:
        raise AvatarError(
            "weights_missing", f"{path} cannot be read ({problem.strerror or problem}): check the path."
        ) from problem


def as_array(value: Any) -> NDArray:
    """The array in a Holder. Raises ValueError, TypeError, KeyError or AttributeError when there is none of a plain kind."""
    if isinstance(value, np.ndarray):
        return value
    if isinstance(value, list) and all(isinstance(row, list | tuple | int | float) for row in value):
        return np.array(value)
    return value.numpy()


def check_start(start: bytes, name: str) -> None:
    """Raise AvatarError ``weights_invalid`` for a download page or an empty file."""
    text = start.lstrip()[:15].lower()
    if text.startswith((b"<!doctype", b"<html", b"<?xml", b"<")):
        raise AvatarError(
            "weights_invalid",
            f"{name} is a web page that was saved in place of the file: download it again while logged in.",
        )
    if not start:
        raise AvatarError("weights_invalid", f"{name} is empty: download it again.")


def damaged(name: str, why: str) -> AvatarError:
    """The error for a file that cannot be what it should."""
    return AvatarError(
        "weights_invalid", f"{name} is damaged or not the expected file ({why[:120]}): download it again."
    )


def _from_bytes(raw: Any, dtype: np.dtype, shape: Any, fortran: bool) -> NDArray:
    shape = _shape(shape)
    data = _as_bytes(raw)
    if len(data) != int(np.prod(shape, dtype=object)) * dtype.itemsize:
        raise ValueError("an array whose size does not match its data")
    array = np.frombuffer(data, dtype).reshape(shape, order="F" if fortran else "C")
    return array.astype(dtype.newbyteorder("="), copy=False)


def _as_bytes(raw: Any) -> bytes:
    return raw.encode("latin1") if isinstance(raw, str) else bytes(memoryview(raw))


def _shape(shape: Any) -> tuple[int, ...]:
    shape = tuple(shape) if not isinstance(shape, int) else (shape,)
    plain = all(isinstance(length, int) and 0 <= length <= MAX_ELEMENTS for length in shape)
    if not plain or len(shape) > 8 or int(np.prod(shape, dtype=object)) > MAX_ELEMENTS:
        raise ValueError("an impossible array shape")
    return shape
