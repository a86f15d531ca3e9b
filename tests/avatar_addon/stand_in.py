# SPDX-License-Identifier: GPL-3.0-or-later
"""A small made-up avatar for tests of the Blender side: an egg with eyes, teeth, hair and known deformations.

numpy only, so it can be made inside any Blender; the pictures are written as PNG by hand.
"""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
from portrait_avatar.inference.bundle import Avatar, Camera, Hair, HairColor, HeadMesh

RADII = np.array([0.075, 0.095, 0.12])
PARTS = ("skin", "mouth", "eyes", "cornea", "teeth", "gums", "tongue", "lashes")
EMOTIONS = ("happiness", "anger", "sadness", "fear", "contempt", "surprise", "disgust")
LEVELS = np.array([0.5, 1.0], np.float32)
# Every two emotions, and contempt's other side (index 7) with every other emotion.
PAIRS = np.array([(a, b) for a in range(8) for b in range(a + 1, 8) if (a, b) != (4, 7)], np.int32)
JOINTS = ("neck", "head", "jaw", "eye_left", "eye_right")
JOINT_PARENTS = (-1, 0, 1, 1, 1)
JOINT_POSITIONS = np.array(
    [(0, 0.03, -0.12), (0, 0.02, -0.06), (0, 0.01, -0.02), (0.032, -0.07, 0.02), (-0.032, -0.07, 0.02)], np.float32
)
ARKIT = tuple(
    """browDownLeft browDownRight browInnerUp browOuterUpLeft browOuterUpRight cheekPuff cheekSquintLeft cheekSquintRight
    eyeBlinkLeft eyeBlinkRight eyeLookDownLeft eyeLookDownRight eyeLookInLeft eyeLookInRight eyeLookOutLeft
    eyeLookOutRight eyeLookUpLeft eyeLookUpRight eyeSquintLeft eyeSquintRight eyeWideLeft eyeWideRight jawForward
    jawLeft jawOpen jawRight mouthClose mouthDimpleLeft mouthDimpleRight mouthFrownLeft mouthFrownRight mouthFunnel
    mouthLeft mouthLowerDownLeft mouthLowerDownRight mouthPressLeft mouthPressRight mouthPucker mouthRight
    mouthRollLower mouthRollUpper mouthShrugLower mouthShrugUpper mouthSmileLeft mouthSmileRight mouthStretchLeft
    mouthStretchRight mouthUpperUpLeft mouthUpperUpRight noseSneerLeft noseSneerRight tongueOut""".split()
)


def make_avatar(folder: Path, name: str = "stand in", guides: int = 300) -> Avatar:
    """Write the pictures to ``folder`` and return the avatar; ``guides`` = 0 gives a bald one."""
    folder.mkdir(parents=True, exist_ok=True)
    _write_png(folder / "photo.png", np.full((480, 400, 3), 120, np.uint8))
    _write_png(folder / "skin.png", _checks(256, (205, 160, 135), (195, 148, 122)))
    _write_png(folder / "eye.png", _iris(128))
    return Avatar(
        name=name,
        head_model="stand-in",
        camera=_camera(),
        head=make_head(),
        hair=_hair(guides),
        textures={role: folder / f"{role}.png" for role in ("photo", "skin", "eye")},
        shape=np.zeros(3, np.float32),
        expression={"jawOpen": 0.25},
        photo_emotions={"happiness": 0.6, "surprise": 0.2},
        pose={"eye_left": (0.1, 0.0, 0.2)},
        colors={"teeth": (0.7, 0.65, 0.5)},
        sources=({"name": "stand-in", "licence": "CC0", "what": "head"},),
    )


