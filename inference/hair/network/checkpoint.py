# SPDX-License-Identifier: GPL-3.0-or-later
"""Checkpoints of the public HairNet families, recognised by key names and shapes, loaded without running any pickle code.

The families' files name their layers differently; where only the tell-tale names are known, the other tensors are matched in the file's
order by shape, which is unambiguous because equal shapes follow each other in the order of the layers. Anything left over or missing
refuses the file. These networks answer in USC-HairSalon coordinates.
"""

from __future__ import annotations

import pickle
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from ...errors import AvatarError
from .improved import ImprovedHairNet
from .original import OriginalHairNet

LARGEST = 1 << 30  # bytes; the largest family has 31 million numbers
SPARE = re.compile(r"(^fc1\.)|(num_batches_tracked$)")


@dataclass(frozen=True)
class Family:
    """A kind of checkpoint. telltale: names and shapes that only it has; unsupported: why it cannot be used, if so."""

    name: str
    telltale: dict[str, tuple[int, ...]]
    unsupported: str = ""


FAMILIES = (
    Family("DucModel", {"conv1.0.weight": (16, 3, 8, 8), "conv3d.0.weight": (4, 4, 3, 3, 3), "brz.6.weight": (100, 512, 1, 1)}),
    Family("DucModelNew", {"conv1.0.weight": (16, 3, 8, 8), "conv3d.0.weight": (4, 4, 3, 3, 3), "brx.6.weight": (300, 512, 1, 1)}),
    Family("HairNet original", {"encoder.0.weight": (32, 3, 8, 8), "positionDecoder.4.weight": (300, 512, 1, 1)}),
    Family("HairNet 128", {"conv2.weight": (64, 3, 8, 8), "fc1.weight": (4096, 512), "branch1_fc3.weight": (300, 512, 1, 1)}),
    Family(
        "suyuan945", {"conv1.weight": (32, 3, 3, 3), "branch1_fc1.weight": (32, 524288)}, "its output cannot be negative"
    ),
    Family("Tottowich", {"encoder.conv1.conv.weight": (32, 3, 8, 8)}, "its decoder's layers are not documented"),
)  # fmt: skip


def load_public_checkpoint(path: Path) -> tuple[str, nn.Module]:
    """The family's name and its network, ready to answer. Raises AvatarError with one sentence for any other file."""
    tensors = _tensors(path)
    family = recognise(tensors)
    if family is None:
        raise _refused(path, "its layers are those of no HairNet that is known here")
    if family.unsupported:
        raise _refused(path, f"it is a {family.name} network, and {family.unsupported}")
    network = _network(family)
    _fill(network, tensors, path, family)
    return family.name, network.eval()


def recognise(tensors: dict[str, Tensor]) -> Family | None:
    """The family whose tell-tale names and shapes are all there."""
    shapes = {name: tuple(tensor.shape) for name, tensor in tensors.items()}
    for family in FAMILIES:
        if all(shapes.get(name) == shape for name, shape in family.telltale.items()):
            return family
    return None


def _tensors(path: Path) -> dict[str, Tensor]:
    if not path.is_file() or path.stat().st_size > LARGEST:
        raise _refused(path, "there is no such file, or it is far too large")
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except (RuntimeError, pickle.UnpicklingError, zipfile.BadZipFile, EOFError, ValueError, OSError, KeyError) as error:
        raise _refused(path, "it is not a plain PyTorch file of weights") from error
    if isinstance(content, dict) and isinstance(content.get("state_dict"), dict):
        content = content["state_dict"]
    if not isinstance(content, dict) or not all(isinstance(value, Tensor) for value in content.values()):
        raise _refused(path, "it holds something else than weights")
    return {str(name).removeprefix("model."): tensor for name, tensor in content.items()}


def _network(family: Family) -> nn.Module:
    if family.name == "DucModel":
        return ImprovedHairNet(branches=4)
    if family.name == "DucModelNew":
        return ImprovedHairNet(branches=2)
    if family.name == "HairNet 128":
        return OriginalHairNet(128, one_layer=True)
    return OriginalHairNet(256)


def _fill(network: nn.Module, tensors: dict[str, Tensor], path: Path, family: Family) -> None:
    """Every tensor of the network from the file: same shape, same order among equal shapes; nothing left over."""
    # The unused dense layer of the improved family belongs to no layer here; the 128-pixel family's fc1 does.
    spare = re.compile(r"num_batches_tracked$") if family.name == "HairNet 128" else SPARE
    waiting: dict[tuple[int, ...], list[Tensor]] = {}
    for name, tensor in tensors.items():
        if not spare.search(name):
            waiting.setdefault(tuple(tensor.shape), []).append(tensor)
    own = network.state_dict()
    filled = {}
    for name, tensor in own.items():
        if name.endswith("num_batches_tracked"):
            filled[name] = tensor
            continue
        found = waiting.get(tuple(tensor.shape), [])
        if not found:
            raise _refused(path, f"it looks like {family.name} but lacks a layer of shape {tuple(tensor.shape)}")
        filled[name] = found.pop(0).to(tensor.dtype)
        if not torch.isfinite(filled[name]).all():
            raise _refused(path, "some of its weights are not numbers")
    if any(waiting.values()):
        raise _refused(path, f"it looks like {family.name} but has layers too many")
    network.load_state_dict(filled, strict=True)


def _refused(path: Path, why: str) -> AvatarError:
    return AvatarError("hair_file_invalid", f"The hair network {path.name} cannot be used: {why}; choose another file.")
