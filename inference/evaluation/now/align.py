# SPDX-License-Identifier: GPL-3.0-or-later
"""Alignment of a prediction with a scan: Procrustes on landmarks, then the similarity (or rigid motion) with the least squared
distances from the scan's vertices to the surface."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...head.model import rotation_matrices
from .closest import Closest, TriangleSurface

FIRST_RADIUS = 0.1  # of the trust region, in the units of the parameters
MOST_STEPS = 200
LEAST_GAIN = 1e-4  # relative; a smaller one ends the refinement
LARGE = 30_000  # vertices; a larger scan is aligned on a sample first, which leaves the whole only the last steps
SAMPLE = 5_000


@dataclass(frozen=True)
class Similarity:
    """x -> scale * rotation @ x + translation; the rotation may hold a reflection."""

    scale: float
    rotation: NDArray
    translation: NDArray

    def apply(self, points: NDArray) -> NDArray:
        return self.scale * np.asarray(points, np.float64) @ self.rotation.T + self.translation

    def undo(self, points: NDArray) -> NDArray:
        return (np.asarray(points, np.float64) - self.translation) @ self.rotation / self.scale


def procrustes(source: NDArray, target: NDArray) -> Similarity:
    """The least-squares similarity of (L, 3) points onto (L, 3) points, with a reflection where that fits better."""
    source, target = np.asarray(source, np.float64), np.asarray(target, np.float64)
    a, b = source - source.mean(0), target - target.mean(0)
    u, s, vt = np.linalg.svd(b.T @ a)
    rotation = u @ vt
    scale = float(s.sum() / (a**2).sum())
    return Similarity(scale, rotation, target.mean(0) - scale * rotation @ source.mean(0))


def refine(surface: TriangleSurface, start: Similarity, scan: NDArray, keep_scale: bool) -> tuple[Similarity, NDArray]:
    """The alignment of ``surface`` after ``start`` that makes the squared distances from the (N, 3) scan least, and these distances.

    Powell's dogleg over scale (unless kept), axis-angle and translation; the closest points move along with each step.
    """
    if len(scan) <= LARGE:
        return _dogleg(surface, start, scan, keep_scale, LEAST_GAIN)
    near = _dogleg(surface, start, scan[:: len(scan) // SAMPLE], keep_scale, LEAST_GAIN)[0]
    return _dogleg(surface, near, scan, keep_scale, LEAST_GAIN / 10)  # steps from so near gain little, and matter still


def _dogleg(
    surface: TriangleSurface, now: Similarity, scan: NDArray, keep_scale: bool, least_gain: float
) -> tuple[Similarity, NDArray]:
    radius = FIRST_RADIUS
    residual, jacobian, found = _linearised(surface, now, scan, None)
    energy = float(residual @ residual)
    for _ in range(MOST_STEPS):
        step = _dogleg_step(jacobian[:, 1:] if keep_scale else jacobian, residual, radius)
        whole = np.concatenate([[0.0], step]) if keep_scale else step
        trial = _moved(now, whole)
        trial_residual, trial_jacobian, found = _linearised(surface, trial, scan, found)
        trial_energy = float(trial_residual @ trial_residual)
        predicted = energy - float(((residual + jacobian @ whole) ** 2).sum())
        ratio = (energy - trial_energy) / predicted if predicted > 0 else 0.0
        length = float(np.linalg.norm(step))
        if ratio > 0.75:
            radius = max(radius, 3 * length)
        elif ratio < 0.25:
            radius = radius / 2
        gain = (energy - trial_energy) / energy if energy > 0 else 0.0
        if trial_energy < energy:
            now, residual, jacobian, energy = trial, trial_residual, trial_jacobian, trial_energy
        if 0 <= gain < least_gain or radius < 1e-12:
            break
    return now, residual


def _linearised(
    surface: TriangleSurface, now: Similarity, scan: NDArray, before: Closest | None
) -> tuple[NDArray, NDArray, Closest]:
    """Distances (N,) of the scan from the aligned surface, their Jacobian (N, 7): scale, rotation, translation, and the closest points."""
    found = surface.closest(now.undo(scan), before)
    aligned = now.apply(found.place)
    distance = found.distance * now.scale
    gap = aligned - scan
    length = np.linalg.norm(gap, axis=1)
    direction = gap / np.where(length > 0, length, 1.0)[:, None]
    by_rotation = np.cross(aligned, direction)
    by_scale = np.einsum("nc,nc->n", direction, aligned)
    return distance, np.column_stack([by_scale, by_rotation, direction]), found


def _moved(now: Similarity, step: NDArray) -> Similarity:
    """``now`` followed by scale 1 + step[0], rotation step[1:4] and translation step[4:] about the scan's origin."""
    turn, factor = rotation_matrices(step[1:4]), 1 + step[0]
    if factor <= 0:
        factor = 1e-3
    return Similarity(now.scale * factor, turn @ now.rotation, factor * turn @ now.translation + step[4:])


def _dogleg_step(jacobian: NDArray, residual: NDArray, radius: float) -> NDArray:
    """Between the steepest descent and the Gauss-Newton step, within the trust radius."""
    gradient = jacobian.T @ residual
    normal = jacobian.T @ jacobian
    newton = -np.linalg.lstsq(normal, gradient, rcond=None)[0]
    if np.linalg.norm(newton) <= radius:
        return newton
    curvature = float(gradient @ normal @ gradient)
    square = float(gradient @ gradient)
    cauchy = -gradient * (square / curvature if curvature > 0 else 0.0)
    length = float(np.linalg.norm(cauchy))
    if length >= radius or length == 0:
        return -gradient * radius / max(np.sqrt(square), 1e-300)
    away = newton - cauchy
    a, b, c = float(away @ away), 2 * float(cauchy @ away), length**2 - radius**2
    return cauchy + away * (-b + np.sqrt(b * b - 4 * a * c)) / (2 * a)
