# SPDX-License-Identifier: GPL-3.0-or-later
"""Growing strands: every strand of a style advances together, bent by comb, stiffness, gravity and the head itself."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..smoothstep import smoothstep
from .anatomy import Anatomy
from .comb import Comb
from .head_surface import HeadSurface, Sites
from .style import HairStyle
from .variation import tangential, unit

SKIN_CLEARANCE = 0.0012
FRINGE_BEND, SOFT_PUSH = 0.5, 0.3
PARTING_ANGLE = 62.0


def grow_free(
    head: HeadSurface,
    style: HairStyle,
    sites: Sites,
    comb: Comb,
    lengths: NDArray,
    points: int,
    random: np.random.Generator,
) -> NDArray:
    """(N, points, 3) hanging strands of the given (N,) lengths, root first."""
    growth, anatomy = style.growth, head.anatomy
    scale = anatomy.scale
    layer_share = sites.rise * random.uniform(0.35, 1.0, len(sites))
    position = sites.points + sites.normals * 0.0002
    direction = start = _root_directions(style, sites, comb)
    stride = (lengths / (points - 1))[:, None]
    bend = growth.bend * scale * np.where(comb.fringe, FRINGE_BEND, 1.0)[:, None]
    strands = np.empty((len(sites), points, 3))
    strands[:, 0] = position
    distance, normal = head.distance.sample(position)
    for k in range(1, points):
        along = stride * k
        wish = _combed(comb, anatomy, position, distance, normal)
        wish = wish + growth.gravity * np.minimum(along / (0.06 * scale), 1) * _down(
            anatomy, sites, style, position, distance, normal
        )
        wish = wish + _off_the_face(anatomy, style, comb, position)
        hold = np.exp(-((along / (growth.hold * scale)) ** 2))
        wish = hold * start + (1 - hold) * unit(wish)
        direction = unit(direction + np.minimum(stride / bend, 1) * (unit(wish) - direction))
        clearance = _clearance(style, anatomy, layer_share, position, along[:, 0])
        moved = position + stride * direction
        distance, normal = head.distance.sample(moved)
        push = _push_out(distance, clearance)
        direction = unit(moved + normal * push[:, None] - position)
        position = position + stride * direction
        distance = distance + push
        strands[:, k] = position
    return strands


def resolve_collisions(head: HeadSurface, strands: NDArray, clearance: float = SKIN_CLEARANCE) -> NDArray:
    """Strands (N, P, 3) with every point but the root pushed out to the clearance."""
    strands = strands.copy()
    points = strands[:, 1:].reshape(-1, 3)
    wanted = np.tile(np.minimum(np.arange(1, strands.shape[1]) / 3, 1) * clearance, len(strands))
    close = np.flatnonzero(head.distance.may_be_within(points, wanted))
    for _ in range(6):
        distance, normal = head.distance.sample(points[close])
        missing = wanted[close] - distance
        inside = missing > 1e-5
        close = close[inside]
        points[close] += normal[inside] * missing[inside, None]
    strands[:, 1:] = points.reshape(len(strands), -1, 3)
    return strands


def _root_directions(style: HairStyle, sites: Sites, comb: Comb) -> NDArray:
    growth = style.growth
    flow = unit(tangential(comb.direction(sites.points), sites.normals))
    upper = smoothstep(style.length.fade_low, max(style.length.fade_high, style.length.fade_low + 1), sites.elevation)
    angle = growth.angle_sides + (growth.angle - growth.angle_sides) * upper
    front = smoothstep(60, 35, np.abs(sites.azimuth)) * np.exp(-sites.edge / 0.02)
    angle = angle + (growth.angle_front - angle) * front
    # Hair stands up in the whorl, or the skin would show where it parts in all directions.
    at_whorl = np.exp(-((np.linalg.norm(sites.points - comb.whorl, axis=1) / 0.018) ** 2))
    angle = angle + np.clip(62 - angle, 0, None) * at_whorl * (style.flow.whorl > 0)
    # Beside the parting hair rises before it falls to its side, or the parting would lie in a valley.
    angle = angle + np.clip(PARTING_ANGLE - angle, 0, None) * np.exp(-((comb.from_parting / 0.012) ** 2))
    if style.fringe is not None:
        angle = np.where(comb.fringe, style.fringe.angle, angle)
    angle = np.radians(angle)[:, None]
    direction = np.cos(angle) * flow + np.sin(angle) * sites.normals
    in_front = smoothstep(130, 70, np.abs(sites.azimuth))  # at the back of the crown hair goes on lying over the skin
    direction[:, 2] += growth.up * upper * in_front * ~comb.fringe
    return unit(direction)


def _combed(comb: Comb, anatomy: Anatomy, position: NDArray, distance: NDArray, normal: NDArray) -> NDArray:
    """The comb's pull: along the skin, gone a few centimetres off it and below the jaw."""
    near = np.exp(-np.clip(distance - 0.02, 0, None) / 0.03)
    above = smoothstep(anatomy.chin, anatomy.nose + 0.03, position[:, 2])
    return unit(tangential(comb.direction(position), normal)) * (near * above)[:, None]


