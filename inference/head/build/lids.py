# SPDX-License-Identifier: GPL-3.0-or-later
"""Eyelids that lie on the eyeballs: at rest, under every identity direction and in every expression.

MakeHuman's lids are rings of 28 vertices around a 15 mm ball. Ring 0 is tucked behind the ball, ring 1 touches it, ring 3 is the outer edge
of the lid margin. Here the ball has its anatomical size, and the rings are moved with it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...smoothstep import smoothstep
from .crop import Bust
from .topology import edges_of

RADIUS = 0.0123
PUPIL_HEIGHT = 0.0055  # of the optical axis above the lower lid: the lid just covers the rim of a 5.9 mm iris
PUPIL_DISTANCE = 0.063
RINGS = 10
CONTACT, OUTER_EDGE = 1, 3
CLEARANCE = (-0.0009, 0.0002, 0.0006, 0.0009, 0.0010)  # of rings 0, 1, 2, 3 and all further ones above the ball
SOCKET_DEPTH = 0.0018  # the socket is kept this far inside the ball, where nothing shows it
LOWER_LID_RISE = 0.12  # share of the opening that the lower lid closes in a blink
BLINK_OVERLAP = (
    0.0006  # of each lid past the closing line, so that eyes which open wider than the average close as well
)
BLINK_LIFT = 0.0009  # of the upper lid, which slides over the lower one


@dataclass(frozen=True)
class Lids:
    """One eye: ball centre (3,); rings (RINGS, 28) bust vertices, columns aligned; socket (S,) vertices behind; upper (28,) bool."""

    centre: NDArray
    rings: NDArray
    socket: NDArray
    upper: NDArray


def find_lids(bust: Bust, skin: NDArray, side: float) -> Lids:
    """The lids on the subject's left (side +1) or right (-1)."""
    socket = np.unique(bust.faces[bust.socket])
    skin_used = np.unique(bust.faces[~bust.socket & ~bust.mouth])
    rim = np.intersect1d(socket, skin_used)
    rim = rim[skin[rim, 0] * side > 0]
    around = skin[rim] - skin[rim].mean(0)
    rings = [rim[np.argsort(np.arctan2(around[:, 2], side * around[:, 0]))]]
    neighbours = _neighbours(bust.faces)
    seen = set(socket[socket >= 0].tolist()) | set(rim.tolist())
    for _ in range(RINGS - 1):
        following = [next(v for v in neighbours[int(u)] if v not in seen) for u in rings[-1]]
        rings.append(np.array(following))
        seen |= set(following)
    inside = np.setdiff1d(socket, skin_used)
    inside = inside[(inside >= 0) & (skin[np.maximum(inside, 0), 0] * side > 0)]
    ordered = np.array(rings)
    margin = skin[ordered[OUTER_EDGE]]
    inner, outer = margin[(side * margin[:, 0]).argmin()], margin[(side * margin[:, 0]).argmax()]
    share = (margin[:, 0] - inner[0]) / (outer[0] - inner[0])
    upper = margin[:, 2] > inner[2] + share * (outer[2] - inner[2])
    return Lids(_ball_centre(skin[ordered[CONTACT]], side), ordered, inside, upper)


def _ball_centre(contact: NDArray, side: float) -> NDArray:
    """Pupils at adult distance, the lower lid at the rim of the iris, and as deep as the contact ring lies on average."""
    x = side * PUPIL_DISTANCE / 2
    middle = np.abs(contact[:, 0] - x) < 0.006
    z = contact[middle, 2].min() + PUPIL_HEIGHT
    beside = np.maximum(RADIUS**2 - (contact[:, 0] - x) ** 2 - (contact[:, 2] - z) ** 2, 0)
    return np.array([x, np.mean(contact[:, 1] + np.sqrt(beside)), z])


def seat_lids(skin: NDArray, lids: Lids) -> NDArray:
    """(V, 3) vertices with the lids on the ball and the socket inside it."""
    seated = skin.copy()
    contact = skin[lids.rings[CONTACT]]
    lift = _at_radius(contact, lids.centre, RADIUS + CLEARANCE[CONTACT]) - contact
    seated[lids.rings] += falloff()[:, None, None] * lift
    seated[lids.rings[0]] = _at_radius(seated[lids.rings[0]], lids.centre, RADIUS + CLEARANCE[0])
    _push_out(seated, lids)
    seated[lids.socket] = _at_radius(skin[lids.socket], lids.centre, RADIUS - SOCKET_DEPTH)
    return seated


def follow_ball(displacement: NDArray, skin: NDArray, lids: Lids, ball: NDArray) -> NDArray:
    """An identity direction (V, 3) whose contact ring keeps its distance to the ball, which moves by the affine map ``ball`` (4, 3)."""
    corrected = displacement.copy()
    rings = lids.rings
    outward = _outward(skin[rings], lids.centre)
    ball_motion = affine_displacement(skin[rings].reshape(-1, 3), ball).reshape(skin[rings].shape)
    missing = ((ball_motion - displacement[rings]) * outward).sum(-1)
    # The upper lid's skin keeps its distance as well, since it covers the ball in a blink; the lower one only joins in.
    missing = np.where(lids.upper, missing, missing[CONTACT])
    corrected[rings] += (falloff()[:, None] * missing)[..., None] * outward
    inner = np.r_[lids.rings[0], lids.socket]
    corrected[inner] = affine_displacement(skin[inner], ball)
    return corrected


