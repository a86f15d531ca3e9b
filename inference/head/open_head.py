# SPDX-License-Identifier: GPL-3.0-or-later
"""Loads the open head, which ships with this package (see data/SOURCE.md and the build package).

The origin is the midpoint between the eyeball centres of the average adult.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .arkit import expression_prior
from .landmark_sets import derived_sets
from .model import HeadModel, Joints, LandmarkEmbedding, Surface

DATA = Path(__file__).parent / "data"
HEAD_FILE = DATA / "open_head.npz"
SOFT_STEP = 5e-6  # metres; soft displacements are stored as whole multiples
LANDMARKS_FILE = DATA / "open_head_landmarks.npz"


@lru_cache(maxsize=1)
def load_open_head() -> HeadModel:
    """The open head; the same object on every call. Treat its arrays as read-only."""
    with np.load(HEAD_FILE, allow_pickle=False) as archive:
        data = {name: archive[name] for name in archive.files}
    shape_names = tuple(data["shape_names"].tolist())
    directions = _directions(data)
    weights = data["skin_weights"].astype(np.float32)
    return HeadModel(
        name="open-head",
        licence="CC0-1.0",
        source="MakeHuman base mesh, targets and face units (CC0)",
        template=data["template"],
        shape_basis=directions[: len(shape_names)],
        shape_names=shape_names,
        shape_mean=data["shape_mean"],
        shape_deviation=data["shape_deviation"],
        expression_basis=directions[len(shape_names) :],
        expression_names=tuple(data["expression_names"].tolist()),
        expression_prior=expression_prior(tuple(data["expression_names"].tolist())),
        pose_basis=np.zeros((0, len(data["template"]), 3), np.float32),
        joints=Joints(
            tuple(data["joint_names"].tolist()),
            tuple(data["joint_parents"].tolist()),
            data["joint_regressor"].astype(np.float32),
            weights / weights.sum(1, keepdims=True),
        ),
        surface=Surface(
            data["faces"].astype(np.int32),
            data["face_parts"],
            tuple(data["part_names"].tolist()),
            data["uv"],
            data["uv_faces"].astype(np.int32),
        ),
        scalp_uv=data["scalp_uv"],
        masks={name[5:]: mask.astype(np.float32) for name, mask in data.items() if name.startswith("mask_")},
        landmarks=_landmarks(),
    )


def _directions(data: dict[str, NDArray]) -> NDArray:
    """(D, V, 3) float32: soft vertices are stored as they are, stiff pieces (eyes, teeth) as one affine map each."""
    template, group, soft, affine = data["template"], data["group"], data["soft"], data["affine"]
    directions = np.empty((len(soft), *template.shape), np.float32)
    ends = np.r_[np.flatnonzero(np.diff(group)) + 1, len(group)]
    start = taken = 0
    for end in ends:
        if group[start] < 0:
            count = end - start
            np.multiply(
                soft[:, :, taken : taken + count].transpose(0, 2, 1), np.float32(SOFT_STEP), directions[:, start:end]
            )
            taken += count
        else:
            stiff = affine[:, group[start]]
            directions[:, start:end] = template[start:end] @ stiff[:, :3] + stiff[:, 3:]
        start = end
    return directions


def save_landmarks(embedding: LandmarkEmbedding) -> None:
    """Stores MediaPipe's 478 landmarks on the open head; see inference/head/correspondence."""
    np.savez_compressed(
        LANDMARKS_FILE,
        vertices=embedding.vertices.astype(np.int16),
        barycentric=embedding.barycentric.astype(np.float32),
        sigma=embedding.sigma.astype(np.float32),
    )


def _landmarks() -> dict[str, LandmarkEmbedding]:
    """All landmark sets; none while the head is new and its landmarks have not been measured."""
    if not LANDMARKS_FILE.exists():
        return {}
    with np.load(LANDMARKS_FILE, allow_pickle=False) as archive:
        measured = LandmarkEmbedding(archive["vertices"].astype(np.int32), archive["barycentric"], archive["sigma"])
    return derived_sets(measured)
