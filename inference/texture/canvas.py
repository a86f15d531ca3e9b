# SPDX-License-Identifier: GPL-3.0-or-later
"""What the texture stages know about a model before they see a photo: its atlas, its skin as a graph, and the skin's regions."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from ..head.landmark_sets import OUTER_EYES
from ..head.model import HeadModel, vertex_normals
from ..smoothstep import smoothstep
from .atlas import Atlas, texture_atlas
from .contours import INNER_LIPS, LEFT_EYE, RIGHT_EYE
from .lid_fold import folded_lids
from .skin_graph import SkinGraph, skin_graph

NOSE_BASE, NOSE_WINGS, MOUTH_CORNERS = 2, (129, 358), (61, 291)  # MediaPipe's landmarks
OUTER = 0.8, 0.95  # distance from the midline in that of the outer eye corners
CORNER_REACH = 0.013, 0.008  # metres
FEATURE_RIM = 0.003  # metres
LIP_LINE, LASH_LINE = 0.0011, 0.0010  # metres
# Metres over which the nose is smoothed, and by which its hollows lie below that; metres above the base of the nose up to which they lie.
HOLLOW_RADIUS, HOLLOW, HOLLOWS_UP_TO = 0.006, (0.0015, 0.0021), 0.006


@dataclass(frozen=True, eq=False)
class Regions:
    """Soft masks (N,) in [0, 1] over the graph's vertices.

    plain: skin without features, ears and scalp. features: brows and lids, with a rim; brows: these alone; lids: the
    others. upper: above the base of the nose. nostrils: the hollows of the nose; lip_line: where closed lips meet;
    lash_line: the edges of the lids, of the lower one half; lid_folds: upper lids that open eyes fold away.
    inner_mouth: the mouth bag; deep_mouth: 0 on the lips' rim, 1 a centimetre inside. mouth_corners: skin beside the mouth.
    outer: the face beside its features.
    The others are the model's masks.
    """

    plain: NDArray
    features: NDArray
    brows: NDArray
    lids: NDArray
    nose: NDArray
    nostrils: NDArray
    lip_line: NDArray
    lash_line: NDArray
    lid_folds: NDArray
    forehead: NDArray
    lips: NDArray
    ears: NDArray
    neck: NDArray
    scalp: NDArray
    face: NDArray
    cheeks: NDArray
    upper: NDArray
    inner_mouth: NDArray
    deep_mouth: NDArray
    mouth_corners: NDArray
    outer: NDArray


@dataclass(frozen=True, eq=False)
class Canvas:
    """A model's texture chart, ready to be painted."""

    model: HeadModel
    atlas: Atlas
    graph: SkinGraph
    regions: Regions

    def spread(self, field: NDArray) -> NDArray[np.float32]:
        """(N,) or (N, C) over the graph's vertices -> picture (size, size) or (size, size, C)."""
        whole = np.zeros((len(self.model.template), *field.shape[1:]), np.float32)
        whole[self.graph.vertices] = field
        return self.atlas.spread(whole)

    def means(self, picture: NDArray, weight: NDArray) -> tuple[NDArray, NDArray]:
        """Weighted means (N, C) of a picture (size, size, C) around the vertices, and the mean weights (N,)."""
        total = self.atlas.gather(weight)[self.graph.vertices]
        sums = self.atlas.gather(picture * weight[..., None])[self.graph.vertices]
        return sums / np.maximum(total, 1e-6)[:, None], total / np.maximum(self.atlas.area[self.graph.vertices], 1e-6)


@lru_cache(maxsize=3)
def texture_canvas(model: HeadModel, size: int) -> Canvas:
    """Made once per model and texture size."""
    graph = skin_graph(model)
    return Canvas(model, texture_atlas(model, size), graph, _regions(model, graph))


