# SPDX-License-Identifier: GPL-3.0-or-later
"""The NoW measure against brute force and on cases whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest

from inference.evaluation.now import align
from inference.evaluation.now.align import procrustes
from inference.evaluation.now.closest import TriangleSurface
from inference.evaluation.now.measure import face_errors, face_region, statistics
from inference.head.model import rotation_matrices
from inference.head.open_head import load_open_head


def brute_force(points: np.ndarray, corners: np.ndarray) -> np.ndarray:
    """Distance of each point to the nearest triangle by projection onto planes, edges and corners, one triangle at a time."""
    best = np.full(len(points), np.inf)
    for a, b, c in corners:
        for p, q in ((a, b), (b, c), (c, a)):
            length = (q - p) @ (q - p)
            t = np.clip((points - p) @ (q - p) / length, 0, 1) if length > 0 else np.zeros(len(points))
            best = np.minimum(best, np.linalg.norm(points - p - t[:, None] * (q - p), axis=1))
        normal = np.cross(b - a, c - a)
        area = np.linalg.norm(normal)
        if area == 0:
            continue
        height = (points - a) @ normal / area
        foot = points - height[:, None] * normal / area
        inside = np.ones(len(points), bool)
        for p, q in ((a, b), (b, c), (c, a)):
            inside &= np.cross(q - p, foot - p) @ normal >= 0
        best = np.where(inside, np.minimum(best, np.abs(height)), best)
    return best


@pytest.fixture(scope="module")
def head() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Vertices in millimetres, facial triangles and the seven landmarks of the mean open head."""
    model = load_open_head()
    vertices = 1000 * model.template.astype(np.float64)
    skin = model.surface.triangles("skin")
    return vertices, skin[(model.masks["face"][skin] > 0.5).all(1)], model.landmarks["now_7"].points(vertices)


def test_closest_points_agree_with_brute_force_on_a_head(head) -> None:
    vertices, triangles, _ = head
    random = np.random.default_rng(4)
    on_surface = vertices[random.choice(np.unique(triangles), 150)]
    points = np.concatenate(
        [on_surface + random.normal(0, 2, (150, 3)), on_surface, random.uniform(-300, 300, (50, 3))]
    )
    found = TriangleSurface(vertices, triangles).closest(points)
    distance, place, triangle = found.distance, found.place, found.triangle
    assert np.abs(distance - brute_force(points, vertices[triangles])).max() < 1e-9
    assert np.abs(np.linalg.norm(points - place, axis=1) - distance).max() < 1e-9
    for point, owner in zip(place[::40], triangles[triangle][::40], strict=True):
        assert brute_force(point[None], vertices[owner][None])[0] < 1e-9


def test_closest_points_agree_with_brute_force_on_triangles_of_all_sizes_and_without_area() -> None:
    random = np.random.default_rng(5)
    corners = random.normal(size=(60, 3, 3)) * 10.0 ** random.uniform(-4, 1, (60, 1, 1)) + random.normal(
        size=(60, 1, 3)
    )
    corners[:5, 2] = corners[:5, 1]  # slivers
    corners[5:8] = corners[5:8, :1]  # points
    points = random.normal(0, 2, (400, 3))
    distance = TriangleSurface(corners.reshape(-1, 3), np.arange(180).reshape(-1, 3)).closest(points).distance
    assert np.abs(distance - brute_force(points, corners)).max() < 1e-9


def test_a_moved_and_scaled_copy_has_no_error_but_the_metrical_rule_sees_its_size(head) -> None:
    vertices, triangles, landmarks = head
    turn = rotation_matrices(np.array([0.2, -0.4, 0.3]))
    copy = 0.0009 * vertices @ turn.T + [0.3, -0.2, 0.1]  # metres, and 10 % small
    scan = vertices[np.unique(triangles)]
    marks = 0.0009 * landmarks @ turn.T + [0.3, -0.2, 0.1] + np.random.default_rng(1).normal(0, 0.0007, (7, 3))
    free = face_errors(scan, landmarks, copy, triangles, marks)
    assert free.distances.max() < 0.02
    assert free.alignment.scale == pytest.approx(1000 / 0.9, rel=1e-3)
    assert face_errors(scan, landmarks, copy, triangles, marks, 1000.0).distances.mean() > 0.5


