# SPDX-License-Identifier: GPL-3.0-or-later
"""MakeHuman data -> the arrays of open_head.npz."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ...smoothstep import smoothstep
from ..open_head import SOFT_STEP
from . import skeleton
from .blocks import Block, assemble, fit_scaling
from .crop import Bust, cut_bust
from .expression import ARKIT, OPPOSED, PART_LIPS, counterpart, face_units
from .eyes import unit_eyeball
from .identity import Direction, average_adult, detail_directions, macro_directions
from .lids import Lids, blink, find_lids, follow_ball, seat_lids, slide
from .makehuman import MakeHuman
from .mouth import Dentition, Mouth, bind_bag, find_mouth, glide, keep_lips_closed, make_room, place_teeth, seal_lips
from .parts import Source, body_block, dental_block, eye_block, jaw_motion, lash_block, tongue_block
from .regions import skin_masks
from .scalp import scalp_chart

EYEBALL_GROWTH = 0.3
PARTS = ("skin", "mouth", "eyes", "cornea", "teeth", "gums", "tongue", "lashes")


def build_head(makehuman: MakeHuman) -> dict[str, NDArray]:
    """Everything open_head.npz holds; the origin is the midpoint between the eyeballs of the average adult."""
    bust = cut_bust(makehuman)
    identity = macro_directions(makehuman) + detail_directions(makehuman)
    head_weight = skeleton.head_weights(makehuman, bust)
    shape = np.stack([_anchored(d, bust, head_weight) for d in identity])
    adult = average_adult(makehuman)
    pair = [find_lids(bust, bust.sources @ adult, side) for side in (1, -1)]
    origin = (pair[0].centre + pair[1].centre) / 2
    pair = [replace(lids, centre=lids.centre - origin) for lids in pair]
    source = Source(makehuman, adult - origin, shape, face_units(makehuman))

    skin = bust.sources @ source.adult
    for lids in pair:
        skin = seat_lids(skin, lids)
    mouth = find_mouth(bust, skin)
    skin = seal_lips(skin, mouth, overlaps_too=True)
    teeth = place_teeth(skin, mouth)
    skin = _even(make_room(skin, mouth, teeth), bust.mirror)

    balls = [_ball_directions(source, lids) for lids in pair]
    jaw = jaw_motion(source)
    soft = np.concatenate(
        [
            _identity_on_skin(source, bust, skin, pair, balls, mouth, [d.name for d in identity]),
            _expression_on_skin(source, bust, skin, pair, mouth, teeth, jaw),
        ]
    )
    jaw_weight = skeleton.jaw_weights(skin, soft[len(shape) + ARKIT.index("jawOpen")])
    # Skin, then eyes: their numbering stays the same whatever comes behind them, so landmarks stored on them stay valid.
    eyes = [eye_block(lids, ball) for lids, ball in zip(pair, balls, strict=True)]
    blocks = [
        body_block(bust, skin, soft, head_weight, jaw_weight),
        *eyes,
        dental_block(source, teeth.upper, np.zeros_like(jaw), _around_lips(skin, soft, mouth, mouth.upper)),
        dental_block(source, teeth.lower, jaw, _around_lips(skin, soft, mouth, ~mouth.upper)),
        tongue_block(source),
        lash_block(skin, soft, pair, balls),
    ]
    return _arrays(blocks, identity, skin, head_weight, skin_masks(makehuman, bust, skin, head_weight))


def _around_lips(skin: NDArray, soft: NDArray, mouth: Mouth, columns: NDArray) -> tuple[NDArray, NDArray]:
    """Skin around one lip and its shape directions."""
    ring = mouth.rings[8:, columns].ravel()
    return skin[ring], soft[: len(soft) - len(ARKIT), ring]


def _anchored(direction: Direction, bust: Bust, head_weight: NDArray) -> NDArray:
    """Takes out the mean motion of the head where a target moves all of it (body height): size differences stay."""
    if not direction.moves_whole_head:
        return direction.displacement
    drift = np.average(bust.sources @ direction.displacement, axis=0, weights=head_weight**4)
    return direction.displacement - drift


def _ball_directions(source: Source, lids: Lids) -> NDArray:
    """(S, 4, 3) how an eyeball follows identity: the shift of MakeHuman's own, and little of its scale: eyeballs are alike."""
    members = source.helper("l-eye" if lids.centre[0] > 0 else "r-eye")
    fitted = fit_scaling(source.adult[members], source.shape[:, members])
    shift = lids.centre @ fitted[:, :3] + fitted[:, 3]
    linear = EYEBALL_GROWTH * fitted[:, :3]
    return np.concatenate([linear, (shift - lids.centre @ linear)[:, None]], 1)


