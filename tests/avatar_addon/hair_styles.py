# SPDX-License-Identifier: GPL-3.0-or-later
"""A made-up hairstyle for the stand-in head, and what the tests measure on strands."""

from __future__ import annotations

from dataclasses import replace

import bpy
import numpy as np
from portrait_avatar.inference.bundle import Avatar
from portrait_avatar.inference.bundle_style import StyleInfo, StyleStrands
from portrait_avatar.tests.avatar_addon.geometry import strand_points
from portrait_avatar.tests.avatar_addon.stand_in import RADII, make_head


def make_style(avatar: Avatar, name: str = "tested", tail: float = -1.0) -> StyleStrands:
    """The stand-in's hair combed close to its head and waved, as a style; the stand-in is its reference head."""
    hair, head = avatar.hair, make_head()
    along = np.linspace(0, 1, hair.points.shape[1])[None, :, None]
    course = hair.points[:, :1] + along * np.array((0, 0.05, -0.03)) + 0.004 * along * np.sin(20 * along) * (1, 0, 0)
    lift = 1.02 + 0.03 * np.minimum(along * 5, 1) - 0.02 * (along == 0)
    points = lift * course / np.linalg.norm(course / RADII, axis=2, keepdims=True)
    uv = np.einsum("nkc,nk->nc", head.scalp_uv[hair.root_vertices], hair.root_barycentric)
    scalp = np.flatnonzero(~np.isnan(head.scalp_uv[:, 0]))[::7]
    info = StyleInfo(name, name.capitalize(), "short wavy", ("short",), 3000, 0.0001, tail)
    return StyleStrands(info, points.astype(np.float32), uv, head.scalp_uv[scalp], head.vertices[scalp])


def other_head(avatar: Avatar, factors: tuple[float, float, float] = (1.12, 0.93, 1.06)) -> Avatar:
    """The stand-in with a head of other proportions, and bald."""
    head = replace(avatar.head, vertices=(avatar.head.vertices * np.array(factors, np.float32)))
    none = {name: getattr(avatar.hair, name)[:0] for name in ("points", "root_vertices", "root_barycentric")}
    return replace(avatar, name="other", head=head, hair=replace(avatar.hair, **none))


def deepest(points: np.ndarray, factors: tuple[float, float, float] = (1.0, 1.0, 1.0)) -> float:
    """How far the deepest of the points (..., 3) lies inside the stand-in's egg, metres; negative: all are outside."""
    radii = RADII * np.array(factors)
    return float(((1 - np.linalg.norm(points / radii, axis=-1)) * radii.min()).max())


def evaluated(hair_object: bpy.types.Object) -> np.ndarray:
    """(N, P, 3) strands as a render shows them; all must have the same number of points."""
    points, starts = strand_points(hair_object)
    return points.reshape(len(starts) - 1, -1, 3)


def arc_length(strands: np.ndarray) -> float:
    """Mean length of the strands, metres."""
    return float(np.linalg.norm(np.diff(strands, axis=1), axis=2).sum(1).mean())


def winding(strands: np.ndarray) -> float:
    """Mean length of the strands relative to the straight way from root to tip."""
    straight = np.linalg.norm(strands[:, -1] - strands[:, 0], axis=1)
    return float((np.linalg.norm(np.diff(strands, axis=1), axis=2).sum(1) / straight).mean())
