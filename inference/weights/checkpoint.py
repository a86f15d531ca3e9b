# SPDX-License-Identifier: GPL-3.0-or-later
"""Opens torch checkpoints that users give, as data: torch's weights-only mode with a short list of numpy's array pieces. Needs torch."""

from __future__ import annotations

import os
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import AvatarError
from ..head.flame.pickle_data import check_start, damaged

if TYPE_CHECKING:
    from torch import Tensor, nn

MAX_FILE_BYTES = 4_000_000_000
CALL = re.compile(r"GLOBAL ([\w.]+)")
PRECISIONS = ("float32", "bfloat16", "float16")


@dataclass(frozen=True)
class Execution:
    """Where and how the networks run. device: "cpu", "cuda", "cuda:1", "mps"; precision: one of PRECISIONS."""

    device: str = "cpu"
    precision: str = "float32"


def read_checkpoint(path: Path) -> dict[str, Any]:
    """The dictionary in a torch file; tensors on the CPU, read from the disk only when used.

    Raises AvatarError ``weights_missing``, ``weights_invalid`` (not a torch file, truncated, a web page) or ``weights_unsafe``.
    """
    import torch

    try:
        with path.open("rb") as file:
            check_start(file.read(512), path.name)
        if path.stat().st_size > MAX_FILE_BYTES:
            raise damaged(path.name, "it is larger than any such file")
    except OSError as problem:
        raise AvatarError(
            "weights_missing", f"{path} cannot be read ({problem.strerror or problem}): check the path."
        ) from problem
    try:
        with torch.serialization.safe_globals(list(_allowed())):
            content = torch.load(path, map_location="cpu", weights_only=True, mmap=zipfile.is_zipfile(path))
    except Exception as problem:
        text = str(problem)
        if call := CALL.search(text):
            raise AvatarError(
                "weights_unsafe",
                f"{path.name} would call {call[1]}, which no checkpoint needs, so it was not opened: get the file from its makers again.",
            ) from problem
        raise damaged(path.name, text.splitlines()[0] if text else type(problem).__name__) from problem
    if not isinstance(content, dict):
        raise damaged(path.name, "it holds no dictionary of networks")
    return content


def network_state(checkpoint: Mapping[str, Any], key: str, name: str, prefix: str = "") -> dict[str, Tensor]:
    """The weights under ``key`` whose names begin with ``prefix``, which is cut off."""
    section = checkpoint.get(key)
    if not isinstance(section, Mapping):
        raise damaged(name, f"it has no {key}")
    return {str(entry)[len(prefix) :]: value for entry, value in section.items() if str(entry).startswith(prefix)}


def fill(network: nn.Module, state: Mapping[str, Any], what: str, name: str) -> nn.Module:
    """Give the network its weights, ready for inference: every name and shape must match, none may be missing or left over.

    Only the counters of seen batches (``num_batches_tracked``), which inference does not use, may be missing.
    """
    import torch

    expected = network.state_dict()
    complete = {key: torch.zeros((), dtype=torch.int64) for key in expected if key.endswith("num_batches_tracked")}
    complete |= dict(state)
    if problem := _first_difference(expected, complete):
        raise damaged(name, f"{what}: {problem}")
    network.load_state_dict(complete, strict=True, assign=True)
    return network.eval().requires_grad_(requires_grad=False)


def placed(network: nn.Module, execution: Execution) -> nn.Module:
    """The network on its device, in its precision.

    Raises AvatarError ``request_invalid`` when this computer has no such device.
    """
    import torch

    try:
        kind = torch.device(execution.device)
        torch.empty(1, device=kind)
        dtype = {name: getattr(torch, name) for name in PRECISIONS}[execution.precision]
    except (RuntimeError, AssertionError, KeyError, NotImplementedError) as problem:
        raise AvatarError(
            "request_invalid",
            f"The networks cannot run on {execution.device} in {execution.precision} here: choose cpu and float32.",
        ) from problem
    return network.to(device=kind, dtype=dtype)


def run(network: nn.Module, values: np.ndarray, execution: Execution) -> np.ndarray:
    """The network's answer to one batch, float32 on both sides. Raises AvatarError ``weights_invalid`` if it is not finite.

    On the CPU torch gets half of the cores from here on, so that two networks can run side by side. Measured on two cores with a load
    of 9: DECA's encoder takes 226 ms on one of them and 1180 ms on both, since each layer waits for the core that is late.
    """
    import torch

    if execution.device == "cpu":
        torch.set_num_threads(max(1, (os.cpu_count() or 1) // 2))

    dtype = getattr(torch, execution.precision)
    with torch.inference_mode():
        inputs = torch.from_numpy(np.ascontiguousarray(values, np.float32)).to(execution.device, dtype)
        answer = network(inputs).float().cpu().numpy()
    if not np.isfinite(answer).all():
        raise AvatarError(
            "weights_invalid",
            f"A network answered with values that are not numbers (in {execution.precision}): use float32, or check the file.",
        )
    return answer


def _first_difference(expected: Mapping[str, Tensor], given: Mapping[str, Any]) -> str | None:
    missing = [key for key in expected if key not in given]
    surplus = [key for key in given if key not in expected]
    if missing:
        return f"{len(missing)} entries are missing, the first is {missing[0]}"
    if surplus:
        return f"{len(surplus)} entries are not known, the first is {surplus[0][:60]}"
    for key, wanted in expected.items():
        shape, dtype = getattr(given[key], "shape", None), getattr(given[key], "dtype", None)
        if shape != wanted.shape:
            return f"{key} has the shape {_words(shape)} instead of {_words(wanted.shape)}"
        if dtype != wanted.dtype:
            return f"{key} holds {dtype} instead of {wanted.dtype}"
    return None


def _words(shape: Any) -> str:
    return str(tuple(shape)) if shape is not None else "of no tensor"


def _allowed() -> Iterator[Any]:
    """What mica.tar has beside tensors: numpy arrays and numbers of its training log."""
    reconstruct = np.zeros(1).__reduce__()[0]
    scalar = np.float64(0).__reduce__()[0]
    for module in ("numpy.core.multiarray", "numpy._core.multiarray"):
        yield (reconstruct, f"{module}._reconstruct")
        yield (scalar, f"{module}.scalar")
    yield np.ndarray
    yield np.dtype
    for kind in (np.float64, np.float32, np.int64, np.int32, np.uint8, np.bool_):
        yield type(np.dtype(kind))
