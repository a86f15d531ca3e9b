# SPDX-License-Identifier: GPL-3.0-or-later
"""Lips that meet, a mouth bag that leaves room for the teeth, and lips that glide over the teeth in every expression."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sparse
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from ...smoothstep import smoothstep
from ..model import vertex_normals
from .crop import Bust
from .dental_arch import LOWER_CROWNS, UPPER_CROWNS, Arch
from .topology import boundary_loop, edges_of, triangulate

RINGS = 12
OVERLAP = 0.00010  # of the lips at rest, so that no light passes between their polygons
LIP_TO_TEETH = 0.0097  # from the most forward point of the upper lip back to the incisors' labial faces
EDGE_BELOW_LIP_LINE = 0.0027
OVERBITE = 0.0016
OVERJET = 0.0026
ROOM_AT_CROWNS, ROOM_AT_GUMS = 0.0006, 0.0021
BAG_REACH = 0.020  # the bag is widened this far above and below the lip line
FLESH = 0.0045  # least thickness between bag and outer skin
BOUND, FREE = 0.007, 0.015  # a bag vertex nearer to the skin than BOUND moves with it, farther than FREE on its own
SPREADING = 14  # passes that hand a push on to the neighbours
KEPT = 0.80  # share of a push that a neighbour takes over
LIP_FADE = 1 - smoothstep(5, RINGS, np.arange(RINGS))  # how far each ring takes part when the lips are brought together


@dataclass(frozen=True)
class Mouth:
    """Lips as rings (RINGS, C) of bust vertices around the opening, ring 0 inside; upper (C,) columns of the upper lip;
    inside_corners (C,): 0 at the mouth's corners, where lips need no sealing; bag vertices; neighbour averaging matrix (V, V);
    outer (M, 3) triangles of the visible skin."""

    rings: NDArray
    upper: NDArray
    inside_corners: NDArray
    bag: NDArray
    averaging: sparse.csr_matrix
    outer: NDArray


@dataclass(frozen=True)
class Dentition:
    """Upper and lower arch of one head."""

    upper: Arch
    lower: Arch


def find_mouth(bust: Bust, skin: NDArray) -> Mouth:
    """The lips' rings on the average adult ``skin``, found from the border between skin and mouth bag."""
    bag = np.unique(bust.faces[bust.mouth])
    bag = bag[bag >= 0]
    edges = edges_of(bust.faces)
    both = np.concatenate([edges, edges[:, ::-1]])
    rings = [boundary_loop(bust.faces[bust.mouth])]
    seen = set(bag.tolist())
    for _ in range(RINGS - 1):
        following = []
        for vertex in rings[-1]:
            around = both[both[:, 0] == vertex, 1]
            following.append(next(int(v) for v in around if int(v) not in seen and v not in rings[-1]))
        rings.append(np.array(following))
        seen |= set(following)
    count = len(bust.mirror)
    adjacency = sparse.coo_matrix((np.ones(len(both)), (both[:, 0], both[:, 1])), (count, count)).tocsr()
    averaging = sparse.diags(1 / np.asarray(adjacency.sum(1)).ravel()) @ adjacency
    at = skin[np.array(rings)]
    inside_corners = smoothstep(0.0252, 0.0225, np.abs(at[2, :, 0]))
    return Mouth(
        np.array(rings),
        _upper_columns(at),
        inside_corners,
        bag,
        averaging,
        triangulate(bust.faces[~bust.mouth & ~bust.socket]),
    )