def _regions(model: HeadModel, graph: SkinGraph) -> Regions:
    masks = {name: mask[graph.vertices].astype(float) for name, mask in model.masks.items()}
    inside = np.zeros(len(graph.vertices))
    if "mouth" in model.surface.part_names:
        inside[np.isin(graph.vertices, model.surface.part_vertices("mouth"))] = 1
    deep = smoothstep(0.5, 0.95, graph.smooth(inside[:, None], np.ones(len(inside)), 0.004)[:, 0]) * inside
    features = np.maximum(masks["brows"], masks["eyelids"])
    features, brows = _grown(graph, features), _grown(graph, masks["brows"])
    other = np.max([features, masks["lips"], masks["scalp"], masks["ears"], inside], 0)
    landmarks = model.landmarks["mediapipe_478"].points(model.template)
    nose_base, corners = landmarks[NOSE_BASE, 2], landmarks[list(MOUTH_CORNERS)]
    to_line = cKDTree(_along(landmarks[list(INNER_LIPS)])).query(model.template[graph.vertices])[0]
    beside = np.abs(model.template[graph.vertices, 0]) / np.abs(landmarks[list(OUTER_EYES), 0]).mean()
    to_corner = np.linalg.norm(model.template[graph.vertices, None] - corners, axis=2).min(1)
    return Regions(
        plain=1 - other,
        features=features,
        brows=brows,
        lids=masks["eyelids"] * (1 - brows),
        nose=masks["nose"],
        nostrils=_nostrils(model, graph, masks["nose"], landmarks),
        lip_line=np.exp(-((to_line / LIP_LINE) ** 2)) * np.maximum(masks["lips"], inside),
        lash_line=_lash_line(landmarks, model.template[graph.vertices]) * (1 - masks["brows"]),
        lid_folds=folded_lids(model)[graph.vertices].astype(float),
        forehead=masks["forehead"],
        lips=masks["lips"],
        ears=masks["ears"],
        neck=np.minimum(masks["neck"] + masks["bust"], 1),
        scalp=masks["scalp"],
        face=masks["face"],
        cheeks=masks["cheeks"],
        upper=smoothstep(nose_base - 0.005, nose_base + 0.005, model.template[graph.vertices, 2]),
        inner_mouth=inside,
        deep_mouth=deep,
        mouth_corners=smoothstep(*CORNER_REACH, to_corner) * (1 - np.maximum(masks["lips"], inside)),
        outer=smoothstep(*OUTER, beside) * masks["face"],
    )


def _nostrils(model: HeadModel, graph: SkinGraph, nose: NDArray, landmarks: NDArray) -> NDArray:
    points = model.template[graph.vertices].astype(float)
    normals = vertex_normals(model.template.astype(float), model.surface.triangles("skin"))[graph.vertices]
    below = ((graph.smooth(points, np.ones(len(points)), HOLLOW_RADIUS) - points) * normals).sum(1)
    highest = landmarks[NOSE_BASE, 2] + HOLLOWS_UP_TO
    wing = np.abs(landmarks[list(NOSE_WINGS), 0]).mean()
    within = smoothstep(highest, highest - 0.002, points[:, 2]) * smoothstep(
        0.8 * wing, 0.7 * wing, np.abs(points[:, 0])
    )
    return smoothstep(*HOLLOW, below) * within * nose


def _grown(graph: SkinGraph, mask: NDArray) -> NDArray:
    """With a rim: photographed brows and lashes rarely end where the masks do."""
    around = graph.smooth(mask[:, None], np.ones(len(mask)), FEATURE_RIM)[:, 0]
    return np.maximum(mask, np.minimum(1, 3 * around))


def _lash_line(landmarks: NDArray, points: NDArray) -> NDArray:
    edges = [_along(landmarks[list(eye)]) for eye in (RIGHT_EYE, LEFT_EYE)]
    lower = [edge[edge[:, 2] < edge[:, 2].mean()] for edge in edges]
    upper = [edge[edge[:, 2] >= edge[:, 2].mean()] for edge in edges]
    beside = [np.exp(-((cKDTree(np.concatenate(e)).query(points)[0] / LASH_LINE) ** 2)) for e in (upper, lower)]
    return np.maximum(beside[0], beside[1] / 2)


def _along(loop: NDArray) -> NDArray:
    """Points every fifth of the way along a closed line (N, 3)."""
    share = np.linspace(0, 1, 5, endpoint=False)[:, None, None]
    return (loop + share * (np.roll(loop, -1, 0) - loop)).reshape(-1, 3)
