# SPDX-License-Identifier: GPL-3.0-or-later
"""Training of the hair networks: resumable, logged, on a CPU small and on a GPU at full size."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ...errors import AvatarError
from ...head.open_head import load_open_head
from ..head_surface import prepare_head
from ..scalp import grid_roots
from .augment import augmented, encoded
from .dataset import VIEWS, Samples
from .grid import POINTS, SIZE, grid_frames, mirrored_cells
from .improved import ImprovedHairNet
from .losses import Collision, Weights, strand_losses
from .original import OriginalHairNet
from .output import StrandBasis

COLLISION_STEP = 5  # of the points of a strand, every fifth is tested against the head
BASIS_STRANDS = 60000
SAVE_SECONDS = 120.0


@dataclass(frozen=True)
class Plan:
    """What to train. shape: "improved" or "original"; size: pixels, 256 or 128; width: factor of the channels.

    components: of the strand basis, 0 for free points; correct: with the Conv3D block behind the basis. minutes: stop then, 0 for all
    epochs. The learning rate is halved at half of the epochs, or falls to nothing along a cosine when the minutes are the limit.
    """

    shape: str = "improved"
    size: int = 256
    width: float = 1.0
    components: int = 0
    correct: bool = True
    epochs: int = 500
    minutes: float = 0.0
    batch: int = 32
    rate: float = 1e-4
    seed: int = 0
    half_precision: bool = False
    weights: Weights = field(default_factory=Weights)


@dataclass(frozen=True)
class Scale:
    """Network units: (4,) deviations of x, y, z (one for all three) and curliness, by which the targets are divided."""

    values: NDArray

    def units(self, channels: NDArray) -> NDArray:
        """(..., 4) metres and curliness -> network units."""
        return (channels / self.values).astype(np.float32)


def build(plan: Plan, basis: tuple[NDArray, NDArray] | None) -> nn.Module:
    """The network of a plan; basis: mean (400,) and components (K, 400) in network units."""
    if plan.shape not in ("improved", "original") or plan.size not in (128, 256):
        raise AvatarError("request_invalid", "A hair network is improved or original, for maps of 128 or 256 pixels.")
    last = None if basis is None else StrandBasis(torch.tensor(basis[0]), torch.tensor(basis[1]), plan.correct)
    if plan.shape == "improved":
        return ImprovedHairNet(plan.size, plan.width, basis=last)
    return OriginalHairNet(plan.size, plan.width, basis=last)


def strand_basis(samples: Samples, scale: Scale, components: int) -> tuple[NDArray, NDArray]:
    """Mean and principal components of the data set's strands, network units."""
    random = np.random.default_rng(0)
    styles = np.sort(random.choice(len(samples.targets), min(len(samples.targets), 400), replace=False))
    strands = np.concatenate([scale.units(samples.targets[k][samples.filled[k]][::4]) for k in styles])
    strands = strands.reshape(len(strands), -1)[:BASIS_STRANDS]
    mean = strands.mean(0)
    _, vectors = np.linalg.eigh(np.cov(strands - mean, rowvar=False))
    basis = vectors[:, ::-1][:, :components].T
    # Components of about unit deviation, so that the network's coefficients are alike.
    basis = basis * ((strands - mean) @ basis.T).std(0)[:, None]
    return mean.astype(np.float32), np.ascontiguousarray(basis, np.float32)


def measured_scale(samples: Samples) -> Scale:
    """Deviations of positions and curliness over a part of the data."""
    some = np.concatenate([samples.targets[k][samples.filled[k]] for k in range(0, len(samples.targets), 20)])
    position = float(np.sqrt((some[..., :3].astype(np.float64) ** 2).mean()))
    return Scale(np.array([position] * 3 + [float(some[..., 3].astype(np.float64).std())], np.float32))


