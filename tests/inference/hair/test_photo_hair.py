# SPDX-License-Identifier: GPL-3.0-or-later
"""Hair of the demo photo: a sane mask, the right colour, a style that covers it; and no hair where there is none."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from inference.bundle import HairColor
from inference.errors import AvatarError
from inference.face.camera import project
from inference.face.landmark_fit import fit_face
from inference.face.types import FaceFit
from inference.hair.from_photo import hair_from_photo, has_hair, photo_hair_color, photo_map, style_of_photo
from inference.hair.head_surface import HeadSurface, prepare_head
from inference.hair.mask import hair_mask
from inference.hair.orientation.strands import map_of_strands
from inference.hair.refine.refine import likeness
from inference.hair.style import HairStyle
from inference.head.model import HeadModel
from inference.head.open_head import load_open_head
from inference.photo.find_faces import find_faces
from inference.photo.landmarks import find_landmarks
from inference.photo.load import load_photo
from inference.photo.segment_person import person_probability
from inference.photo.types import FaceLandmarks, Photo
from inference.raster import rasterize


@dataclass(frozen=True)
class Seen:
    model: HeadModel
    photo: Photo
    landmarks: FaceLandmarks
    person: np.ndarray
    mask: np.ndarray
    fit: FaceFit
    color: HairColor


@pytest.fixture(scope="module")
def seen(astronaut: Path) -> Seen:
    photo = load_photo(astronaut)
    face = find_faces(photo)[0]
    landmarks = find_landmarks(photo, face)
    person = person_probability(photo, face)
    mask = hair_mask(photo.pixels, landmarks.points, person)
    model = load_open_head()
    return Seen(
        model,
        photo,
        landmarks,
        person,
        mask,
        fit_face(model, photo, landmarks),
        photo_hair_color(photo, landmarks, mask),
    )


# Outlined by hand on the photo: pixels that are surely hair, and surely not (face, neck ring, flag, shuttle).
HAIR = [(225, 25), (200, 60), (258, 60), (170, 90), (280, 95), (225, 45), (275, 120)]
NOT_HAIR = [(222, 110), (225, 95), (240, 130), (225, 165), (60, 100), (440, 100), (225, 220), (130, 60), (320, 60)]


def test_the_mask_holds_hair_and_nothing_else(seen: Seen) -> None:
    assert seen.mask.shape == seen.photo.pixels.shape[:2]
    assert seen.mask.dtype == np.float32
    for x, y in HAIR:
        assert seen.mask[y, x] > 0.7, (x, y)
    for x, y in NOT_HAIR:
        assert seen.mask[y, x] < 0.3, (x, y)


def test_the_photo_gets_blond_short_hair(seen: Seen) -> None:
    hair = hair_from_photo(seen.model, seen.fit, seen.photo, seen.landmarks, seen.mask, seen.color)
    assert len(hair.points) > 1000
    red, green, blue = hair.color.linear_rgb
    assert red > green > blue
    assert 0.08 < green < 0.4
    chin = seen.model.landmarks["mediapipe_478"].points(seen.model.template)[152, 2]
    assert np.quantile(hair.points[:, -1, 2], 0.05) > chin - 0.05


def test_a_named_style_is_used(seen: Seen) -> None:
    hair = hair_from_photo(seen.model, seen.fit, seen.photo, seen.landmarks, seen.mask, seen.color, "buzz")
    assert hair.style == "buzz"
    with pytest.raises(AvatarError) as caught:
        hair_from_photo(seen.model, seen.fit, seen.photo, seen.landmarks, seen.mask, seen.color, "beehive")
    assert caught.value.code == "hair_style_invalid"


def test_the_photo_s_hair_is_refined(seen: Seen) -> None:
    hair = hair_from_photo(seen.model, seen.fit, seen.photo, seen.landmarks, seen.mask, seen.color)
    head = prepare_head(seen.model, seen.model.forward(seen.fit.shape, offsets=seen.fit.offsets))
    view, wanted, known = photo_map(head, seen.fit.camera, seen.photo.pixels, seen.mask)
    like = likeness(map_of_strands(view, hair.points), wanted, known)
    print(f"IoU {like.iou:.2f}, {like.degrees:.0f} degrees")
    assert like.iou > 0.8
    assert like.degrees < 28
    assert head.distance.sample(hair.points[:, 1:].astype(np.float64))[0].min() > -0.001


def test_an_empty_mask_makes_a_bald_head(seen: Seen) -> None:
    hair = hair_from_photo(seen.model, seen.fit, seen.photo, seen.landmarks, np.zeros_like(seen.mask), seen.color)
    assert hair.points.shape[0] == 0
    assert hair.style == "bald"
    assert not has_hair(seen.landmarks, np.zeros_like(seen.mask))
    assert has_hair(seen.landmarks, seen.mask)


def test_a_shaved_head_has_no_hair(seen: Seen) -> None:
    """The photo's own hair painted over with forehead skin and a little noise."""
    x, y = seen.landmarks.points[151, :2].astype(int)
    skin = np.median(seen.photo.pixels[y - 3 : y + 4, x - 3 : x + 4].reshape(-1, 3), axis=0)
    noise = np.random.default_rng(0).normal(0, 3, seen.photo.pixels.shape)
    hair = cv2.dilate(seen.mask, np.ones((9, 9)))[..., None]
    shaved = seen.photo.pixels * (1 - hair) + (skin + noise) * hair
    photo = replace(seen.photo, pixels=np.clip(shaved, 0, 255).astype(np.uint8))
    assert hair_mask(photo.pixels, seen.landmarks.points, seen.person).max() == 0


def chosen_style(seen: Seen, head: HeadSurface, mask: np.ndarray) -> HairStyle:
    shown = photo_map(head, seen.fit.camera, seen.photo.pixels, mask)
    return style_of_photo(head, seen.fit, seen.photo, seen.landmarks, mask, shown)


def test_cropped_hair_is_not_taken_for_long_hair_combed_back(seen: Seen) -> None:
    """Hair no farther from the head than its own outline."""
    head = prepare_head(seen.model, seen.model.forward(seen.fit.shape, offsets=seen.fit.offsets))
    pixels = project(seen.fit.camera, head.vertices.astype(np.float64))
    height, width = seen.mask.shape
    outline = rasterize(pixels, seen.model.surface.triangles("skin"), height, width).covered
    cropped = seen.mask * cv2.dilate(outline.astype(np.float32), np.ones((5, 5), np.uint8))
    style = chosen_style(seen, head, cropped)
    assert style.length.top < 0.05 or style.tie
    loose = chosen_style(seen, head, seen.mask)
    assert loose.length.top > 0.05
