# SPDX-License-Identifier: GPL-3.0-or-later
"""A small avatar that has something of everything a bundle can hold."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from inference.bundle import Avatar, Camera, Hair, HairColor, HeadMesh


@pytest.fixture(scope="session", autouse=True)
def _own_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Tests neither read nor change what the person at this computer has set up."""
    folder = tmp_path_factory.mktemp("portrait_avatar")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PORTRAIT_AVATAR_CACHE", str(folder / "cache"))
        patch.setenv("PORTRAIT_AVATAR_WEIGHTS", str(folder / "weights.json"))
        yield


@pytest.fixture
def small_avatar(tmp_path: Path) -> Avatar:
    """Twelve vertices, a quad and a triangle, two strands, two textures."""
    random = np.random.default_rng(7)
    scalp_uv = np.full((12, 2), np.nan, np.float32)
    scalp_uv[:4] = random.random((4, 2))
    weights = random.random((12, 2)).astype(np.float32)
    head = HeadMesh(
        vertices=random.normal(0, 0.1, (12, 3)).astype(np.float32),
        faces=np.array([[0, 1, 2, 3], [4, 5, 6, -1]], np.int32),
        face_parts=np.array([0, 1], np.uint8),
        part_names=("skin", "teeth"),
        uv=random.random((9, 2)).astype(np.float32),
        uv_faces=np.array([[0, 1, 2, 3], [4, 5, 6, -1]], np.int32),
        key_names=("jawOpen", "eyeBlinkLeft"),
        key_deltas=random.normal(0, 0.01, (2, 12, 3)).astype(np.float32),
        emotion_names=("happiness", "contempt"),
        emotion_levels=np.array([0.5, 1.0], np.float32),
        emotion_deltas=random.normal(0, 0.01, (2, 2, 12, 3)).astype(np.float32),
        photo_delta=random.normal(0, 0.001, (12, 3)).astype(np.float32),
        mirrored_photo_delta=random.normal(0, 0.001, (12, 3)).astype(np.float32),
        joint_names=("neck", "jaw"),
        joint_parents=(-1, 0),
        joint_positions=random.normal(0, 0.1, (2, 3)).astype(np.float32),
        skin_weights=weights / weights.sum(1, keepdims=True),
        scalp_uv=scalp_uv,
        masks={"scalp": random.random(12).astype(np.float32)},
        landmark_vertices={"mediapipe_478": random.integers(0, 12, (478, 3)).astype(np.int32)},
        landmark_barycentric={"mediapipe_478": random.random((478, 3)).astype(np.float32)},
        mirrored_emotions=("contempt",),
        mirrored_deltas=random.normal(0, 0.01, (1, 2, 12, 3)).astype(np.float32),
        emotion_pairs=np.array([[0, 1], [0, 2]], np.int32),
        pair_deltas=random.normal(0, 0.01, (2, 12, 3)).astype(np.float32),
    )
    hair = Hair(
        style="bob",
        points=random.normal(0, 0.1, (2, 10, 3)).astype(np.float32),
        root_vertices=np.array([[0, 1, 2], [2, 3, 0]], np.int32),
        root_barycentric=np.full((2, 3), 1 / 3, np.float32),
        radius=4e-5,
        strands=20_000,
        color=HairColor((0.2, 0.1, 0.05), 0.6, 0.3),
    )
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    Image.new("RGB", (8, 8), "tan").save(pictures / "skin.png")
    Image.new("RGB", (8, 8), "gray").save(pictures / "photo.jpg")
    return Avatar(
        name="Zoë Ünal",
        head_model="open-head",
        camera=Camera(np.eye(4), 900.0, (256.0, 250.5), 512, 501),
        head=head,
        hair=hair,
        textures={"skin": pictures / "skin.png", "photo": pictures / "photo.jpg"},
        shape=random.normal(size=5).astype(np.float32),
        expression={"jawOpen": 0.25},
        pose={"jaw": (0.1, 0.0, -0.05)},
        colors={"lips": (0.4, 0.1, 0.1)},
        sources=({"name": "open-head", "licence": "CC0-1.0", "what": "head"},),
        photo_emotions={"happiness": 0.625},
        report={"warnings": ["a note"], "seconds": {"fit": 0.5}},
    )