def _down(
    anatomy: Anatomy, sites: Sites, style: HairStyle, position: NDArray, distance: NDArray, normal: NDArray
) -> NDArray:
    """Where weight takes a hair: down, a little towards the neck, and off the shoulders to the front or the back."""
    pull = np.zeros_like(position)
    pull[:, 2] = -1
    below = smoothstep(anatomy.chin + 0.04, anatomy.chin - 0.04, position[:, 2])[:, None]
    neck = np.stack([position[:, 0] - anatomy.ear[0], position[:, 1] - anatomy.ear[1] - 0.02], 1) / 0.08
    under_ear = smoothstep(anatomy.ear[2] + 0.01, anatomy.chin + 0.03, position[:, 2])[:, None]
    pull[:, :2] -= style.growth.inward * under_ear * neck
    on_shoulder = smoothstep(0.3, 0.6, normal[:, 2]) * smoothstep(0.03, 0.005, distance) * below[:, 0]
    # Already above the shoulder hair makes for its front or its back.
    over_shoulder = smoothstep(0.2, 0.5, normal[:, 2]) * smoothstep(0.10, 0.02, distance) * below[:, 0]
    backwards = np.where(np.abs(sites.azimuth) > style.volume.drape, 1.0, -1.0)
    pull[:, 1] += (1.4 * on_shoulder + 0.5 * over_shoulder) * backwards
    pull[:, 0] -= 0.35 * on_shoulder * np.sign(position[:, 0]) * smoothstep(0.05, 0.09, np.abs(position[:, 0]))
    return pull


def _off_the_face(anatomy: Anatomy, style: HairStyle, comb: Comb, position: NDArray) -> NDArray:
    """A push to the sides inside the window of the face; fringes may hang there."""
    middle, half = (anatomy.hairline + anatomy.chin) / 2, (anatomy.hairline - anatomy.chin) / 2
    x, z = position[:, 0] - anatomy.center[0], position[:, 2] - middle
    inside = 1 - np.hypot(x / max(anatomy.face_width * style.volume.face, 1e-3), z / half)
    in_front = smoothstep(anatomy.ear[1], anatomy.ear[1] - 0.03, position[:, 1])
    push = 4 * np.clip(inside, 0, 0.5) * in_front * ~comb.fringe
    outward = np.where(np.abs(x) > 0.02, np.sign(x), comb.side)
    return np.stack([push * outward, 0.5 * push, np.zeros_like(push)], 1)


def _clearance(style: HairStyle, anatomy: Anatomy, share: NDArray, position: NDArray, along: NDArray) -> NDArray:
    volume = style.volume
    upper = smoothstep(-5, 45, anatomy.elevation(position))
    layer = volume.layer * (volume.sides + (1 - volume.sides) * upper) * share
    full = 1 - np.exp(-along / (volume.reach * anatomy.scale))
    return SKIN_CLEARANCE * np.minimum(along / 0.004, 1) + (volume.lower + layer) * anatomy.scale * full


def _push_out(distance: NDArray, clearance: NDArray) -> NDArray:
    """How far to move along the surface's normal: a share of the way to the clearance, and all the way out of the skin."""
    hard = np.minimum(SKIN_CLEARANCE, clearance) - distance
    return np.maximum(np.clip(clearance - distance, 0, None) * SOFT_PUSH, hard.clip(0))