def seal_lips(points: NDArray, mouth: Mouth, overlaps_too: bool = False) -> NDArray:
    """(V, 3) vertices whose lips meet on one line wherever they gape (and, with ``overlaps_too``, where they pass through each other)."""
    sealed = points.copy()
    upper = mouth.upper
    inner = points[mouth.rings[:9]]
    under, over = inner[:, upper], inner[:, ~upper]
    lowest = np.take_along_axis(under, under[..., 2].argmin(0)[None, :, None], 0)[0]
    highest = np.take_along_axis(over, over[..., 2].argmax(0)[None, :, None], 0)[0]
    gap = np.empty(len(upper))
    gap[upper] = lowest[:, 2] - _height_at(lowest[:, 0], highest)
    gap[~upper] = _height_at(highest[:, 0], lowest) - highest[:, 2]
    if not overlaps_too:
        gap = np.maximum(gap, -2 * OVERLAP)
    shift = np.where(upper, -1, 1) * (gap / 2 + OVERLAP)
    sealed[mouth.rings, 2] += LIP_FADE[:, None] * (shift * mouth.inside_corners)
    return sealed


def keep_lips_closed(displacement: NDArray, skin: NDArray, mouth: Mouth) -> NDArray:
    """An identity direction (V, 3) under which the sealed lips of ``skin`` move up and down together."""
    upper, columns = mouth.upper, np.arange(len(mouth.upper))
    heights = np.where(upper, 1, -1) * skin[mouth.rings[:9], 2]
    contact = mouth.rings[heights.argmin(0), columns]
    line = np.c_[skin[contact, 0], displacement[contact]]
    gap = np.empty(len(upper))
    gap[upper] = line[upper, 3] - _height_at(line[upper, 0], line[~upper][:, [0, 1, 3]])
    gap[~upper] = _height_at(line[~upper, 0], line[upper][:, [0, 1, 3]]) - line[~upper, 3]
    closed = displacement.copy()
    closed[mouth.rings, 2] += LIP_FADE[:, None] * (np.where(upper, -1, 1) * gap / 2 * mouth.inside_corners)
    return closed


def bind_bag(skin: NDArray, mouth: Mouth) -> sparse.csr_matrix:
    """(V, V) matrix that makes the bag follow the skin in front of it, and leaves all else alone."""
    outer = np.setdiff1d(np.unique(mouth.outer), mouth.rings[:9])
    bag = np.setdiff1d(mouth.bag, mouth.rings)
    distance, nearest = cKDTree(skin[outer]).query(skin[bag], 6)
    weight = 1 / distance**2
    weight = weight / weight.sum(1, keepdims=True) * smoothstep(FREE, BOUND, distance[:, :1])
    rows = np.repeat(bag, 6)
    follow = sparse.coo_matrix((weight.ravel(), (rows, outer[nearest].ravel())), (len(skin), len(skin))).tocsr()
    own = np.ones(len(skin))
    own[bag] -= weight.sum(1)
    return (follow + sparse.diags(own)).tocsr()


def place_teeth(skin: NDArray, mouth: Mouth) -> Dentition:
    """Arches behind the sealed lips of ``skin``."""
    rings = skin[mouth.rings]
    middle = np.abs(rings[..., 0]) < 0.012
    upper = mouth.upper
    forward = rings[:, upper][middle[:, upper]][:, 1].min()
    line = rings[:9, ~upper][middle[:9, ~upper]][:, 2].max()
    front, edge = forward + LIP_TO_TEETH, line - EDGE_BELOW_LIP_LINE
    return Dentition(
        Arch(UPPER_CROWNS, front, edge, 0.0298, 0.045, -1, 0.08),
        Arch(LOWER_CROWNS, front + OVERJET, edge + OVERBITE, 0.0276, 0.043, 1, 0.08),
    )


def make_room(skin: NDArray, mouth: Mouth, teeth: Dentition) -> NDArray:
    """(V, 3) vertices with bag and inner lips outside the dental arches, as far as the flesh around allows."""
    movable = np.unique(np.r_[mouth.bag, mouth.rings[:5].ravel()])
    push = np.zeros_like(skin)
    push[movable] = _push(skin[movable], teeth, np.zeros((4, 3)))
    return keep_inside(skin + _spread(push, mouth), mouth)