def make_head() -> HeadMesh:
    """The egg (skin with a scalp chart) and a ball or slab for each other part."""
    pieces = [_ball((0, 0, 0), RADII, 48, 32)]
    pieces.append(_ball((0, -0.06, -0.05), (0.02, 0.015, 0.01), 12, 8))
    eyes, corneas = (
        _join([_ball((x, -0.083, 0.02), (radius,) * 3, 16, 12) for x in (0.032, -0.032)]) for radius in (0.012, 0.0127)
    )
    sizes = ((0.02, 0.004, 0.006), (0.02, 0.004, 0.003), (0.012, 0.015, 0.004), (0.01, 0.002, 0.001))
    pieces += [eyes, corneas, *(_ball((0, -0.07, -0.05), size, 12, 8) for size in sizes)]
    vertices, faces, uv, uv_faces = _join(pieces)
    parts = np.repeat(np.arange(len(PARTS)), [len(piece[1]) for piece in pieces]).astype(np.uint8)
    skin = len(pieces[0][0])
    deltas = np.stack([_bump(vertices, k) for k in range(len(ARKIT))])
    emotions = np.stack([[(1 + m) * 0.1 * deltas[m], deltas[m] + deltas[24]] for m in range(len(EMOTIONS))])
    weights = np.zeros((len(vertices), len(JOINTS)), np.float32)
    jaw = np.clip((-vertices[:, 1] - vertices[:, 2] - 0.06) / 0.06, 0, 1)
    weights[:, 1], weights[:, 2] = 1 - jaw, jaw
    scalp = np.full((len(vertices), 2), np.nan, np.float32)
    top = np.flatnonzero(vertices[:skin, 2] > 0.045)
    scalp[top] = 0.5 + vertices[top][:, :2] / 0.2
    lips = np.exp(-(((vertices - (0, -0.085, -0.05)) / 0.015) ** 2).sum(1))
    return HeadMesh(
        vertices=vertices,
        faces=faces,
        face_parts=parts,
        part_names=PARTS,
        uv=uv,
        uv_faces=uv_faces,
        key_names=ARKIT,
        key_deltas=deltas,
        emotion_names=EMOTIONS,
        emotion_levels=LEVELS,
        emotion_deltas=emotions.astype(np.float32),
        photo_delta=0.5 * deltas[24],
        mirrored_photo_delta=(0.5 * deltas[24] * [-1, 1, 1]).astype(np.float32),
        joint_names=JOINTS,
        joint_parents=JOINT_PARENTS,
        joint_positions=JOINT_POSITIONS,
        skin_weights=weights,
        scalp_uv=scalp,
        masks={"lips": lips.astype(np.float32)},
        landmark_vertices={"mediapipe_478": faces[100:110, :3]},
        landmark_barycentric={"mediapipe_478": np.full((10, 3), 1 / 3, np.float32)},
        mirrored_emotions=("contempt",),
        mirrored_deltas=(0.9 * emotions[4:5] * [-1, 1, 1]).astype(np.float32),
        emotion_pairs=PAIRS,
        pair_deltas=np.stack([0.3 * deltas[10 + n] for n in range(len(PAIRS))]),
    )


def _hair(guides: int) -> Hair:
    head = make_head()
    skin = head.faces[(head.face_parts == 0) & (head.faces[:, 3] >= 0)][:, :3]
    on_scalp = skin[~np.isnan(head.scalp_uv[skin]).any((1, 2))]
    random = np.random.default_rng(7)
    triangles = on_scalp[random.integers(0, len(on_scalp), guides)]
    barycentric = random.dirichlet((1, 1, 1), guides).astype(np.float32).reshape(-1, 3)
    roots = np.einsum("nkc,nk->nc", head.vertices[triangles], barycentric)
    along = np.linspace(0, 1, 24)[None, :, None]
    outward = (roots / np.linalg.norm(roots, axis=1, keepdims=True).clip(1e-9))[:, None]
    points = roots[:, None] + 0.02 * along * outward + (0, 0.03, -0.04) * along**2
    return Hair(
        style="stand-in",
        points=points.astype(np.float32),
        root_vertices=triangles.astype(np.int32),
        root_barycentric=barycentric,
        radius=0.00007,
        strands=6000,
        color=HairColor((0.09, 0.045, 0.022), 0.7, 0.3),
    )


def _camera() -> Camera:
    turn = np.radians(12)
    right = np.array([np.cos(turn), np.sin(turn), 0])
    back = np.array([np.sin(turn), -np.cos(turn), 0])
    matrix = np.eye(4)
    matrix[:3, 0], matrix[:3, 1], matrix[:3, 2] = right, (0, 0, 1), back
    matrix[:3, 3] = 0.8 * back + (0, 0, 0.02)
    return Camera(matrix, focal_px=900.0, center_px=(215.0, 250.0), width=400, height=480)


