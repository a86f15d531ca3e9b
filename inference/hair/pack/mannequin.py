# SPDX-License-Identifier: GPL-3.0-or-later
"""The mean head without a photo, as a bundle: it wears the hairstyles in their pictures."""

from __future__ import annotations

import numpy as np

from ...bundle import Avatar, Camera, Hair, HairColor, HeadMesh
from ...head.model import HeadModel

NAME = "mannequin"
# A shop's mannequin: of one colour, without eyes.
CLAY = (0.5, 0.36, 0.29)
BROWN = HairColor((0.085, 0.043, 0.022), 0.72, 0.4)


def mannequin(model: HeadModel) -> Avatar:
    """The template, bald, without shape keys and pictures; its next hairstyle will be brown."""
    vertices = model.template.astype(np.float32)
    surface, joints = model.surface, model.joints
    none = np.zeros((0, *vertices.shape), np.float32)
    head = HeadMesh(
        vertices=vertices,
        faces=surface.faces,
        face_parts=surface.face_parts,
        part_names=surface.part_names,
        uv=surface.uv,
        uv_faces=surface.uv_faces,
        key_names=(),
        key_deltas=none,
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
    bald = Hair(
        "bald",
        np.zeros((0, 8, 3), np.float32),
        np.zeros((0, 3), np.int32),
        np.zeros((0, 3), np.float32),
        1e-4,
        0,
        BROWN,
    )
    return Avatar(
        name=NAME,
        head_model=model.name,
        camera=_camera(),
        head=head,
        hair=bald,
        textures={},
        shape=np.zeros(1, np.float32),
        expression={},
        pose={},
        colors={"skin": CLAY, "eyes": CLAY, "lashes": CLAY},
        sources=({"name": model.name, "licence": model.licence, "what": model.source},),
    )


def _camera() -> Camera:
    matrix = np.eye(4)
    matrix[:3, :3] = np.array([(1.0, 0, 0), (0, 0, -1), (0, 1, 0)])
    matrix[1, 3] = -1.2
    return Camera(matrix, focal_px=1200.0, center_px=(256.0, 256.0), width=512, height=512)
