# SPDX-License-Identifier: GPL-3.0-or-later
"""LPIPS 0.1 on AlexNet (Zhang et al., CVPR 2018), with weights that the user has: torchvision's AlexNet and the metric's five layers.

Nothing is measured under this name without both. The files are ``alexnet-owt-7be5be79.pth`` and ``weights/v0.1/alex.pth`` of the
package ``lpips``, or one file with a whole ``lpips.LPIPS(net="alex")`` state. Needs torch.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from ...head.flame.pickle_data import damaged
from ...weights.checkpoint import fill, read_checkpoint

SHIFT, SCALE = (-0.030, -0.088, -0.188), (0.458, 0.448, 0.450)
# Index in torchvision's ``features`` -> (inputs, outputs, kernel, stride, padding); pooling comes before the second and the third.
CONVOLUTIONS = {
    0: (3, 64, 11, 4, 2),
    3: (64, 192, 5, 1, 2),
    6: (192, 384, 3, 1, 1),
    8: (384, 256, 3, 1, 1),
    10: (256, 256, 3, 1, 1),
}
POOLED = (3, 6)


class PerceptualDistance(nn.Module):
    """Two pictures (1, 3, H, W) in [-1, 1] -> one map of distances per layer."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.ModuleDict({str(at): nn.Conv2d(*sizes) for at, sizes in CONVOLUTIONS.items()})
        self.lin = nn.ParameterList([torch.zeros(1, sizes[1], 1, 1) for sizes in CONVOLUTIONS.values()])

    def forward(self, a: Tensor, b: Tensor) -> list[Tensor]:
        maps = []
        for one, other, weights in zip(self._layers(a), self._layers(b), self.lin, strict=True):
            maps.append(functional.conv2d((one - other) ** 2, weights)[0, 0])
        return maps

    def _layers(self, x: Tensor) -> list[Tensor]:
        shift, scale = (torch.tensor(values).view(1, 3, 1, 1) for values in (SHIFT, SCALE))
        x = (x - shift) / scale
        layers = []
        for at, convolution in self.features.items():
            if int(at) in POOLED:
                x = functional.max_pool2d(x, 3, 2)
            x = functional.relu(convolution(x))
            layers.append(x / ((x**2).sum(1, keepdim=True).sqrt() + 1e-10))
        return layers


def load_lpips(files: list[Path]) -> PerceptualDistance:
    """The metric from its file or files. Raises AvatarError ``weights_*``."""
    given: dict[str, Any] = {}
    for file in files:
        given |= {str(key): value for key, value in read_checkpoint(file).items()}
    return fill(PerceptualDistance(), _renamed(given), "LPIPS with AlexNet", " and ".join(file.name for file in files))


def lpips(network: PerceptualDistance, a: NDArray, b: NDArray, masks: Mapping[str, NDArray]) -> dict[str, float]:
    """Name of a mask (H, W) -> distance of (H, W, 3) uint8 sRGB pictures: per layer the mean in the mask, then the sum of the layers.

    With a mask that holds everything this is the official distance.
    """
    with torch.inference_mode():
        maps = [layer.numpy() for layer in network(_tensor(a), _tensor(b))]
    distances = {}
    for name, mask in masks.items():
        shares = [
            cv2.resize(mask.astype(np.float32), layer.shape[::-1], interpolation=cv2.INTER_AREA) for layer in maps
        ]
        distances[name] = sum(
            float(np.average(layer, weights=share + 1e-12)) for layer, share in zip(maps, shares, strict=True)
        )
    return distances


def _tensor(picture: NDArray) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(picture)).permute(2, 0, 1)[None].float() / 127.5 - 1


def _renamed(given: Mapping[str, Any]) -> dict[str, Any]:
    """The entries of torchvision's and of the package's files under the names of PerceptualDistance."""
    wanted = {}
    for slice_number, at in enumerate(CONVOLUTIONS):
        for kind in ("weight", "bias"):
            names = (f"features.{at}.{kind}", f"net.slice{slice_number + 1}.{at}.{kind}")
            wanted[f"features.{at}.{kind}"] = _first(given, names)
        wanted[f"lin.{slice_number}"] = _first(given, (f"lin{slice_number}.model.1.weight",))
    return wanted


def _first(given: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    for name in names:
        if name in given:
            return given[name]
    raise damaged("The LPIPS weights", f"{names[0]} is in none of the files")