def _ball(center, radii, around: int, rings: int):
    """An ellipsoid with its poles up and down: vertices, faces, uv, uv faces; seam and poles as in a real unwrapping."""
    theta = np.linspace(0, np.pi, rings + 1)[1:-1]
    phi = np.arange(around) / around * 2 * np.pi
    t, p = np.meshgrid(theta, phi, indexing="ij")
    ring = np.stack([np.sin(t) * np.sin(p), np.sin(t) * np.cos(p), np.cos(t)], -1).reshape(-1, 3)
    vertices = np.concatenate([ring, [(0, 0, 1), (0, 0, -1)]]) * radii + center
    r, a = np.meshgrid(np.arange(rings - 2), np.arange(around), indexing="ij")
    r, a, b = r.ravel(), a.ravel(), (a.ravel() + 1) % around
    quads = np.stack([r * around + a, r * around + b, (r + 1) * around + b, (r + 1) * around + a], -1)
    steps = np.arange(around)
    following = (steps + 1) % around
    last = (rings - 2) * around
    top = np.stack([following, steps, np.full(around, len(ring)), np.full(around, -1)], -1)
    bottom = np.stack([last + steps, last + following, np.full(around, len(ring) + 1), np.full(around, -1)], -1)
    # Texture corners are not shared: each face has its own, which keeps the seam simple.
    faces = np.concatenate([quads, top, bottom]).astype(np.int32)
    uv_ring = np.stack([np.repeat(theta, around) / np.pi, np.tile(phi / (2 * np.pi), rings - 1)], -1)[:, ::-1]
    uv_all = np.concatenate([uv_ring, [(0.5, 0.0), (0.5, 1.0)]])
    corners = uv_all[np.where(faces >= 0, faces, 0)]
    wrapped = (corners[..., 0].max(1) - corners[..., 0].min(1)) > 0.5
    corners[wrapped, :, 0] += corners[wrapped, :, 0] < 0.4
    uv_faces = np.where(faces >= 0, np.arange(faces.size).reshape(faces.shape), -1).astype(np.int32)
    return vertices.astype(np.float32), faces, corners.reshape(-1, 2).astype(np.float32) / (1.1, 1), uv_faces


def _join(pieces):
    vertices, faces, uv, uv_faces, v, t = [], [], [], [], 0, 0
    for piece in pieces:
        vertices.append(piece[0])
        faces.append(np.where(piece[1] >= 0, piece[1] + v, -1))
        uv.append(piece[2])
        uv_faces.append(np.where(piece[3] >= 0, piece[3] + t, -1))
        v, t = v + len(piece[0]), t + len(piece[2])
    return (
        np.concatenate(vertices).astype(np.float32),
        np.concatenate(faces).astype(np.int32),
        np.concatenate(uv).astype(np.float32),
        np.concatenate(uv_faces).astype(np.int32),
    )


def _bump(vertices: np.ndarray, seed: int) -> np.ndarray:
    random = np.random.default_rng(seed)
    place = random.normal(size=3) * (0.4, 0.1, 0.4) + (0, -1, -0.2)
    center = place / np.linalg.norm(place) * RADII
    share = np.exp(-((vertices - center) ** 2).sum(1) / 0.02**2)
    return (share[:, None] * random.normal(size=3) * 0.006).astype(np.float32)


def _checks(size: int, first, second) -> np.ndarray:
    row, column = np.indices((size, size)) // (size // 16)
    return np.where(((row + column) % 2)[..., None] == 0, first, second).astype(np.uint8)


def _iris(size: int) -> np.ndarray:
    row = np.indices((size, size))[0]
    bands = [(20, 20, 20), (90, 60, 40), (235, 230, 225)]
    return np.asarray(bands, np.uint8)[np.clip(row * 4 // size, 0, 2)]


def _write_png(path: Path, pixels: np.ndarray) -> None:
    height, width, _ = pixels.shape
    rows = b"".join(b"\0" + row.tobytes() for row in pixels)

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">2I5B", width, height, 8, 2, 0, 0, 0)
    content = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + content)
