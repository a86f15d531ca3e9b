# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks with folded batch norms answer as the plain ones do."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from inference.deca.networks import DetailDecoder, Encoder, folded


@pytest.mark.parametrize(("kind", "size"), [("encoder", (1, 3, 224, 224)), ("decoder", (1, 181))])
def test_folding_changes_no_answer(kind: str, size: tuple[int, ...]) -> None:
    torch.manual_seed(3)
    network = (Encoder(236) if kind == "encoder" else DetailDecoder()).eval().requires_grad_(requires_grad=False)
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            for values, low, high in (
                (module.running_mean, -0.2, 0.2),
                (module.running_var, 0.5, 2.0),
                (module.weight, 0.3, 1.0),
                (module.bias, -0.2, 0.2),
            ):
                values.uniform_(low, high)
    inputs = torch.rand(size)
    with torch.inference_mode():
        plain = network(inputs)
        fast = folded(network)
        answer = fast(inputs)
    norms = [module for module in fast.modules() if isinstance(module, nn.BatchNorm2d)]
    assert len(norms) == (0 if kind == "encoder" else 1)  # the decoder's first has no convolution before it
    assert ((answer - plain).abs().max() / plain.abs().max()).item() < 1e-5
