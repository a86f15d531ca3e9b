# SPDX-License-Identifier: GPL-3.0-or-later
"""Landmarks with the pose taken out: how far each lies from where the mean head's would be."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ...head.model import HeadModel
from ..pose import initial_extrinsics

EMBEDDING = "mediapipe_478"
DETECTOR_NOISE = 0.0008  # metres
ACROSS = [0, 2]  # of a displacement in the head's frame: toward the left ear and up; the depth is not seen


@dataclass(frozen=True)
class Features:
    """displacement (L * 2,): metres across the mean head's face; yaw, pitch: radians of the mean head in the picture."""

    displacement: NDArray
    yaw: float
    pitch: float


def features(model: HeadModel, points: NDArray) -> Features:
    """From (L, 2) landmark pixels relative to the principal point, y down.

    The pose is scaled orthography of the mean head. What it leaves is laid into the head's frame with no part along the line of
    sight, so that a face turned left and right tells the same.
    """
    mean, weights = _mean_landmarks(model)
    pose = initial_extrinsics(mean, points, weights, np.zeros(2), 1.0)
    share = weights / weights.sum()
    seen = points * [1, -1] / pose.scale
    miss = (seen - share @ seen) - (mean - share @ mean) @ pose.rotation[:2].T
    forward = _unrolled(pose.rotation) @ [0.0, -1.0, 0.0]
    displacement = (miss @ pose.rotation[:2])[:, ACROSS]
    yaw = float(np.arctan2(forward[0], forward[2]))
    return Features(displacement.ravel(), yaw, float(np.arcsin(np.clip(forward[1], -1, 1))))


def _unrolled(rotation: NDArray) -> NDArray:
    """The rotation with the head's tilt in the picture taken out."""
    roll = np.arctan2(rotation[1, 0], rotation[0, 0])
    c, s = np.cos(roll), np.sin(roll)
    return np.array([[c, s, 0], [-s, c, 0], [0, 0, 1]]) @ rotation


@lru_cache(maxsize=4)
def _mean_landmarks(model: HeadModel) -> tuple[NDArray, NDArray]:
    """(L, 3) landmarks of the mean head, and how much each counts for the pose."""
    embedding = model.landmarks[EMBEDDING]
    mean = embedding.points(model.shaped(model.shape_mean).astype(np.float64))
    return mean, 1 / (embedding.sigma.astype(np.float64) ** 2 + DETECTOR_NOISE**2)
