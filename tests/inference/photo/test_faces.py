# SPDX-License-Identifier: GPL-3.0-or-later
"""Faces and landmarks on the NASA portrait: alone, small, several, turned."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from inference.errors import AvatarError
from inference.photo.choose_face import choose_face
from inference.photo.crop import Square
from inference.photo.find_faces import find_faces
from inference.photo.landmarks import find_landmarks
from inference.photo.load import load_photo
from inference.photo.mirror import MIRROR_478
from inference.photo.segment_person import person_probability
from inference.photo.types import FaceLandmarks, Photo

NOSE_TIP, RIGHT_IRIS, LEFT_IRIS, CHIN = 1, 468, 473, 152


@pytest.fixture(scope="module")
def photo(astronaut: Path) -> Photo:
    return load_photo(astronaut)


@pytest.fixture(scope="module")
def landmarks(photo: Photo) -> FaceLandmarks:
    return find_landmarks(photo, find_faces(photo)[0])


def pasted(photo: Photo, width: int, height: int, *places: tuple[int, int, int]) -> Photo:
    """Copies of the photo, scaled to a side of ``size`` pixels, at (x, y, size) on grey."""
    canvas = np.full((height, width, 3), 120, np.uint8)
    for x, y, size in places:
        canvas[y : y + size, x : x + size] = cv2.resize(photo.pixels, (size, size), interpolation=cv2.INTER_AREA)
    return Photo("pasted", canvas)


def test_one_face_where_it_is(photo: Photo) -> None:
    (face,) = find_faces(photo)
    x0, y0, x1, y1 = face.box
    assert 170 < x0 < 190
    assert 265 < x1 < 285
    assert 60 < y0 < 80
    assert 170 < y1 < 190


def test_landmarks_lie_on_the_features(landmarks: FaceLandmarks) -> None:
    """Places read off the picture by eye, in pixels."""
    points = landmarks.points
    assert points.shape == (478, 3)
    for index, place in ((RIGHT_IRIS, (203, 106)), (LEFT_IRIS, (247, 107)), (CHIN, (225, 177))):
        assert np.abs(points[index, :2] - place).max() < 5, index
    assert points[NOSE_TIP, 2] < points[[RIGHT_IRIS, LEFT_IRIS], 2].min()


def test_landmarks_of_the_mirrored_photo_are_the_mirrored_landmarks(photo: Photo, landmarks: FaceLandmarks) -> None:
    flipped = Photo("flipped", np.ascontiguousarray(photo.pixels[:, ::-1]))
    points = find_landmarks(flipped, find_faces(flipped)[0]).points[MIRROR_478]
    points[:, 0] = photo.pixels.shape[1] - points[:, 0]
    distance = np.linalg.norm((points - landmarks.points)[:, :2], axis=1)
    iris_distance = np.linalg.norm((landmarks.points[RIGHT_IRIS] - landmarks.points[LEFT_IRIS])[:2])
    assert distance.max() < 0.02 * iris_distance


def test_landmarks_follow_scale_and_turn(photo: Photo, landmarks: FaceLandmarks) -> None:
    matrix = cv2.getRotationMatrix2D((256, 256), 25, 1.6)
    turned = Photo("turned", cv2.warpAffine(photo.pixels, matrix, (512, 512), borderValue=(120, 120, 120)))
    points = find_landmarks(turned, find_faces(turned)[0]).points[:, :2]
    expected = (landmarks.points[:, :2] - 0.5) @ matrix[:, :2].T + matrix[:, 2] + 0.5
    assert np.sqrt(((points - expected) ** 2).sum(1).mean()) < 0.02 * 1.6 * 44


def test_several_faces_largest_first(photo: Photo) -> None:
    crowd = pasted(photo, 1400, 700, (10, 60, 400), (450, 20, 640), (1100, 300, 256))
    faces = find_faces(crowd)
    assert [round(face.box[0], -1) for face in faces] == [670, 150, 1190]
    _, second = choose_face(crowd, 2)
    assert second == faces[1]
    with pytest.raises(AvatarError) as caught:
        choose_face(crowd, 4)
    assert caught.value.code == "face_index"


def test_small_face_in_a_large_photo(photo: Photo) -> None:
    """A face of 72 pixels in 4,000."""
    field = pasted(photo, 4000, 3000, (3100, 2200, 340))
    (face,) = find_faces(field)
    assert 3200 < face.box[0] < 3240
    assert find_landmarks(field, face).points.shape == (478, 3)


def test_face_below_sixty_pixels_is_named(photo: Photo) -> None:
    small = pasted(photo, 640, 480, (200, 100, 200))
    face = find_faces(small)[0]
    with pytest.raises(AvatarError) as caught:
        find_landmarks(small, face)
    assert caught.value.code == "face_too_small"
    assert "43 pixels" in caught.value.message or "42 pixels" in caught.value.message


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_photo_on_its_side_or_head(photo: Photo, landmarks: FaceLandmarks, turns: int) -> None:
    lying = replace(photo, pixels=np.ascontiguousarray(np.rot90(photo.pixels, turns)))
    turned, face = choose_face(lying)
    assert (turned.pixels == photo.pixels).all()
    assert "turned" in turned.warnings[0]
    assert np.abs(find_landmarks(turned, face).points - landmarks.points)[:, :2].max() < 3


@pytest.mark.parametrize("blur", [3, 7, 15])
def test_no_face_in_blotches(blur: int) -> None:
    """Blotches in which the detectors alone see dozens of faces."""
    noise = np.random.default_rng(1).integers(0, 255, (500, 700, 3), np.uint8)
    blotches = cv2.normalize(cv2.GaussianBlur(noise, (0, 0), blur), None, 0, 255, cv2.NORM_MINMAX)
    with pytest.raises(AvatarError) as caught:
        choose_face(Photo("blotches", blotches))
    assert caught.value.code == "face_none"


def test_mirror_table_is_a_symmetry_of_the_mesh() -> None:
    """MediaPipe's own edge lists, read in a process of their own because they need matplotlib's stand-in."""
    code = (
        "import sys, types\n"
        "for n in ('matplotlib', 'matplotlib.pyplot', 'sounddevice'): sys.modules[n] = types.ModuleType(n)\n"
        "from mediapipe.python.solutions import face_mesh_connections as c\n"
        "print(sorted(set(map(tuple, map(sorted, c.FACEMESH_TESSELATION | c.FACEMESH_IRISES)))))"
    )
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    edges = {tuple(pair) for pair in eval(output.splitlines()[-1])}
    assert len(edges) > 1300
    mirrored = {tuple(sorted(MIRROR_478[list(edge)].tolist())) for edge in edges}
    assert len(mirrored - edges) <= 6  # six diagonals of MediaPipe's triangles have no counterpart
    assert (MIRROR_478[MIRROR_478] == np.arange(478)).all()
    assert MIRROR_478[33] == 263
    assert MIRROR_478[RIGHT_IRIS] == LEFT_IRIS


def test_person_is_separated_from_the_background(photo: Photo, landmarks: FaceLandmarks) -> None:
    probability = person_probability(photo, landmarks.face)
    assert probability.shape == photo.pixels.shape[:2]
    inside = landmarks.points[:, :2].astype(int)
    assert np.quantile(probability[inside[:, 1], inside[:, 0]], 0.02) > 0.9
    assert probability[20:150, 20:120].max() < 0.1  # the flag
    assert probability[20:150, 340:400].max() < 0.1  # wall and model rocket


def test_alpha_bounds_the_person(photo: Photo, landmarks: FaceLandmarks) -> None:
    alpha = np.full(photo.pixels.shape[:2], 255, np.uint8)
    alpha[:, :225] = 0
    probability = person_probability(replace(photo, alpha=alpha), landmarks.face)
    assert probability[:, :225].max() == 0
    assert probability[100, 240] > 0.9


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("side", [40.0, 150.0, 900.0])
def test_crop_and_coordinates_agree(side: float, mirrored: bool) -> None:
    """In a picture whose colours are its coordinates, a crop's pixels hold the places that to_photo computes."""
    y, x = np.mgrid[0:1200, 0:1200]
    picture = np.stack([x // 8, y // 8, x * 0], -1).astype(np.uint8)
    square = Square((620.0, 580.0), side, 0.4, mirrored)
    size = 64
    crop = square.pixels(picture, size)
    rows, columns = np.mgrid[8:56:7, 8:56:7]
    places = square.to_photo(np.stack([(columns.ravel() + 0.5) / size, (rows.ravel() + 0.5) / size], -1))
    colours = crop[rows.ravel(), columns.ravel(), :2].astype(float)
    # The colour is a floor over 8 pixels: half a step of bias, and that of a pixel's centre.
    assert np.abs(colours * 8 + 4 - places).max() < 9
    assert np.abs((colours * 8 + 4 - places).mean(0)).max() < 2
