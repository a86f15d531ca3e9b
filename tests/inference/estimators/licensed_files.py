# SPDX-License-Identifier: GPL-3.0-or-later
"""A folder of synthetic licensed files, all that the product knows, made once per session (seeds in the modules that make them)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from inference.head.flame.avatar_head import flame_avatar_head
from inference.head.flame.model_file import LEFT_EYEBALL
from inference.head.model import HeadModel
from inference.head.open_head import load_open_head
from tests.inference.head.flame.files import flame_arrays, write_flame, write_landmark_embedding
from tests.inference.weights.files import Planted, write_deca, write_mica

UV_COUNT = 5118
SKIN_SHARE = 0.9  # of the map; the eyeballs lie in the strip beside it
SEED = 22


def write_all(folder: Path, planted: Planted) -> None:
    """Every file, under its published name."""
    head = flame_avatar_head(flame_arrays(), load_open_head())
    write_flame(folder / "generic_model.pkl")
    write_flame(folder / "flame2023.pkl", chumpy=False)
    write_deca(folder / "deca_model.tar", planted)
    write_mica(folder / "mica.tar", planted)
    write_template(folder / "head_template.obj", head)
    random = np.random.default_rng(SEED)
    np.save(folder / "fixed_displacement_256.npy", random.uniform(-0.0013, 0.0016, (256, 256)))
    mask = np.zeros((256, 256, 4), np.uint8)
    mask[40:200, 60:196] = 255
    Image.fromarray(mask).save(folder / "uv_face_eye_mask.png")
    write_landmark_embedding(folder / "landmark_embedding.npy", landmark_table(head))
    (folder / "login.tar").write_text("<!DOCTYPE html><html>Please sign in</html>")


def landmark_table(head: HeadModel) -> dict[str, NDArray]:
    """The transferred landmarks as FLAME's published table holds them; the contour does not move."""
    ours = head.landmarks["ibug_68"]
    number = {tuple(corners): face for face, corners in enumerate(flame_arrays().faces.tolist())}
    faces = np.array([number[tuple(corners)] for corners in ours.vertices.tolist()])
    weights = ours.barycentric / ours.barycentric.sum(1, keepdims=True)
    return {
        "static_lmk_faces_idx": faces[17:],
        "static_lmk_bary_coords": weights[17:].astype(np.float64),
        "dynamic_lmk_faces_idx": np.tile(faces[:17], (79, 1)),
        "dynamic_lmk_bary_coords": np.tile(weights[:17], (79, 1, 1)),
        "full_lmk_faces_idx": faces[None],
        "full_lmk_bary_coords": weights[None],
    }


def write_template(path: Path, head: HeadModel) -> Path:
    """head_template.obj: our own chart of the synthetic head in the published layout, positions shifted as in the published file."""
    flame = flame_arrays()
    skin = flame.faces[:, 0] < LEFT_EYEBALL.start
    flat = head.surface.uv_triangles("skin")
    uv = [SKIN_SHARE * head.surface.uv[np.unique(flat)]]
    position = np.full(flat.max() + 1, -1)
    position[np.unique(flat)] = np.arange(len(uv[0]))
    table = np.empty_like(flame.faces)
    table[skin] = position[flat]
    count = len(uv[0])
    for low, high, height in ((3931, 4477, 0.3), (4477, 5023, 0.6)):
        ball = flame.template[low:high] - flame.template[low:high].mean(0)
        uv.append(np.array([0.95, height]) + 3.0 * ball[:, :2])
        mine = (flame.faces[:, 0] >= low) & (flame.faces[:, 0] < high)
        table[mine] = flame.faces[mine] - low + count
        count += high - low
    uv.append(np.tile([[0.01, 0.01]], (UV_COUNT - count, 1)))
    lines = [f"v {x:.6f} {y + 1.503:.6f} {z + 0.0165:.6f}" for x, y, z in flame.template]
    lines += [f"vt {u:.8f} {v:.8f}" for u, v in np.concatenate(uv)]
    lines += [
        "f " + " ".join(f"{v + 1}/{t + 1}" for v, t in zip(corners, places, strict=True))
        for corners, places in zip(flame.faces, table, strict=True)
    ]
    path.write_text("\n".join(lines) + "\n")
    return path


def posed_by_the_book(shape: NDArray, expression: NDArray, root: NDArray, jaw: NDArray) -> NDArray:
    """(5023, 3) vertices in FLAME's frame by the documented formulas, in double precision."""
    from tests.inference.head.flame.test_bare_head import by_the_book

    pose = np.zeros((5, 3))
    pose[0], pose[2] = root, jaw
    padded = np.r_[shape, np.zeros(300 - len(shape))], np.r_[expression, np.zeros(100 - len(expression))]
    return by_the_book(flame_arrays(), *padded, pose)
