# SPDX-License-Identifier: GPL-3.0-or-later
"""Judging hair networks on held-out styles, against taking the nearest training style."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from .augment import HAIR, augmented, encoded
from .dataset import VIEWS, Samples
from .training import Plan, Scale, on_cells, shrunk_maps

SMALL = 32  # pixels of the maps that retrieval compares
STRIDE = 9  # points between which a direction is taken


@dataclass(frozen=True)
class Verdict:
    """Means over held-out views. point, visible: mm between predicted and true points (root-relative) of all and of seen points;

    degrees: between the directions of strands in space.
    """

    point: float
    visible: float
    degrees: float


def judge_network(network: nn.Module, scale: Scale, plan: Plan, samples: Samples, cells: NDArray) -> Verdict:
    """A network on all views of the held-out part, disturbed as photos' maps are."""
    verdicts = []
    for view in range(len(samples.angles)):
        maps = shrunk_maps(encoded(*(part[None] for part in _disturbed(samples, view))), plan.size)
        with torch.inference_mode():
            answer = on_cells(network(torch.from_numpy(np.ascontiguousarray(maps))), cells)[0].numpy()
        verdicts.append(_errors((answer * scale.values)[..., :3], samples, view))
    return Verdict(*np.mean(verdicts, 0))


def judge_retrieval(training: Samples, samples: Samples) -> Verdict:
    """The strands of the training view whose map looks most alike, for every held-out view."""
    known = np.stack([_feature(training.angles[k], training.kinds[k]) for k in range(len(training.angles))])
    squared = (known**2).sum(1)
    verdicts = []
    for view in range(len(samples.angles)):
        query = _feature(*_disturbed(samples, view))
        best = int(np.argmin(squared - 2 * known @ query))
        verdicts.append(_errors(training.targets[best // VIEWS][..., :3].astype(np.float32), samples, view))
    return Verdict(*np.mean(verdicts, 0))


def judge_mean(training: Samples, samples: Samples) -> Verdict:
    """What the mean of all training strands would get: the line any method has to beat."""
    picked = range(0, len(training.targets), 5)
    total = np.sum(
        [training.targets[k][..., :3].astype(np.float32) * training.filled[k][:, None, None] for k in picked], 0
    )
    count = np.sum([training.filled[k] for k in picked], 0)
    mean = total / np.maximum(count, 1)[:, None, None]
    return Verdict(*np.mean([_errors(mean, samples, view) for view in range(len(samples.angles))], 0))


def _disturbed(samples: Samples, view: int) -> tuple[NDArray, NDArray]:
    random = np.random.default_rng([5, view])
    return augmented(np.array(samples.angles[view]), np.array(samples.kinds[view]), random)


def _errors(answer: NDArray, samples: Samples, view: int) -> tuple[float, float, float]:
    filled = samples.filled[view // VIEWS]
    truth = samples.targets[view // VIEWS][..., :3].astype(np.float32)
    visible = samples.visible_of(np.array([view]))[0] & filled[:, None]
    apart = 1000 * np.linalg.norm(answer - truth, axis=-1)
    first, second = (np.diff(strands[filled][:, ::STRIDE], axis=1) for strands in (answer, truth))
    lengths = np.linalg.norm(first, axis=-1) * np.linalg.norm(second, axis=-1)
    cosine = (first * second).sum(-1) / np.maximum(lengths, 1e-12)
    degrees = np.degrees(np.arccos(np.clip(cosine, -1, 1)))
    return float(apart[filled].mean()), float(apart[visible].mean()) if visible.any() else 0.0, float(degrees.mean())


def _feature(angles: NDArray, kinds: NDArray) -> NDArray:
    """A map as a vector: hair, body and double angles on a small grid."""
    hair = (kinds == HAIR).astype(np.float32)
    double = angles.astype(np.float32) * np.float32(2 * np.pi / 256)
    layers = np.dstack([hair, (kinds == 1).astype(np.float32), np.cos(double) * hair, np.sin(double) * hair])
    return cv2.resize(layers, (SMALL, SMALL), interpolation=cv2.INTER_AREA).ravel()