def slide(displacement: NDArray, skin: NDArray, lids: Lids) -> NDArray:
    """An expression (V, 3) at full strength whose contact ring has slid over the ball."""
    moved = skin + displacement
    contact = moved[lids.rings[CONTACT]]
    lift = _at_radius(contact, lids.centre, RADIUS + CLEARANCE[CONTACT]) - contact
    moved[lids.rings] += falloff()[:, None, None] * lift
    if np.abs(displacement[lids.rings[: OUTER_EDGE + 1]]).max() > 1e-5:
        moved[lids.rings[0]] = _at_radius(moved[lids.rings[0]], lids.centre, RADIUS + CLEARANCE[0])
        _push_out(moved, lids)
    moved[lids.socket] = skin[lids.socket]
    return moved - skin


def blink(displacement: NDArray, skin: NDArray, lids: Lids) -> NDArray:
    """The blink (V, 3): both margins meet on one line near the lower lid; ``displacement`` says how the skin around follows."""
    moved = skin + displacement
    side = np.sign(lids.centre[0])
    across, height, radius = _spherical(skin[lids.rings], lids.centre, side)
    line = _closing_line(across, height, lids.upper)
    overlap = np.where(lids.upper, -1, 1) * BLINK_OVERLAP / RADIUS
    for ring in range(OUTER_EDGE + 1):
        lifted = radius[ring] + np.where(lids.upper, BLINK_LIFT, 0)
        at = _cartesian(across[ring], line(across[ring]) + overlap, lifted, lids.centre, side)
        at[_corners(across[OUTER_EDGE])] = skin[lids.rings[ring]][_corners(across[OUTER_EDGE])]
        change = at - moved[lids.rings[ring]]
        moved[lids.rings[ring]] = at
    fade = falloff(start=OUTER_EDGE)[OUTER_EDGE + 1 :, None, None]
    moved[lids.rings[OUTER_EDGE + 1 :]] += fade * change
    _push_out(moved, lids, BLINK_LIFT)
    moved[lids.socket] = skin[lids.socket]
    return moved - skin


def falloff(start: int = OUTER_EDGE) -> NDArray:
    """(RINGS,) 1 up to ring ``start``, then smoothly to 0 behind the last ring."""
    return 1 - smoothstep(start, RINGS, np.arange(RINGS))


def affine_displacement(points: NDArray, affine: NDArray) -> NDArray:
    """(n, 3) displacement of points by a (4, 3) affine map."""
    return np.c_[points, np.ones(len(points))] @ affine


def _closing_line(across: NDArray, height: NDArray, upper: NDArray):  # noqa: ANN202 - a function of the angle across
    """Elevation at which the lids meet, as a function of the angle across the eye."""
    x, z = across[OUTER_EDGE], height[OUTER_EDGE]
    tops, bottoms = np.flatnonzero(upper), np.flatnonzero(~upper)
    tops, bottoms = tops[np.argsort(x[tops])], bottoms[np.argsort(x[bottoms])]
    grid = np.linspace(x.min(), x.max(), 60)
    low, high = np.interp(grid, x[bottoms], z[bottoms]), np.interp(grid, x[tops], z[tops])
    meeting = low + LOWER_LID_RISE * (high - low)
    return lambda angle: np.interp(angle, grid, meeting)


def _corners(across: NDArray) -> NDArray:
    return np.array([across.argmin(), across.argmax()])


def _push_out(points: NDArray, lids: Lids, extra: float = 0.0) -> None:
    """Lifts rings 1.. to their least distance from the ball, in place; the skin beyond the margin by ``extra`` more."""
    for ring in range(CONTACT, RINGS):
        members = lids.rings[ring]
        least = RADIUS + CLEARANCE[min(ring, len(CLEARANCE) - 1)] + (extra if ring > OUTER_EDGE else 0)
        radius = np.linalg.norm(points[members] - lids.centre, axis=1)
        points[members] = _at_radius(points[members], lids.centre, np.maximum(radius, least))


def _spherical(points: NDArray, centre: NDArray, side: float) -> tuple[NDArray, NDArray, NDArray]:
    arms = points - centre
    radius = np.linalg.norm(arms, axis=-1)
    return np.arctan2(side * arms[..., 0], -arms[..., 1]), np.arcsin(arms[..., 2] / radius), radius


def _cartesian(across: NDArray, height: NDArray, radius: NDArray, centre: NDArray, side: float) -> NDArray:
    flat = np.cos(height)
    return centre + radius[:, None] * np.stack(
        [side * np.sin(across) * flat, -np.cos(across) * flat, np.sin(height)], 1
    )


def _outward(points: NDArray, centre: NDArray) -> NDArray:
    arms = points - centre
    return arms / np.linalg.norm(arms, axis=-1, keepdims=True)


def _at_radius(points: NDArray, centre: NDArray, radius: NDArray | float) -> NDArray:
    return centre + np.reshape(radius, (-1, 1)) * _outward(points, centre)


def _neighbours(faces: NDArray) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    for a, b in edges_of(faces):
        found.setdefault(int(a), set()).add(int(b))
        found.setdefault(int(b), set()).add(int(a))
    return found