class Batches:
    """Random, disturbed, half of the time mirrored samples as tensors."""

    def __init__(self, samples: Samples, cells: NDArray, scale: Scale, plan: Plan, device: str) -> None:
        self._samples, self._scale, self._plan, self._device = samples, scale, plan, device
        self._mirror = mirrored_cells(cells)
        self._random = np.random.default_rng(plan.seed)

    def __len__(self) -> int:
        return -(-len(self._samples.angles) // self._plan.batch)

    def epoch(self) -> Iterator[tuple[Tensor, ...]]:
        """Tuples maps (B, 3, S, S), target (B, C, 100, 4) in network units, visible (B, C, 100), filled (B, C)."""
        order = self._random.permutation(len(self._samples.angles))
        for start in range(0, len(order), self._plan.batch):
            yield self.take(np.sort(order[start : start + self._plan.batch]), disturbed=True)

    def take(self, views: NDArray, disturbed: bool = False) -> tuple[Tensor, ...]:
        """The samples of the given views."""
        angles, kinds = self._samples.angles[views], self._samples.kinds[views]
        target = self._samples.targets[views // VIEWS].astype(np.float32)
        filled, visible = self._samples.filled[views // VIEWS], self._samples.visible_of(views)
        angles, kinds, visible, filled = (np.array(part) for part in (angles, kinds, visible, filled))
        if disturbed:
            for k in range(len(views)):
                angles[k], kinds[k] = augmented(angles[k], kinds[k], self._random)
                if self._random.random() < 0.5:
                    angles[k], kinds[k] = (-angles[k].astype(np.int64) & 255)[:, ::-1], kinds[k][:, ::-1]
                    target[k] = target[k][self._mirror] * [-1, 1, 1, 1]
                    visible[k], filled[k] = visible[k][self._mirror], filled[k][self._mirror]
        maps = shrunk_maps(encoded(angles, kinds), self._plan.size)
        arrays = (maps, self._scale.units(target), visible, filled)
        return tuple(torch.from_numpy(np.ascontiguousarray(part)).to(self._device) for part in arrays)


def shrunk_maps(maps: NDArray, size: int) -> NDArray:
    """Coded maps (B, 3, S, S) at ``size`` pixels: every second pixel, since averages of the coding are no directions."""
    step = maps.shape[-1] // size
    return maps[:, :, step // 2 :: step, step // 2 :: step]


def on_cells(answer: Tensor, cells: NDArray) -> Tensor:
    """(B, 100, 4, 32, 32) -> (B, C, 100, 4)."""
    flat = answer.reshape(len(answer), POINTS, 4, SIZE * SIZE)
    return flat[..., torch.as_tensor(cells, device=answer.device)].permute(0, 3, 1, 2)


def scalp_cells() -> NDArray:
    """(C,) flat numbers of the open head's grid cells that lie on the scalp."""
    return grid_roots(load_open_head(), SIZE)[1]


def train(samples: Samples, plan: Plan, folder: Path, device: str, tell: Callable[[dict[str, float]], None]) -> None:
    """Train into ``folder``: ``log.jsonl``, ``state.pt`` to resume from; progress is told every two minutes.

    Raises AvatarError when the folder holds another plan.
    """
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(plan.seed)
    head = prepare_head(load_open_head(), load_open_head().template)
    grid = grid_frames(head)
    scale = measured_scale(samples)
    basis = strand_basis(samples, scale, plan.components) if plan.components else None
    network = build(plan, basis).to(device)
    optimizer = torch.optim.Adam(network.parameters(), plan.rate)
    batches, collision = Batches(samples, grid.cells, scale, plan, device), Collision(head, grid, device)
    meter, scales = torch.tensor(scale.values[:3], device=device), scale.values.tolist()
    progress = _resumed(folder, plan, network, optimizer)
    began, saved = time.monotonic() - progress["seconds"], time.monotonic()
    sums: list[list[float]] = []
    for epoch in range(progress["epoch"], plan.epochs):
        for maps, target, visible, filled in batches.epoch():
            progress["seconds"] = time.monotonic() - began
            _set_rate(optimizer, plan, epoch, progress["seconds"])
            network.train()
            kind = device.split(":")[0]
            with torch.autocast(kind, torch.bfloat16, enabled=plan.half_precision):
                answer = network(maps)
            answer = on_cells(answer.float(), grid.cells)
            position, curvature = strand_losses(answer, target, visible, filled, plan.weights)
            hit = collision.loss(answer[:, :, ::COLLISION_STEP, :3] * meter, filled)
            loss = position + plan.weights.curvature * curvature + plan.weights.collision * hit
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            sums.append([position.item(), curvature.item(), hit.item()])
            progress["steps"] += 1
            over = bool(plan.minutes) and progress["seconds"] > 60 * plan.minutes
            if over or time.monotonic() - saved > SAVE_SECONDS:
                progress["epoch"] = epoch
                tell(_save(folder, plan, scales, network, optimizer, progress, np.mean(sums, 0).tolist()))
                saved, sums = time.monotonic(), []
            if over:
                return
    progress["epoch"] = plan.epochs
    tell(_save(folder, plan, scales, network, optimizer, progress, np.mean(sums or [[0.0] * 3], 0).tolist()))


def load_trained(folder: Path, device: str = "cpu") -> tuple[nn.Module, Scale, Plan]:
    """The network of a training folder, ready to answer. Raises AvatarError."""
    try:
        state = torch.load(folder / "state.pt", map_location=device, weights_only=True)
    except (OSError, RuntimeError) as error:
        raise AvatarError("request_invalid", f"{folder} holds no trained hair network ({error}).") from error
    plan = _plan(state["plan"])
    network = build(plan, _empty_basis(plan))
    network.load_state_dict(state["network"])
    return network.to(device).eval(), Scale(np.array(state["scale"], np.float32)), plan


def _plan(table: dict[str, object]) -> Plan:
    return Plan(**table | {"weights": Weights(**table["weights"])})


def _empty_basis(plan: Plan) -> tuple[NDArray, NDArray] | None:
    if not plan.components:
        return None
    return np.zeros(4 * POINTS, np.float32), np.zeros((plan.components, 4 * POINTS), np.float32)


def _set_rate(optimizer: torch.optim.Optimizer, plan: Plan, epoch: int, seconds: float) -> None:
    if plan.minutes:
        share = min(seconds / (60 * plan.minutes), 1.0)
        rate = plan.rate * 0.5 * (1 + np.cos(np.pi * share))
    else:
        rate = plan.rate * (0.5 if epoch * 2 >= plan.epochs else 1.0)
    for group in optimizer.param_groups:
        group["lr"] = float(rate)


def _resumed(folder: Path, plan: Plan, network: nn.Module, optimizer: torch.optim.Optimizer) -> dict[str, float]:
    path = folder / "state.pt"
    if not path.exists():
        return {"epoch": 0, "steps": 0, "seconds": 0.0}
    state = torch.load(path, weights_only=True)
    if state["plan"] != asdict(plan):
        raise AvatarError("output_exists", f"{folder} holds a network trained to another plan: choose a new folder.")
    network.load_state_dict(state["network"])
    optimizer.load_state_dict(state["optimizer"])
    return state["progress"]


def _save(
    folder: Path,
    plan: Plan,
    scale: list[float],
    network: nn.Module,
    optimizer: torch.optim.Optimizer,
    progress: dict[str, float],
    losses: list[float],
) -> dict[str, float]:
    state = {
        "plan": asdict(plan),
        "scale": scale,
        "network": network.state_dict(),
        "optimizer": optimizer.state_dict(),
        "progress": dict(progress),
    }
    torch.save(state, folder / "state.tmp")
    (folder / "state.tmp").replace(folder / "state.pt")
    line = dict(progress) | dict(zip(("position", "curvature", "collision"), losses, strict=True))
    with (folder / "log.jsonl").open("a", encoding="utf-8") as log:
        log.write(json.dumps(line) + "\n")
    return line