def _identity_on_skin(
    source: Source, bust: Bust, skin: NDArray, pair: list[Lids], balls: list[NDArray], mouth: Mouth, names: list[str]
) -> NDArray:
    """(S, V, 3) shape directions of the bust: lids on the eyeballs, lips closed, the bag behind the skin."""
    bound = bind_bag(skin, mouth)
    directions = []
    for number, target in enumerate(source.shape):
        displacement = bust.sources @ target
        for lids, ball in zip(pair, balls, strict=True):
            displacement = follow_ball(displacement, skin, lids, ball[number])
        displacement = bound @ keep_lips_closed(displacement, skin, mouth)
        directions.append(
            _odd(displacement, bust.mirror) if names[number].endswith("/anti") else _even(displacement, bust.mirror)
        )
    return np.stack(directions)


def _expression_on_skin(
    source: Source, bust: Bust, skin: NDArray, pair: list[Lids], mouth: Mouth, teeth: Dentition, jaw: NDArray
) -> NDArray:
    """(52, V, 3) expression directions of the bust: lids slide on the eyeballs, lips on the teeth."""
    bound = bind_bag(skin, mouth)
    directions = np.stack([bust.sources @ unit for unit in source.units])
    opened = ARKIT.index("jawOpen")
    for number, name in enumerate(ARKIT):
        displacement = directions[number]
        if name.startswith(("eye", "brow")):
            displacement[mouth.bag] = 0  # MakeHuman's units carry stray motion there
        for lids in pair:
            closing = name == ("eyeBlinkLeft" if lids.centre[0] > 0 else "eyeBlinkRight")
            displacement = (blink if closing else slide)(displacement, skin, lids)
        # mouthClose is used on top of an open jaw.
        base = directions[opened] if name == "mouthClose" else 0 * skin
        if name not in PART_LIPS:
            displacement = seal_lips(skin + displacement + base, mouth) - skin - base
        directions[number] = bound @ displacement
        if counterpart(name) == name or name in OPPOSED:
            moved_jaw = jaw[opened if name == "mouthClose" else number]
            directions[number] = glide(directions[number] + base, skin, mouth, teeth, moved_jaw) - base
    left = smoothstep(-0.008, 0.008, skin[:, :1])
    for number, name in enumerate(ARKIT):
        other = ARKIT.index(counterpart(name))
        if "Left" in name and name not in OPPOSED:  # both sides mostly move together, so they glide together
            together = directions[number] + directions[other]
            correction = glide(together, skin, mouth, teeth, jaw[number]) - together
            directions[number] += left * correction
            directions[other] += (1 - left) * correction
    opposite = directions[[ARKIT.index(counterpart(name)) for name in ARKIT]][:, bust.mirror] * [-1, 1, 1]
    return (directions + opposite) / 2


def _even(field: NDArray, mirror: NDArray) -> NDArray:
    """The part of a field (V, 3) that is the same on both sides."""
    return (field + field[mirror] * [-1, 1, 1]) / 2


def _odd(field: NDArray, mirror: NDArray) -> NDArray:
    return (field - field[mirror] * [-1, 1, 1]) / 2


def _arrays(
    blocks: list[Block], identity: list[Direction], skin: NDArray, head_weight: NDArray, masks: dict[str, NDArray]
) -> dict[str, NDArray]:
    head = assemble(blocks, PARTS)
    pad = len(head.vertices) - len(skin)
    scalp_uv = np.pad(scalp_chart(skin, masks["scalp"]), ((0, pad), (0, 0)), constant_values=np.nan)
    return {
        "template": head.vertices.astype(np.float32),
        "group": head.group.astype(np.int8),
        "soft": np.round(head.soft.transpose(0, 2, 1) / SOFT_STEP).astype(np.int16),
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
        "joint_regressor": _regressor(skin, head_weight, head.group).astype(np.float32),
        "skin_weights": head.weights.astype(np.float16),
        "scalp_uv": scalp_uv.astype(np.float32),
    } | {f"mask_{name}": np.pad(mask, (0, pad)).astype(np.float16) for name, mask in masks.items()}


def _regressor(skin: NDArray, head_weight: NDArray, group: NDArray) -> NDArray:
    """(J, V): neck, head and jaw from a band of skin around them, eyes as the mean of their balls (groups 0 and 1)."""
    rows = np.zeros((len(skeleton.NAMES), len(group)))
    for joint, place in enumerate((skeleton.NECK, skeleton.HEAD, skeleton.JAW)):
        rows[joint, : len(skin)] = skeleton.regressor_row(skin, skeleton.band(skin, head_weight, place, 0.015), place)
    ball = unit_eyeball().vertices
    for eye in (0, 1):
        members = np.flatnonzero(group == eye)[: len(ball)]
        rows[3 + eye, members] = np.linalg.pinv(np.c_[ball, np.ones(len(ball))].T)[:, 3]
    return rows
