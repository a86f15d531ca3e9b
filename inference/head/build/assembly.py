# SPDX-License-Identifier: GPL-3.0-or-later
"""MakeHuman data -> the arrays of open_head.npz."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from . import skeleton
from .blocks import Block, about, assemble, fit_scaling
from .crop import Bust, cut_bust
from .expression import ARKIT, face_units
from .eyes import unit_cornea, unit_eyeball
from .identity import Direction, average_adult, detail_directions, macro_directions
from .makehuman import MakeHuman
from .regions import skin_masks, smoothstep
from .scalp import scalp_chart
from .texture_uv import skin_chart

PARTS = ("skin", "mouth", "eyes", "cornea", "teeth", "gums", "tongue", "lashes")


def build_head(makehuman: MakeHuman) -> dict[str, NDArray]:
    """Everything open_head.npz holds; the origin is the midpoint between the eyeballs of the average adult."""
    bust = cut_bust(makehuman)
    adult = average_adult(makehuman)
    adult = adult - (adult[_helper(makehuman, "l-eye")].mean(0) + adult[_helper(makehuman, "r-eye")].mean(0)) / 2
    identity = macro_directions(makehuman) + detail_directions(makehuman)
    head_weight = skeleton.head_weights(makehuman, bust)
    skin = bust.sources @ adult
    shape = np.stack([_anchored(d, bust, head_weight) for d in identity])
    units = face_units(makehuman)
    directions = np.concatenate([shape, units])

    jaw_weight = skeleton.jaw_weights(skin, bust.sources @ units[ARKIT.index("jawOpen")])
    masks = skin_masks(makehuman, bust, skin, head_weight)
    # Skin, then eyes: their numbering stays the same whatever comes behind them, so landmarks stored on them stay valid.
    eyes = [_eye(makehuman, adult, shape, side) for side in ("l", "r")]
    blocks = [_body(bust, skin, directions, masks, head_weight, jaw_weight), *eyes]
    blocks += [_helper_part(makehuman, adult, directions, *entry) for entry in (
        ("tongue", ("tongue",), 2), ("lashes", ("l-eyelashes-1", "l-eyelashes-2", "r-eyelashes-1", "r-eyelashes-2"), 1),
        ("teeth", ("upper-teeth",), 1), ("teeth", ("lower-teeth",), 2),
    )]  # fmt: skip
    head = assemble(blocks, PARTS)
    pad = len(head.vertices) - len(skin)
    return {
        "template": head.vertices.astype(np.float32),
        "group": head.group.astype(np.int8),
        "soft": head.soft.astype(np.float16),
        "affine": head.affine.astype(np.float32),
        "shape_names": np.array([d.name for d in identity]),
        "shape_mean": np.zeros(len(identity), np.float32),
        "shape_deviation": np.array([d.deviation for d in identity], np.float32),
        "expression_names": np.array(ARKIT),
        "faces": head.faces.astype(np.int16),
        "face_parts": head.face_parts,
        "part_names": np.array(PARTS),
        "uv": head.uv.astype(np.float32),
        "uv_faces": head.uv_faces.astype(np.int16),
        "joint_names": np.array(skeleton.NAMES),
        "joint_parents": np.array(skeleton.PARENTS, np.int8),
        "joint_regressor": _regressor(skin, head_weight, head.group, len(head.vertices), eyes).astype(np.float32),
        "skin_weights": head.weights.astype(np.float16),
        "scalp_uv": np.pad(scalp_chart(skin, masks["scalp"]), ((0, pad), (0, 0)), constant_values=np.nan).astype(np.float32),
    } | {f"mask_{name}": np.pad(mask, (0, pad)).astype(np.float16) for name, mask in masks.items()}


def _helper(makehuman: MakeHuman, name: str) -> NDArray:
    """Vertices of a helper group of the base mesh."""
    return np.unique(makehuman.faces[makehuman.groups == f"helper-{name}"])


def _anchored(direction: Direction, bust: Bust, head_weight: NDArray) -> NDArray:
    """Takes out the mean motion of the head where a target moves all of it (body height): size differences stay."""
    if not direction.moves_whole_head:
        return direction.displacement
    drift = np.average(bust.sources @ direction.displacement, axis=0, weights=head_weight**4)
    return direction.displacement - drift


def _body(
    bust: Bust, skin: NDArray, directions: NDArray, masks: dict[str, NDArray], head_weight: NDArray, jaw_weight: NDArray
) -> Block:
    density = 1 + 5 * smoothstep(0.075, 0.035, skin[:, 1]) * smoothstep(-0.14, -0.11, skin[:, 2]) * smoothstep(0.105, 0.07, skin[:, 2])
    density[bust.faces[bust.socket]] = 0.25
    density[bust.skin_count :] = 0.35
    uv, uv_faces = skin_chart(skin, bust.faces, bust.mirror, density)
    weights = np.zeros((len(skin), len(skeleton.NAMES)))
    weights[:, 0] = 1 - head_weight
    weights[:, 2] = head_weight * jaw_weight
    weights[:, 1] = head_weight - weights[:, 2]
    soft = np.stack([bust.sources @ d for d in directions])
    return Block(skin, bust.faces, np.where(bust.mouth, "mouth", "skin"), uv, uv_faces, weights, soft=soft)


def _helper_part(makehuman: MakeHuman, adult: NDArray, directions: NDArray, part: str, groups: tuple[str, ...], joint: int) -> Block:
    chosen = np.isin(makehuman.groups, [f"helper-{g}" for g in groups])
    used, faces = np.unique(makehuman.faces[chosen], return_inverse=True)
    uv_used, uv_faces = np.unique(makehuman.uv_faces[chosen], return_inverse=True)
    weights = np.eye(len(skeleton.NAMES))[np.full(len(used), joint)]
    return Block(
        adult[used],
        faces.reshape(-1, 4),
        np.full(chosen.sum(), part),
        makehuman.uv[uv_used],
        uv_faces.reshape(-1, 4),
        weights,
        soft=directions[:, used],
    )


def _eye(makehuman: MakeHuman, adult: NDArray, shape: NDArray, side: str) -> Block:
    members = _helper(makehuman, f"{side}-eye")
    points = adult[members]
    centre = (points.max(0) + points.min(0)) / 2
    radius = (points.max(0) - points.min(0)).mean() / 2
    ball, cornea = unit_eyeball(), unit_cornea()
    vertices = centre + radius * np.concatenate([ball.vertices, cornea.vertices])
    shift = lambda faces, by: np.where(faces >= 0, faces + by, -1)  # noqa: E731
    faces = np.concatenate([ball.faces, shift(cornea.faces, len(ball.vertices))])
    affine = np.concatenate([fit_scaling(points, shape[:, members]), _gaze(centre, side)])
    joint = skeleton.NAMES.index("left_eye" if side == "l" else "right_eye")
    return Block(
        vertices,
        faces,
        np.repeat(["eyes", "cornea"], [len(ball.faces), len(cornea.faces)]),
        np.concatenate([ball.uv, cornea.uv]),
        faces,
        np.eye(len(skeleton.NAMES))[np.full(len(vertices), joint)],
        affine=affine,
    )


def _gaze(centre: NDArray, side: str) -> NDArray:
    affine = np.zeros((len(ARKIT), 4, 3))
    label, outward = ("Left", 1) if side == "l" else ("Right", -1)
    for name, pitch, yaw in (("Down", 25, 0), ("Up", -20, 0), ("In", 0, -28 * outward), ("Out", 0, 28 * outward)):
        p, y = np.radians(pitch), np.radians(yaw)
        about_x = np.array([[1, 0, 0], [0, np.cos(p), -np.sin(p)], [0, np.sin(p), np.cos(p)]])
        about_z = np.array([[np.cos(y), -np.sin(y), 0], [np.sin(y), np.cos(y), 0], [0, 0, 1]])
        affine[ARKIT.index(f"eyeLook{name}{label}")] = about(centre, about_x @ about_z)
    return affine


def _regressor(skin: NDArray, head_weight: NDArray, group: NDArray, count: int, eyes: list[Block]) -> NDArray:
    rows = np.zeros((len(skeleton.NAMES), count))
    for joint, place in enumerate((skeleton.NECK, skeleton.HEAD, skeleton.JAW)):
        rows[joint, : len(skin)] = skeleton.regressor_row(skin, skeleton.band(skin, head_weight, place, 0.015), place)
    for number, eye in enumerate(eyes):
        members = np.flatnonzero(group == number)[: len(unit_eyeball().vertices)]
        rows[3 + number, members] = 1 / len(members)
    return rows
