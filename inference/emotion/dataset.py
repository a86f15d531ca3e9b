# SPDX-License-Identifier: GPL-3.0-or-later
"""What an emotion network is trained on."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np

POSE_SIZE = 6


@dataclass(frozen=True)
class Dataset:
    """Pictures as numbers.

    sliders (n, M) in [0, 1], in the order of ``emotions``; shape (n, S); expression (n, E), in the order of ``expressions``, names of a
    head's directions; subject (n,) names.
    pose (n, 6) axis-angle in radians: the turn of the root joint, then of the jaw (see ``network.py``).
    """

    emotions: tuple[str, ...]
    expressions: tuple[str, ...]
    sliders: np.ndarray
    shape: np.ndarray
    expression: np.ndarray
    pose: np.ndarray
    subject: np.ndarray

    def __len__(self) -> int:
        return len(self.sliders)

    @property
    def targets(self) -> np.ndarray:
        """(n, E + 6)"""
        return np.concatenate([self.expression, self.pose], 1)

    def taken(self, rows: np.ndarray) -> Dataset:
        """The chosen pictures."""
        chosen = {
            f.name: getattr(self, f.name)[rows] for f in fields(self) if f.name not in ("emotions", "expressions")
        }
        return replace(self, **chosen)


def split_by_subject(dataset: Dataset, validation: float, seed: int) -> tuple[Dataset, Dataset]:
    """Training and validation part; nobody is in both. With one subject alone everything is trained on."""
    subjects = np.unique(dataset.subject)
    count = min(max(round(validation * len(subjects)), 1), len(subjects) - 1)
    held_out = np.random.default_rng(seed).permutation(subjects)[:count]
    outside = np.isin(dataset.subject, held_out)
    return dataset.taken(~outside), dataset.taken(outside)
