# SPDX-License-Identifier: GPL-3.0-or-later
"""Scan-to-mesh errors of one prediction, and the statistics of many.

Scans and errors are in millimetres. The seven landmarks: eye corners (right outer, right inner, left inner, left outer), nose
bottom, mouth corners (right, left).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .align import Similarity, procrustes, refine
from .closest import TriangleSurface

CROP_SCALE, CROP_UP = 1.4, 0.3


@dataclass(frozen=True)
class FaceErrors:
    """distances (N,): millimetres, one per kept scan vertex; kept (N,): their indices; alignment: prediction -> scan."""

    distances: NDArray
    kept: NDArray
    alignment: Similarity


@dataclass(frozen=True)
class Statistics:
    """Of pooled distances, millimetres; ``deviation`` is the population's."""

    median: float
    mean: float
    deviation: float
    count: int


def face_region(scan: NDArray, landmarks: NDArray) -> NDArray:
    """Indices of the (N, 3) scan vertices in the protocol's ball about the face; landmarks (7, 3)."""
    bridge = (landmarks[1] + landmarks[2]) / 2
    center = landmarks[4] + CROP_UP * (bridge - landmarks[4])
    radius = CROP_SCALE * (np.linalg.norm(landmarks[0] - landmarks[3]) + np.linalg.norm(bridge - landmarks[4])) / 2
    return np.flatnonzero(((scan - center) ** 2).sum(1) <= radius**2)


def face_errors(
    scan: NDArray,
    scan_landmarks: NDArray,
    vertices: NDArray,
    triangles: NDArray,
    landmarks: NDArray,
    millimetres_per_unit: float | None = None,
) -> FaceErrors:
    """Errors of a predicted mesh, vertices (V, 3) and triangles (T, 3) with landmarks (7, 3), against a scan (N, 3) in millimetres.

    millimetres_per_unit: None for the non-metrical protocol; 1, 10 or 1000 keeps the prediction's own scale.
    Raises ValueError when numbers are not finite, the mesh has no triangles or the landmarks leave no scan to compare with.
    """
    scan, marks = np.asarray(scan, np.float64), np.asarray(scan_landmarks, np.float64)
    predicted = np.asarray(landmarks, np.float64)
    if marks.shape != (7, 3) or predicted.shape != (7, 3):
        raise ValueError("Scan and prediction need seven landmarks each.")
    if not (np.isfinite(scan).all() and np.isfinite(marks).all() and np.isfinite(predicted).all()):
        raise ValueError("The scan or a landmark has coordinates that are not finite.")
    kept = face_region(scan, marks)
    if len(kept) == 0:
        raise ValueError("The scan has no vertices about its landmarks: do both use millimetres and the same frame?")
    surface = TriangleSurface(vertices, triangles)
    start = procrustes(predicted, marks)
    metrical = millimetres_per_unit is not None
    if metrical:
        start = Similarity(float(millimetres_per_unit), start.rotation, start.translation)
    alignment, distances = refine(surface, start, scan[kept], metrical)
    return FaceErrors(distances, kept, alignment)


def statistics(distances: Iterable[NDArray]) -> Statistics:
    """Of all distances of all predictions in one pool, as the protocol asks."""
    pool = np.concatenate(list(distances))
    return Statistics(float(np.median(pool)), float(pool.mean()), float(pool.std()), len(pool))
