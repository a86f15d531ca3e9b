# SPDX-License-Identifier: GPL-3.0-or-later
"""What the texture stages know about a model before they see a photo: its atlas, its skin as a graph, and the skin's regions."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ..head.model import HeadModel
from ..smoothstep import smoothstep
from .atlas import Atlas, texture_atlas
from .skin_graph import SkinGraph, skin_graph

NOSE_BASE, MOUTH_CORNERS = 2, (61, 291)  # MediaPipe's landmarks
CORNER_REACH = 0.013, 0.008  # metres
FEATURE_RIM = 0.003  # metres


@dataclass(frozen=True, eq=False)
class Regions:
    """Soft masks (N,) in [0, 1] over the graph's vertices.

    plain: skin without features, ears and scalp. features: brows and lids. upper: above the base of the nose.
    inner_mouth: the mouth bag; deep_mouth: 0 on the lips' rim, 1 a centimetre inside. mouth_corners: skin beside the mouth.
    The others are the model's masks.
    """

    plain: NDArray
    features: NDArray
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
    around = graph.smooth(features[:, None], np.ones(len(features)), FEATURE_RIM)[:, 0]
    features = np.maximum(
        features, np.minimum(1, 3 * around)
    )  # photographed brows and lashes rarely end where the masks do
    other = np.max([features, masks["lips"], masks["scalp"], masks["ears"], inside], 0)
    landmarks = model.landmarks["mediapipe_478"].points(model.template)
    nose_base, corners = landmarks[NOSE_BASE, 2], landmarks[list(MOUTH_CORNERS)]
    to_corner = np.linalg.norm(model.template[graph.vertices, None] - corners, axis=2).min(1)
    return Regions(
        plain=1 - other,
        features=features,
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
    )
