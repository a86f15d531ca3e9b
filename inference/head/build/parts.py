# SPDX-License-Identifier: GPL-3.0-or-later
"""The blocks the open head is assembled from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...smoothstep import smoothstep
from . import skeleton
from .blocks import Block, about, fit_affine, fit_rigid
from .crop import Bust
from .dental_arch import Arch
from .expression import ARKIT
from .eyes import unit_cornea, unit_eyeball
from .lashes import grow_lashes, lash_faces, plan_lashes
from .lids import RADIUS, Lids, affine_displacement
from .makehuman import MakeHuman
from .teeth import join, make_gums, make_teeth
from .texture_uv import skin_chart

SMALL = 0.2  # coefficient at which the lashes' response to an identity direction is measured
# The tongue is made narrower and flatter than MakeHuman's, to lie inside the dental arch.
TONGUE_SIZE = np.array([0.74, 0.98, 0.80])
TONGUE_SHIFT = np.array([0.0, 0.0005, -0.0035])


@dataclass(frozen=True)
class Source:
    """The average adult on MakeHuman's mesh, adult (N, 3), and all directions on it: shape (S, N, 3), units (52, N, 3)."""

    makehuman: MakeHuman
    adult: NDArray
    shape: NDArray
    units: NDArray

    def helper(self, *names: str) -> NDArray:
        """Vertices of helper groups of the base mesh."""
        return np.unique(self.makehuman.faces[np.isin(self.makehuman.groups, [f"helper-{name}" for name in names])])


def body_block(bust: Bust, skin: NDArray, soft: NDArray, head_weight: NDArray, jaw_weight: NDArray) -> Block:
    """Skin and mouth bag in one chart; the face gets most of the map."""
    face = (
        smoothstep(0.08, 0.04, skin[:, 1]) * smoothstep(-0.14, -0.11, skin[:, 2]) * smoothstep(0.105, 0.07, skin[:, 2])
    )
    density = 1 + 5 * face
    density[np.unique(bust.faces[bust.socket])] = 0.25
    density[bust.skin_count :] = 0.35
    uv, uv_faces = skin_chart(skin, bust.faces, bust.mirror, density)
    jaw = head_weight * jaw_weight
    weights = np.zeros((len(skin), len(skeleton.NAMES)))
    weights[:, :3] = np.stack([1 - head_weight, head_weight - jaw, jaw], 1)
    return Block(skin, bust.faces, np.where(bust.mouth, "mouth", "skin"), uv, uv_faces, weights, soft=soft)


def eye_block(lids: Lids, ball_directions: NDArray) -> Block:
    """One eyeball with its cornea; ball_directions (S, 4, 3): how it follows identity."""
    ball, cornea = unit_eyeball(), unit_cornea()
    vertices = lids.centre + RADIUS * np.concatenate([ball.vertices, cornea.vertices])
    faces = np.concatenate([ball.faces, np.where(cornea.faces >= 0, cornea.faces + len(ball.vertices), -1)])
    part = np.repeat(["eyes", "cornea"], [len(ball.faces), len(cornea.faces)])
    left = lids.centre[0] > 0
    weights = _bound_to("left_eye" if left else "right_eye", len(vertices))
    affine = np.concatenate([ball_directions, _gaze(lids.centre, left)])
    return Block(vertices, faces, part, np.concatenate([ball.uv, cornea.uv]), faces, weights, affine=affine)


def dental_block(source: Source, arch: Arch, jaw: NDArray, around: tuple[NDArray, NDArray]) -> Block:
    """Teeth and gums of an arch; jaw (52, 4, 3): how expressions move it.

    around: points (n, 3) of the skin around the lips and their shape directions (S, n, 3): the arch follows these
    and MakeHuman's own teeth.
    """
    teeth, gums = make_teeth(arch), make_gums(arch)
    both = join([teeth, gums])
    upper = arch.upward < 0
    members = source.helper("upper-teeth" if upper else "lower-teeth")
    points = np.concatenate([source.adult[members], around[0]])
    followed = np.concatenate([source.shape[:, members], around[1]], 1)
    affine = np.concatenate([fit_affine(points, followed), jaw])
    part = np.repeat(["teeth", "gums"], [len(teeth.faces), len(gums.faces)])
    uv = both.uv * [1, 0.5] + [0, 0.5 if upper else 0]
    return Block(
        both.vertices,
        both.faces,
        part,
        uv,
        both.faces,
        _bound_to("head" if upper else "jaw", len(both.vertices)),
        affine=affine,
    )