def test_the_whole_measure_is_that_of_brute_force(head, monkeypatch: pytest.MonkeyPatch) -> None:
    """Refinement included, in both of its rounds; points that are followed from step to step are as exact as new ones."""
    vertices, triangles, landmarks = head
    random = np.random.default_rng(9)
    chosen = random.integers(0, len(triangles), 450)
    scan = np.einsum("nkc,nk->nc", vertices[triangles[chosen]], random.dirichlet(np.ones(3), len(chosen)))
    scan = scan + 2.0 * np.sin(scan[:, [2, 0, 1]] / 11)
    monkeypatch.setattr(align, "LARGE", 300)
    monkeypatch.setattr(align, "SAMPLE", 150)
    follow = TriangleSurface.closest
    for unit in (None, 1.0):
        mine = face_errors(scan, landmarks, vertices, triangles, landmarks + 1.5, unit)
        place = mine.alignment.undo(scan[mine.kept])
        assert np.abs(mine.distances - mine.alignment.scale * brute_force(place, vertices[triangles])).max() < 1e-9
        with monkeypatch.context() as patch:
            patch.setattr(TriangleSurface, "closest", lambda self, points, _before=None: follow(self, points))
            fresh = face_errors(scan, landmarks, vertices, triangles, landmarks + 1.5, unit)
        assert np.abs(mine.distances - fresh.distances).max() < 1e-9


def test_refinement_of_many_points_ends_where_that_of_all_points_would(head, monkeypatch: pytest.MonkeyPatch) -> None:
    vertices, triangles, landmarks = head
    random = np.random.default_rng(8)
    chosen = random.integers(0, len(triangles), 24_000)
    scan = np.einsum("nkc,nk->nc", vertices[triangles[chosen]], random.dirichlet(np.ones(3), len(chosen)))
    scan = scan + 1.5 * np.sin(scan[:, [2, 0, 1]] / 9)
    for unit in (None, 1.0):
        whole = face_errors(scan, landmarks, vertices, triangles, landmarks, unit).distances
        with monkeypatch.context() as patch:
            patch.setattr(align, "LARGE", 10_000)
            patch.setattr(align, "SAMPLE", 2_000)
            sampled = face_errors(scan, landmarks, vertices, triangles, landmarks, unit).distances
        assert np.median(sampled) == pytest.approx(np.median(whole), abs=0.003)
        assert (sampled @ sampled) < (1 + 1e-4) * (whole @ whole)


def test_the_crop_is_the_protocols_ball() -> None:
    marks = np.array(
        [[-45, 0, 0], [-15, 0, 0], [15, 0, 0], [45, 0, 0], [0, -45, 0], [-25, -70, 0], [25, -70, 0]], float
    )
    # centre (0, -31.5, 0); radius 1.4 (90 + 45) / 2 = 94.5
    scan = np.array([[0, 62.9, 0], [0, 63.1, 0], [0, -31.5, 94.4], [0, -31.5, -94.6]])
    assert face_region(scan, marks).tolist() == [0, 2]


def test_procrustes_takes_a_reflection_where_that_fits_better() -> None:
    points = np.random.default_rng(3).normal(size=(7, 3))
    mirrored = points * [-1, 1, 1]
    found = procrustes(points, mirrored)
    assert found.apply(points) == pytest.approx(mirrored, abs=1e-9)
    assert found.undo(mirrored) == pytest.approx(points, abs=1e-9)
    assert np.linalg.det(found.rotation) == pytest.approx(-1)


def test_statistics_pool_all_distances() -> None:
    pooled = statistics([np.array([1.0, 2.0, 3.0]), np.array([10.0])])
    assert (pooled.median, pooled.mean, pooled.count) == (2.5, 4.0, 4)
    assert pooled.deviation == pytest.approx(np.sqrt(12.5))


def test_what_cannot_be_measured_is_said(head) -> None:
    vertices, triangles, landmarks = head
    broken = vertices.copy()
    broken[3] = np.nan
    with pytest.raises(ValueError, match="not finite"):
        face_errors(broken, landmarks, vertices, triangles, landmarks)
    with pytest.raises(ValueError, match="millimetres"):
        face_errors(vertices + 500, landmarks, vertices, triangles, landmarks)
    with pytest.raises(ValueError, match="no triangles"):
        face_errors(vertices, landmarks, vertices, triangles[:0], landmarks)
    with pytest.raises(ValueError, match="seven"):
        face_errors(vertices, landmarks[:5], vertices, triangles, landmarks)
