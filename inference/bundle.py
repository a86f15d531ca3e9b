# SPDX-License-Identifier: GPL-3.0-or-later
"""The avatar bundle: the only way data passes from inference to Blender (contract; stdlib and numpy only).

A folder (or the same folder zipped) with ``avatar.json``, ``head.npz``, ``hair.npz`` and the PNG/JPEG pictures named in ``textures``.
Positions are metres, Z up, the face looks to -Y, the subject's left is +X.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

SCHEMA_NAME = "portrait-avatar-bundle"
SCHEMA_VERSION = 1
# Range of a displacement picture (16 bit grey) in metres; its middle is no displacement.
DISPLACEMENT_SPAN = 0.025


@dataclass(frozen=True)
class Camera:
    """A pinhole camera in the bundle's frame.

    matrix_world: (4, 4) camera-to-world in Blender's convention (the camera looks along its -Z, +Y is up).
    focal_px:     focal length in pixels of the photo (square pixels).
    center_px:    principal point (x right, y down) in pixels of the photo.
    width, height: the photo's size in pixels.
    """

    matrix_world: np.ndarray
    focal_px: float
    center_px: tuple[float, float]
    width: int
    height: int


@dataclass(frozen=True)
class HeadMesh:
    """The person's neutral head and everything that deforms it.

    vertices (V,3) f32; faces, uv_faces (F,4) i32 (-1 fourth = triangle); uv (T,2) f32; face_parts (F,) u8 into part_names.
    key_names / key_deltas (K,V,3) f32: shape keys, ARKit names, range 0..1.
    emotion_names / emotion_levels (N,) f32 ending in 1.0 / emotion_deltas (M,N,V,3) f32: displacement of each emotion at each slider level;
    between levels, and from 0 to the first level, it is linear in the emotion's share u = slider / max(1, length of the slider vector).
    mirrored_emotions (names among emotion_names) / mirrored_deltas (A,N,V,3) f32: one-sided emotions on the other side; a side s in [0, 1]
    gives (1 - s) of the share to emotion_deltas and s to mirrored_deltas.
    emotion_pairs (P,2) i32 / pair_deltas (P,V,3) f32: what two emotions together add, times 2 u_a u_b; index M + a is mirrored emotion a.
    photo_delta (V,3) f32: displacement from the neutral face to the face as it is in the photo (without pose).
    mirrored_photo_delta (V,3) f32, or empty: the same with left and right exchanged.
    joint_names, joint_parents, joint_positions (J,3) f32, skin_weights (V,J) f32.
    scalp_uv (V,2) f32, NaN off the scalp; masks: name -> (V,) f32.
    landmark_vertices / landmark_barycentric: name -> (L,3) i32 / (L,3) f32.
    """

    vertices: np.ndarray
    faces: np.ndarray
    face_parts: np.ndarray
    part_names: tuple[str, ...]
    uv: np.ndarray
    uv_faces: np.ndarray
    key_names: tuple[str, ...]
    key_deltas: np.ndarray
    emotion_names: tuple[str, ...]
    emotion_levels: np.ndarray
    emotion_deltas: np.ndarray
    photo_delta: np.ndarray
    joint_names: tuple[str, ...]
    joint_parents: tuple[int, ...]
    joint_positions: np.ndarray
    skin_weights: np.ndarray
    scalp_uv: np.ndarray
    masks: dict[str, np.ndarray]
    landmark_vertices: dict[str, np.ndarray]
    landmark_barycentric: dict[str, np.ndarray]
    mirrored_emotions: tuple[str, ...] = ()
    mirrored_deltas: np.ndarray = field(default_factory=lambda: np.zeros((0, 0, 0, 3), np.float32))
    emotion_pairs: np.ndarray = field(default_factory=lambda: np.zeros((0, 2), np.int32))
    pair_deltas: np.ndarray = field(default_factory=lambda: np.zeros((0, 0, 3), np.float32))
    mirrored_photo_delta: np.ndarray = field(default_factory=lambda: np.zeros((0, 3), np.float32))


@dataclass(frozen=True)
class HairColor:
    """Colour of the hair: linear sRGB (3,), and the Principled Hair BSDF's melanin and melanin redness in [0, 1]."""

    linear_rgb: tuple[float, float, float]
    melanin: float
    redness: float
    roughness: float = 0.3


@dataclass(frozen=True)
class Hair:
    """Guide strands in the bundle's frame.

    points (N,P,3) f32, root first; root_vertices (N,3) i32 and root_barycentric (N,3) f32: where each root sits on the neutral head;
    radius: metres at the root; strands: how many strands the guides stand for.
    An empty hairstyle (bald) has N = 0.
    """

    style: str
    points: np.ndarray
    root_vertices: np.ndarray
    root_barycentric: np.ndarray
    radius: float
    strands: int
    color: HairColor


@dataclass(frozen=True)
class Avatar:
    """Everything a bundle holds.

    textures: role -> picture file relative to the bundle ("photo", "skin", "eye"; from DECA "normal" (tangent space), "displacement" and
    "albedo", all over the skin's chart; more may come).
    expression: ARKit name -> value seen in the photo. pose: joint name -> axis-angle seen in the photo.
    photo_emotions: emotion -> slider value in [0, 1] nearest to the photo's expression.
    colors: part -> linear sRGB of parts without a texture ("lips", "teeth", "lashes", ...).
    sources: [{"name", "licence", "what"}], one per model or file that made it, with "use": "non-commercial" where its
    makers allow no other; report: measured figures and warnings.
    """

    name: str
    head_model: str
    camera: Camera
    head: HeadMesh
    hair: Hair
    textures: dict[str, Path]
    shape: np.ndarray
    expression: dict[str, float]
    pose: dict[str, tuple[float, float, float]]
    colors: dict[str, tuple[float, float, float]] = field(default_factory=dict)
    sources: tuple[dict[str, str], ...] = ()
    report: dict[str, object] = field(default_factory=dict)
    photo_emotions: dict[str, float] = field(default_factory=dict)
