# SPDX-License-Identifier: GPL-3.0-or-later
"""Tied hair: combed over the head to a tie, then a falling tail or a coiled bun."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..smoothstep import smoothstep
from .detail import resample
from .head_surface import HeadSurface, Sites
from .style import Tie
from .variation import tangential, unit

COMBED, TAIL = 60, 140
FOREHEAD = (75.0, 50.0)  # degrees of azimuth at which it ends


def tied_roots(tie: Tie, sites: Sites) -> NDArray:
    """(N,) bool: the roots whose hair goes to a tie."""
    low, high = tie.from_azimuth, tie.to_azimuth
    return (sites.azimuth >= low) & (sites.azimuth <= high) & (sites.elevation >= tie.above)


def gather(
    head: HeadSurface, tie: Tie, sites: Sites, points: int, random: np.random.Generator
) -> tuple[NDArray, NDArray]:
    """Strands (N, points, 3) of the sites through the tie, and (N, points) in [0, 1]: how far neighbours have run together."""
    scale = head.anatomy.scale
    knot = _tie_point(head, tie)
    outward = head.distance.sample(knot[None])[1][0]
    combed = _combed_to(head, tie, sites, knot, random)
    # Arrival side around the knot decides where in the tail a strand runs, so that strands do not cross.
    across = unit(tangential(np.array([[0.0, 0.0, 1.0]]) + 1e-3, outward[None]))[0]
    arrival = combed[:, -12] - knot
    angle = np.arctan2(arrival @ np.cross(outward, across), arrival @ across)
    spread = np.sqrt(random.uniform(0.02, 1, len(sites)))
    if tie.bun > 0:
        after = _bun(tie, knot, outward, across, angle, spread, scale, random)
    else:
        after = _tail(head, tie, knot, outward, across, angle, spread, random)
    joined = _smoothed(np.concatenate([combed, after], 1), 12)
    together = np.concatenate([np.linspace(0, 1, combed.shape[1]), np.ones(after.shape[1])])
    return _evenly_spaced(joined, together, points)


def _tie_point(head: HeadSurface, tie: Tie) -> NDArray:
    """Where the tie sits: on the skin along its direction, a little off it."""
    anatomy = head.anatomy
    ray = anatomy.center + np.linspace(0.03, 0.16, 140)[:, None] * anatomy.direction(tie.azimuth, tie.elevation)
    distance, _ = head.distance.sample(ray)
    return ray[np.argmax(distance > 0.008 * anatomy.scale)]


def _combed_to(head: HeadSurface, tie: Tie, sites: Sites, knot: NDArray, random: np.random.Generator) -> NDArray:
    """(N, COMBED, 3): arcs about the skull's centre from the roots to the knot, kept a little off the skin."""
    center = head.anatomy.center
    start, end = unit(sites.points - center), unit(knot - center)
    angle = np.arccos(np.clip(start @ end, -1, 1))[:, None, None]
    t = np.linspace(0, 1, COMBED)[None, :, None]
    sine = np.maximum(np.sin(angle), 1e-3)
    path = np.sin((1 - t) * angle) / sine * start[:, None] + np.sin(t * angle) / sine * end
    # From the forehead the shortest way to a low tie may lead across the face; the comb goes over the head, as far above as that below.
    below = np.clip(-unit(start + end)[:, 2], 0, 1) * smoothstep(*FOREHEAD, np.abs(sites.azimuth))
    path[..., 2] += 2 * below[:, None] * np.sin(np.pi * t[..., 0])
    radius = np.linalg.norm(sites.points - center, axis=1)[:, None, None]
    path = center + unit(path) * (radius * (1 - t) + np.linalg.norm(knot - center) * t)
    # Hair from farther away lies on top of hair from nearby.
    lift = tie.slack * head.anatomy.scale * (0.4 + 0.8 * angle[:, 0] / np.pi + 0.4 * random.random((len(sites), 1)))
    target = 0.0012 + lift * np.sin(np.pi * np.clip(t[..., 0] * 1.6, 0, 0.5))
    for _ in range(4):
        distance, normal = head.distance.sample(path)
        path = path + normal * ((target - distance) * (1 - t[..., 0] ** 6))[..., None] * 0.9
    path[:, 0] = sites.points
    return path