def keep_inside(points: NDArray, mouth: Mouth) -> NDArray:
    """(V, 3) vertices whose bag is at least FLESH behind the outer skin."""
    normals = vertex_normals(points, mouth.outer)
    skin = np.setdiff1d(np.unique(mouth.outer), mouth.rings[:9])
    bag = np.setdiff1d(mouth.bag, mouth.rings)
    _, nearest = cKDTree(points[skin]).query(points[bag])
    foot = skin[nearest]
    depth = ((points[foot] - points[bag]) * normals[foot]).sum(1)
    kept = points.copy()
    kept[bag] -= np.maximum(FLESH - depth, 0)[:, None] * normals[foot]
    return kept


def glide(displacement: NDArray, skin: NDArray, mouth: Mouth, teeth: Dentition, jaw: NDArray) -> NDArray:
    """An expression (V, 3) at full strength whose lips stay outside the teeth; jaw (4, 3) moves the lower arch."""
    movable = np.unique(np.r_[mouth.bag, mouth.rings.ravel()])
    corrected = displacement.copy()
    for _ in range(3):
        push = np.zeros_like(skin)
        push[movable] = _push(skin[movable] + corrected[movable], teeth, jaw)
        if not push.any():
            break
        corrected += _spread(push, mouth)
    return keep_inside(skin + corrected, mouth) - skin


def _push(points: NDArray, teeth: Dentition, jaw: NDArray) -> NDArray:
    """(n, 3) shortest motions that take points out of the arches; the lower arch has moved by the affine map ``jaw``."""
    push = _out_of(points, teeth.upper, below=0.0006)
    turn = np.eye(3) + jaw[:3].T
    rest = np.linalg.solve(turn, (points - jaw[3]).T).T
    lower = _out_of(rest, teeth.lower, below=0.0) @ turn.T
    longer = (lower**2).sum(1) > (push**2).sum(1)
    return np.where(longer[:, None], lower, push)


def _out_of(points: NDArray, arch: Arch, below: float) -> NDArray:
    """Outward motion to the distance an arch needs: less at the crowns than at the gums; none past the edges or behind the molars."""
    x, y = points[:, 0], points[:, 1] - arch.front - arch.depth
    root = -arch.upward * (points[:, 2] - arch.edge - arch.rise * (points[:, 1] - arch.front))
    y = np.minimum(y, 0)
    reach = np.sqrt((x / arch.half_width) ** 2 + (y / arch.depth) ** 2) + 1e-9
    slope = np.stack([x / arch.half_width**2, y / arch.depth**2, 0 * x], 1) / reach[:, None]
    steep = np.linalg.norm(slope, axis=1) + 1e-9
    outside = (reach - 1) / steep
    need = ROOM_AT_CROWNS + (ROOM_AT_GUMS - ROOM_AT_CROWNS) * smoothstep(0.004, 0.010, root)
    zone = smoothstep(-below - 0.0008, -below, root) * smoothstep(BAG_REACH, BAG_REACH - 0.006, root)
    zone = zone * smoothstep(arch.front + 0.062, arch.front + 0.050, points[:, 1]) * (outside > -0.012)
    return (np.maximum(need - outside, 0) * zone / steep)[:, None] * slope


def _spread(push: NDArray, mouth: Mouth) -> NDArray:
    """Lets neighbours follow pushed vertices, less and less away from them."""
    pushed = (push != 0).any(1)
    field = push.copy()
    for _ in range(SPREADING):
        field = np.where(pushed[:, None], push, KEPT * (mouth.averaging @ field))
    return field


def _upper_columns(rings: NDArray) -> NDArray:
    """(C,) columns of the upper lip: above the line between the mouth's corners, seen at the lips' outer rings."""
    outer = rings[7]
    left, right = outer[outer[:, 0].argmax()], outer[outer[:, 0].argmin()]
    share = (outer[:, 0] - right[0]) / (left[0] - right[0])
    return outer[:, 2] > right[2] + share * (left[2] - right[2])


def _height_at(x: NDArray, line: NDArray) -> NDArray:
    """z of a line of points (n, 3) at given x."""
    order = np.argsort(line[:, 0])
    return np.interp(x, line[order, 0], line[order, 2])
