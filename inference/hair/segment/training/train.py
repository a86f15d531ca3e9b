# SPDX-License-Identifier: GPL-3.0-or-later
"""Trains the hair network on synthetic photos that are made while it learns."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor
from torch.nn import functional

from ....head.open_head import load_open_head
from ..unet import HairUNet, folded
from .examples import ExamplePool

START_SCENES, START_EXAMPLES = 40, 80
VALIDATION_SEED, VALIDATION_SCENES, VALIDATION_EXAMPLES = 987_000, 30, 64
EXAMPLES_A_STEP = 1
SCENE_EVERY = 4
REPORT_EVERY = 100
WARM_UP = 40
AVERAGING = 0.99  # of the weights that are kept, a step


@dataclass(frozen=True)
class Plan:
    """steps: of ``batch`` photos each. rate: the highest learning rate. scenes, examples: how many are kept at once."""

    steps: int = 1200
    batch: int = 8
    rate: float = 2e-3
    scenes: int = 900
    examples: int = 1000
    seed: int = 1


def train(plan: Plan, folder: Path, tell: Callable[[str], None]) -> None:
    """Train, or go on where ``folder``/state.pt left off; the weights come out as ``folder``/hair_mask.safetensors.

    The pool of photos begins anew on resuming, so a resumed run differs from one in a single go.
    """
    torch.manual_seed(plan.seed)
    folder.mkdir(parents=True, exist_ok=True)
    network, average = HairUNet(), HairUNet()
    optimizer = torch.optim.AdamW(network.parameters(), lr=plan.rate, weight_decay=1e-3)
    start = _resume(folder / "state.pt", network, average, optimizer)
    pool = _filled(ExamplePool(load_open_head(), plan.seed + 10 * start, plan.scenes, plan.examples))
    judge = _judge()
    tell(f"from step {start}; {sum(p.numel() for p in network.parameters())} parameters")
    began, losses = time.monotonic(), []
    for step in range(start, plan.steps):
        if step % SCENE_EVERY == 0:
            pool.grow()
        for _ in range(EXAMPLES_A_STEP):
            pool.develop()
        for group in optimizer.param_groups:
            group["lr"] = plan.rate * _schedule(step, plan.steps)
        seen, truth, known = (torch.from_numpy(layer) for layer in pool.batch(plan.batch))
        network.train()
        with torch.autocast("cpu", torch.bfloat16):
            logits = network(_padded(seen))[:, : truth.shape[1], : truth.shape[2]]
        loss = _loss(logits.float(), truth.float(), known.float())
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        _average(average, network, min(AVERAGING, (step + 1) / (step + 10)))
        losses.append(loss.item())
        if (step + 1) % REPORT_EVERY == 0 or step + 1 == plan.steps:
            _save(folder, network, average, optimizer, step + 1)
            tell(
                f"step {step + 1}: loss {np.mean(losses):.3f}, held-out synthetic IoU {_validate(average, judge):.3f}, "
                f"{time.monotonic() - began:.0f} s"
            )
            losses = []


def _filled(pool: ExamplePool) -> ExamplePool:
    for _ in range(START_SCENES):
        pool.grow()
    for _ in range(START_EXAMPLES):
        pool.develop()
    return pool


def _judge() -> tuple[Tensor, Tensor, Tensor]:
    """Photos of people that training never sees."""
    pool = ExamplePool(load_open_head(), VALIDATION_SEED, VALIDATION_SCENES, VALIDATION_EXAMPLES)
    for _ in range(VALIDATION_SCENES):
        pool.grow()
    for _ in range(VALIDATION_EXAMPLES):
        pool.develop()
    seen, truth, known = pool.batch(VALIDATION_EXAMPLES)
    return torch.from_numpy(seen), torch.from_numpy(truth), torch.from_numpy(known)


def _validate(network: HairUNet, judge: tuple[Tensor, Tensor, Tensor]) -> float:
    seen, truth, known = judge
    network.eval()
    with torch.inference_mode():
        found = (network(_padded(seen))[:, : truth.shape[1], : truth.shape[2]] > 0) & known
    union = (found | (truth & known)).sum((1, 2))
    return float(((found & truth).sum((1, 2)) / union.clamp(min=1) + (union == 0)).mean())


def _padded(x: Tensor) -> Tensor:
    return functional.pad(x, (0, -x.shape[-1] % 16, 0, -x.shape[-2] % 16), mode="replicate")


def _loss(logits: Tensor, truth: Tensor, known: Tensor) -> Tensor:
    """Cross entropy and soft Jaccard (1 - IoU) of (N, h, w); what lies outside the photo does not count."""
    pixel = functional.binary_cross_entropy_with_logits(logits, truth, reduction="none")
    share = torch.sigmoid(logits) * known
    truth = truth * known
    both = (share * truth).sum((1, 2))
    jaccard = 1 - (both + 50) / (share.sum((1, 2)) + truth.sum((1, 2)) - both + 50)
    return (pixel * known).sum() / known.sum() + 0.5 * jaccard.mean()


def _schedule(step: int, steps: int) -> float:
    return min(1.0, (step + 1) / WARM_UP) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * step / steps)))


def _average(average: HairUNet, network: HairUNet, keep: float) -> None:
    for mean, now in zip(average.state_dict().values(), network.state_dict().values(), strict=True):
        if mean.is_floating_point():
            mean.mul_(keep).add_(now.detach(), alpha=1 - keep)


def _resume(path: Path, network: HairUNet, average: HairUNet, optimizer: torch.optim.Optimizer) -> int:
    if not path.exists():
        average.load_state_dict(network.state_dict())
        return 0
    state = torch.load(path, weights_only=True)
    network.load_state_dict(state["network"])
    average.load_state_dict(state["average"])
    optimizer.load_state_dict(state["optimizer"])
    return int(state["step"])


def _save(folder: Path, network: HairUNet, average: HairUNet, optimizer: torch.optim.Optimizer, step: int) -> None:
    state = {
        "network": network.state_dict(),
        "average": average.state_dict(),
        "optimizer": optimizer.state_dict(),
        "step": step,
    }
    torch.save(state, folder / "state.pt.new")
    (folder / "state.pt.new").replace(folder / "state.pt")
    save_file({name: value.half() for name, value in folded(average).items()}, folder / "hair_mask.safetensors")