def jaw_motion(source: Source) -> NDArray:
    """(52, 4, 3) rigid motion of the lower jaw in each expression."""
    members = source.helper("lower-teeth")
    return fit_rigid(source.adult[members], source.units[:, members])


def tongue_block(source: Source) -> Block:
    """MakeHuman's tongue."""
    makehuman = source.makehuman
    chosen = makehuman.groups == "helper-tongue"
    used, faces = np.unique(makehuman.faces[chosen], return_inverse=True)
    uv_used, uv_faces = np.unique(makehuman.uv_faces[chosen], return_inverse=True)
    uv = makehuman.uv[uv_used]
    uv = (uv - uv.min(0)) / (uv.max(0) - uv.min(0))
    tongue = source.adult[used]
    back = np.array([0, tongue[:, 1].max(), tongue[:, 2].mean()])
    vertices = back + (tongue - back) * TONGUE_SIZE + TONGUE_SHIFT
    soft = np.concatenate([source.shape[:, used], source.units[:, used]])
    faces, uv_faces = faces.reshape(-1, 4), uv_faces.reshape(-1, 4)
    return Block(vertices, faces, np.full(len(faces), "tongue"), uv, uv_faces, _bound_to("jaw", len(used)), soft=soft)


def lash_block(skin: NDArray, soft: NDArray, pair: list[Lids], balls: list[NDArray]) -> Block:
    """Lashes of both eyes, regrown on the moved lids for every direction; balls: (S, 4, 3) per eye."""
    rest, moved = [], []
    for lids, ball in zip(pair, balls, strict=True):
        rows = plan_lashes(skin, lids)
        still = grow_lashes(skin, lids, rows, lids.centre)
        follow = []
        for number, direction in enumerate(soft):
            if not direction[lids.rings].any():
                follow.append(np.zeros_like(still))
                continue
            if number >= len(ball):
                follow.append(grow_lashes(skin + direction, lids, rows, lids.centre) - still)
                continue
            shift = affine_displacement(lids.centre[None], ball[number])[0]
            ahead, behind = (
                grow_lashes(skin + c * direction, lids, rows, lids.centre + c * shift) for c in (SMALL, -SMALL)
            )
            follow.append((ahead - behind) / (2 * SMALL))
        rest.append(still)
        moved.append(np.stack(follow))
    vertices = np.concatenate(rest)
    faces, uv = lash_faces(len(vertices) // 5)
    return Block(
        vertices,
        faces,
        np.full(len(faces), "lashes"),
        uv,
        faces,
        _bound_to("head", len(vertices)),
        soft=np.concatenate(moved, 1),
    )


def _gaze(centre: NDArray, left: bool) -> NDArray:
    """(52, 4, 3) turns of the eyeball in the eyeLook keys."""
    affine = np.zeros((len(ARKIT), 4, 3))
    label, outward = ("Left", 1) if left else ("Right", -1)
    for name, pitch, yaw in (("Down", 24, 0), ("Up", -20, 0), ("In", 0, -26 * outward), ("Out", 0, 26 * outward)):
        p, y = np.radians(pitch), np.radians(yaw)
        about_x = np.array([[1, 0, 0], [0, np.cos(p), -np.sin(p)], [0, np.sin(p), np.cos(p)]])
        about_z = np.array([[np.cos(y), -np.sin(y), 0], [np.sin(y), np.cos(y), 0], [0, 0, 1]])
        affine[ARKIT.index(f"eyeLook{name}{label}")] = about(centre, about_x @ about_z)
    return affine


def _bound_to(joint: str, count: int) -> NDArray:
    """(count, J) weights of a stiff piece."""
    return np.eye(len(skeleton.NAMES))[np.full(count, skeleton.NAMES.index(joint))]
