# SPDX-License-Identifier: GPL-3.0-or-later
"""The last stage: what the others found, put together as the bundle's Avatar."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from .bundle import Avatar, Hair, HeadMesh
from .emotion.emotion_keys import EmotionKeys, Person, emotion_keys, mirrored_displacement
from .emotion.network import EmotionNetwork
from .emotion.photo_emotion import photo_emotions
from .emotion.shipped import shipped_network
from .face.types import FaceFit
from .head.model import HeadModel
from .photo.types import Photo

NETWORKS = {
    "name": "MediaPipe 0.10.21",
    "licence": "Apache-2.0",
    "what": "face detection, face landmarks and person segmentation",
}
# Coefficients below this are noise of the fit.
SMALLEST_EXPRESSION = 0.01


def assemble_avatar(
    model: HeadModel,
    fit: FaceFit,
    photo: Photo,
    hair: Hair,
    textures: dict[str, Path],
    colors: dict[str, tuple[float, float, float]],
    report: dict[str, object],
    sources: tuple[dict[str, str], ...] = (),
    network: EmotionNetwork | None = None,
) -> Avatar:
    """The avatar with its neutral head; ``report`` gets the warnings and the fit's residual added.

    sources: of the estimator, beside the head model's and the landmark networks'. network: of emotions, ours when None.
    Raises AvatarError ``weights_mixed`` when the network was trained for another head.
    """
    expression = {
        name: round(float(value), 4)
        for name, value in zip(model.expression_names, fit.expression, strict=True)
        if abs(value) > SMALLEST_EXPRESSION
    }
    pose = {
        name: tuple(round(float(angle), 5) for angle in axis)
        for name, axis in zip(model.joints.names, fit.pose, strict=True)
        if np.any(axis)
    }
    keys = emotion_keys(network or shipped_network(model), Person(model, fit.shape, fit.offsets))
    head = neutral_head(model, fit, keys)
    return Avatar(
        name=photo.name,
        head_model=model.name,
        camera=fit.camera,
        head=head,
        hair=hair,
        textures=textures,
        shape=np.asarray(fit.shape, np.float32),
        expression=expression,
        pose=pose,
        photo_emotions=photo_emotions(model, keys, head.photo_delta),
        colors=colors,
        sources=(head_source(model), NETWORKS, *sources),
        report=report
        | {
            "landmark_residual_percent": round(fit.residual, 3),
            "warnings": [*photo.warnings, *fit.warnings],
        },
    )


def head_source(model: HeadModel) -> dict[str, str]:
    """What the bundle says about where its head comes from."""
    source = {"name": model.name, "licence": model.licence, "what": model.source}
    return source | ({"use": model.use} if model.use else {})


def neutral_head(model: HeadModel, fit: FaceFit, emotions: EmotionKeys) -> HeadMesh:
    """The fitted person's head at rest, with shape keys, emotions and skeleton."""
    in_photo = photo_delta(model, fit)
    return replace(
        still_head(model, model.shaped(fit.shape, None, fit.offsets).astype(np.float32)),
        key_names=model.expression_names[model.sliders],
        key_deltas=model.expression_basis[model.sliders],
        emotion_names=emotions.names,
        emotion_levels=emotions.levels,
        emotion_deltas=emotions.deltas,
        mirrored_emotions=emotions.mirrored,
        mirrored_deltas=emotions.mirrored_deltas,
        emotion_pairs=emotions.pairs,
        pair_deltas=emotions.pair_deltas,
        photo_delta=in_photo,
        mirrored_photo_delta=mirrored_displacement(model, in_photo),
    )


def still_head(model: HeadModel, vertices: np.ndarray) -> HeadMesh:
    """A head of the model with (V, 3) vertices and its skeleton, without shape keys and emotions."""
    surface, joints = model.surface, model.joints
    return HeadMesh(
        vertices=vertices,
        faces=surface.faces,
        face_parts=surface.face_parts,
        part_names=surface.part_names,
        uv=surface.uv,
        uv_faces=surface.uv_faces,
        key_names=(),
        key_deltas=np.zeros((0, *vertices.shape), np.float32),
        emotion_names=(),
        emotion_levels=np.zeros(0, np.float32),
        emotion_deltas=np.zeros((0, 0, *vertices.shape), np.float32),
        photo_delta=np.zeros_like(vertices),
        joint_names=joints.names,
        joint_parents=joints.parents,
        joint_positions=(joints.regressor @ vertices).astype(np.float32),
        skin_weights=joints.weights,
        scalp_uv=model.scalp_uv,
        masks=model.masks,
        landmark_vertices={name: embedding.vertices for name, embedding in model.landmarks.items()},
        landmark_barycentric={name: embedding.barycentric for name, embedding in model.landmarks.items()},
    )


def photo_delta(model: HeadModel, fit: FaceFit) -> np.ndarray:
    """(V, 3) float32 metres from the neutral face to the photo's expression."""
    return (np.tensordot(fit.expression, model.expression_basis, 1) + fit.photo_offsets).astype(np.float32)
