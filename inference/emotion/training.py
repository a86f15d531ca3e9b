# SPDX-License-Identifier: GPL-3.0-or-later
"""Training an emotion network with PyTorch, and what it is compared with."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from .blendable import MIXTURES, not_blendable, random_mixtures
from .dataset import POSE_SIZE, Dataset
from .emotion_keys import LEVELS
from .network import EmotionNetwork, ShapeInput

# Pictures of one step; few pictures are taken in smaller parts, so that an epoch has this many steps at least.
BATCH, STEPS = 1024, 16


@dataclass(frozen=True)
class TrainingOptions:
    """hidden: width of each hidden layer. alpha, beta: weights of the jaw's (the thesis' neck) and of the root's (global) turn; the latter
    is learned but never shown (``emotion_keys.py``).

    smoothness: weight of what sliders could not blend of the network's answers to random mixtures.
    """

    hidden: tuple[int, ...] = (48, 48)
    epochs: int = 120
    learning_rate: float = 3e-3
    alpha: float = 1.0
    beta: float = 0.1
    smoothness: float = 0.4
    seed: int = 0


def train_network(
    head: str,
    dataset: Dataset,
    shape_input: ShapeInput,
    reach: NDArray,
    options: TrainingOptions,
    progress: Callable[[int, float], None],
) -> EmotionNetwork:
    """Minimise the weighted L1 loss, and what sliders cannot follow, by Adam with a cosine schedule.

    reach (E,): how far each expression moves the face, for the latter. ``progress`` hears (epoch, loss of its training pictures).
    """
    import torch  # here, because reading and evaluating networks must not need it

    torch.manual_seed(options.seed)
    torch.set_num_threads(1)
    empty = EmotionNetwork(head, dataset.emotions, dataset.expressions, shape_input, ())
    inputs = torch.from_numpy(np.ascontiguousarray(empty.inputs(dataset.sliders, dataset.shape), np.float32))
    targets = torch.from_numpy(dataset.targets.astype(np.float32))
    sizes = (inputs.shape[1], *options.hidden, targets.shape[1])
    linear = [torch.nn.Linear(a, b) for a, b in itertools.pairwise(sizes)]
    steps = [module for layer in linear[:-1] for module in (layer, torch.nn.ReLU())]
    network = torch.nn.Sequential(*steps, linear[-1])
    weights = torch.from_numpy(loss_weights(targets.shape[1], options.alpha, options.beta))
    share = torch.from_numpy(np.append(reach / reach.sum(), np.zeros(POSE_SIZE)).astype(np.float32))
    random = np.random.default_rng(options.seed)
    batch = min(max(len(inputs) // STEPS, 1), BATCH)
    optimizer = torch.optim.Adam(network.parameters(), lr=options.learning_rate)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, options.epochs)
    for epoch in range(options.epochs):
        total = 0.0
        mixtures = random_mixtures(random, MIXTURES, len(dataset.emotions))
        residual = torch.from_numpy(not_blendable(mixtures, LEVELS).astype(np.float32))
        for rows in torch.randperm(len(inputs)).split(batch):
            loss = ((network(inputs[rows]) - targets[rows]).abs() * weights).sum(1).mean()
            someone = dataset.shape[random.integers(len(dataset))]
            answers = network(torch.from_numpy(empty.inputs(mixtures, someone).astype(np.float32)))
            rough = ((residual @ answers).abs() * share).sum(1).mean()
            optimizer.zero_grad()
            (loss + options.smoothness * rough).backward()
            optimizer.step()
            total += float(loss.detach()) * len(rows)
        schedule.step()
        progress(epoch, total / len(inputs))
    layers = tuple((layer.weight.detach().numpy().copy(), layer.bias.detach().numpy().copy()) for layer in linear)
    return replace(empty, layers=layers)


def loss_weights(outputs: int, alpha: float, beta: float) -> NDArray:
    """(E + 6,) float32: the mean over the expression, plus beta times that over the root's turn, plus alpha times that over the jaw's."""
    expression = outputs - POSE_SIZE
    parts = [np.full(expression, 1 / expression), np.full(3, beta / 3), np.full(3, alpha / 3)]
    return np.concatenate(parts).astype(np.float32)


def linear_regression(train: Dataset, shape_input: ShapeInput) -> Callable[[Dataset], NDArray]:
    """The baseline: least squares from sliders (and shape) with a constant to the targets, with a trace of ridge."""

    def inputs(dataset: Dataset) -> NDArray:
        parts = [np.ones((len(dataset), 1)), dataset.sliders]
        if len(shape_input):
            parts.append(shape_input.scaled(dataset.shape))
        return np.concatenate(parts, 1).astype(np.float64)

    a = inputs(train)
    solution = np.linalg.solve(a.T @ a + 1e-3 * np.eye(a.shape[1]), a.T @ train.targets)
    return lambda dataset: inputs(dataset) @ solution


def errors(dataset: Dataset, predicted: NDArray) -> dict[str, float]:
    """Mean absolute error of the expression coefficients, and of both turns in radians."""
    missed = np.abs(predicted - dataset.targets)
    size = dataset.expression.shape[1]
    return {
        "expression": float(missed[:, :size].mean()),
        "root": float(missed[:, size : size + 3].mean()),
        "jaw": float(missed[:, size + 3 :].mean()),
    }
