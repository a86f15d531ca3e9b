# SPDX-License-Identifier: GPL-3.0-or-later
"""The NASA portrait's avatar, judged by programs that did not make it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from inference.bundle_io import read_bundle
from inference.evaluation.likeness import AvatarViews, closed_loop, expression_measures, landmarks_of
from inference.evaluation.recognizer import embedding
from inference.photo.types import Photo
from inference.pipeline import CreateOptions, create_bundle

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def views(astronaut: Path, tmp_path_factory: pytest.TempPathFactory) -> AvatarViews:
    folder = tmp_path_factory.mktemp("likeness") / "avatar"
    create_bundle(astronaut, folder, CreateOptions(), lambda *_: None)
    return AvatarViews(read_bundle(folder), folder)


def test_the_landmarks_lie_where_the_photo_has_them(views: AvatarViews) -> None:
    assert views.avatar.report["landmark_residual_percent"] < 0.6


def test_the_detector_sees_the_same_face_on_our_render(views: AvatarViews) -> None:
    loop = closed_loop(views)
    assert loop.overall < 3.0
    assert max(loop.eyes, loop.nose, loop.lips) < 3.0


def test_expressions_move_what_a_detector_can_measure(views: AvatarViews) -> None:
    measured = expression_measures(views)
    assert measured.mouth_widening > 0.2
    assert measured.mouth_gap > 0.25
    assert measured.brow_raise > 0.15
    assert measured.lid_gap < 0.6


def test_a_recogniser_takes_the_avatar_for_the_person(views: AvatarViews) -> None:
    person = embedding(views.photo, landmarks_of(views.photo.pixels))
    for vertices, yaw in (
        (views.avatar.head.vertices, 0),
        (views.avatar.head.vertices, 30),
        (views.emotion("happiness"), 0),
    ):
        picture = views.orbit(vertices, yaw)
        distance = np.linalg.norm(embedding(Photo("render", picture), landmarks_of(picture)) - person)
        assert distance < 0.6  # dlib's own threshold for one person