def _tail(
    head: HeadSurface,
    tie: Tie,
    knot: NDArray,
    outward: NDArray,
    across: NDArray,
    angle: NDArray,
    spread: NDArray,
    random: np.random.Generator,
) -> NDArray:
    """(N, TAIL, 3): strands around a middle line that leaves the knot outwards and falls."""
    scale = head.anatomy.scale
    length = tie.tail * scale
    stride = length / (TAIL - 1)
    middle, direction = np.empty((TAIL, 3)), outward + np.array([0, 0, 0.3])
    middle[0] = knot
    for k in range(1, TAIL):
        falling = min(1.0, k * stride / max(tie.out * scale, 1e-3)) ** 1.5
        wish = (1 - falling) * outward + falling * np.array([0, 0, -1.0])
        direction = unit(direction + 0.12 * (unit(wish) - direction))
        point = middle[k - 1] + stride * direction
        distance, normal = head.distance.sample(point[None])
        middle[k] = point + normal[0] * max(0.0, tie.thickness * scale * 0.8 * min(1, k / 30) - distance[0])
        direction = unit(middle[k] - middle[k - 1])
    along = np.linspace(0, 1, TAIL)
    bulge = 0.35 + 0.65 * np.sin(np.pi * np.clip(along * 1.3 + 0.05, 0, 1)) ** 0.8
    radius = tie.thickness * scale * np.where(along > 0.45, np.maximum(bulge, 0.55), bulge)
    tangent = unit(np.gradient(middle, axis=0))
    first = unit(np.cross(tangent, np.cross(across, tangent)))
    second = np.cross(tangent, first)
    disc = (
        radius[None, :, None]
        * spread[:, None, None]
        * (np.cos(angle)[:, None, None] * first + np.sin(angle)[:, None, None] * second)
    )
    share = np.clip(1 - 0.25 * random.random(len(angle)) ** 2 - 0.05 * random.random(len(angle)), 0.4, 1)
    return resample(middle + disc, TAIL, share)


def _bun(
    tie: Tie,
    knot: NDArray,
    outward: NDArray,
    across: NDArray,
    angle: NDArray,
    spread: NDArray,
    scale: float,
    random: np.random.Generator,
) -> NDArray:
    """(N, TAIL, 3): strands wound around the knot inside a ring-shaped tube."""
    ring, tube = tie.bun * scale, tie.thickness * scale
    other = np.cross(outward, across)
    along = np.linspace(0, 1, TAIL)[None]
    turn = angle[:, None] + 2 * np.pi * tie.turns * along * random.uniform(0.75, 1.1, (len(angle), 1))
    # The strand twists slowly inside the tube and winds from its base to its outside.
    twist = 2 * np.pi * random.random((len(angle), 1)) + 1.6 * np.pi * along
    inside = tube * np.maximum(spread, 0.55)[:, None]
    distance = ring + inside * np.cos(twist)
    height = tube * 0.75 + inside * np.sin(twist)
    grown = np.minimum(along * 12, 1)
    plane = np.cos(turn)[..., None] * across + np.sin(turn)[..., None] * other
    return knot + (distance * (0.3 + 0.7 * grown))[..., None] * plane + (height * grown)[..., None] * outward


def _smoothed(strands: NDArray, passes: int) -> NDArray:
    for _ in range(passes):
        strands = strands.copy()
        strands[:, 1:-1] = 0.25 * strands[:, :-2] + 0.5 * strands[:, 1:-1] + 0.25 * strands[:, 2:]
    return strands


def _evenly_spaced(strands: NDArray, values: NDArray, points: int) -> tuple[NDArray, NDArray]:
    """Strands with ``points`` points at equal arc length, and the (P,) values along them, (N, points)."""
    steps = np.linalg.norm(np.diff(strands, axis=1), axis=2)
    arc = np.concatenate([np.zeros((len(strands), 1)), np.cumsum(steps, 1)], 1)
    out, carried = np.empty((len(strands), points, 3)), np.empty((len(strands), points))
    for n in range(len(strands)):
        at = np.linspace(0, arc[n, -1], points)
        carried[n] = np.interp(at, arc[n], values)
        for axis in range(3):
            out[n, :, axis] = np.interp(at, arc[n], strands[n, :, axis])
    return out, carried
