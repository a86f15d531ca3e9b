# SPDX-License-Identifier: GPL-3.0-or-later
"""The hair mask of a real photo, judged by its hand outline, and of the photo made difficult."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from inference.errors import AvatarError
from inference.evaluation.hair_outlines import load_outlines, overlap
from inference.hair.mask import hair_mask
from inference.photo.choose_face import choose_face
from inference.photo.hair_mask import load_hair_mask
from inference.photo.landmarks import find_landmarks
from inference.photo.load import load_photo
from inference.photo.segment_person import person_probability
from inference.photo.types import Photo


@dataclass(frozen=True)
class Seen:
    photo: Photo
    points: np.ndarray
    person: np.ndarray
    mask: np.ndarray


def look(path: Path, number: int = 1) -> Seen:
    photo, face = choose_face(load_photo(path), number)
    points = find_landmarks(photo, face).points
    person = person_probability(photo, face)
    return Seen(photo, points, person, hair_mask(photo.pixels, points, person))


def changed(pixels: np.ndarray, folder: Path) -> Path:
    path = folder / "changed.png"
    Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(path)
    return path


@pytest.fixture(scope="module")
def seen(astronaut: Path) -> Seen:
    return look(astronaut)


@pytest.fixture(scope="module")
def outline(seen: Seen) -> np.ndarray:
    (known,) = [one for one in load_outlines() if one.photo == "astronaut.png"]
    return known.mask(seen.mask.shape)


def test_the_mask_agrees_with_the_hand_outline(seen: Seen, outline: np.ndarray) -> None:
    assert seen.mask.dtype == np.float32
    assert 0 <= seen.mask.min() <= seen.mask.max() <= 1
    assert overlap(seen.mask, outline) > 0.85


def test_a_smaller_and_a_mirrored_photo_have_the_same_hair(seen: Seen, outline: np.ndarray, tmp_path: Path) -> None:
    small = cv2.resize(seen.photo.pixels, None, fx=0.6, fy=0.6, interpolation=cv2.INTER_AREA)
    mask = look(changed(small, tmp_path)).mask
    assert overlap(cv2.resize(mask, outline.shape[::-1]), outline) > 0.8
    mask = look(changed(seen.photo.pixels[:, ::-1], tmp_path)).mask
    assert overlap(mask[:, ::-1], outline) > 0.85


def test_hair_cut_by_the_border(seen: Seen, outline: np.ndarray, tmp_path: Path) -> None:
    top, left = 28, 175
    mask = look(changed(seen.photo.pixels[top:, left:], tmp_path)).mask
    assert overlap(mask, outline[top:, left:]) > 0.75


def test_a_wall_of_the_hairs_colour(seen: Seen, outline: np.ndarray, tmp_path: Path) -> None:
    hair = np.median(seen.photo.pixels[outline], axis=0)
    wall = hair + np.random.default_rng(0).normal(0, 4, seen.photo.pixels.shape)
    person = cv2.GaussianBlur(np.maximum(seen.person, outline.astype(np.float32)), (0, 0), 1)[..., None]
    mask = look(changed(seen.photo.pixels * person + wall * (1 - person), tmp_path)).mask
    assert overlap(mask, outline) > 0.7


def test_a_dark_and_a_grey_photo(seen: Seen, outline: np.ndarray, tmp_path: Path) -> None:
    assert overlap(look(changed(seen.photo.pixels * 0.45, tmp_path)).mask, outline) > 0.75
    grey = np.repeat(seen.photo.pixels.mean(2, keepdims=True), 3, axis=2)
    assert overlap(look(changed(grey, tmp_path)).mask, outline) > 0.7


def test_a_cap_over_the_hair_does_not_stop_anything(seen: Seen, outline: np.ndarray, tmp_path: Path) -> None:
    """A plain cap may be taken for hair, but nothing outside the person is, and hair that shows stays hair."""
    rows = np.flatnonzero(outline.any(1))
    brim = int(rows[0] + 0.45 * len(rows))
    pixels = seen.photo.pixels.copy()
    pixels[:brim][outline[:brim]] = (30, 60, 150)
    mask = look(changed(pixels, tmp_path)).mask
    assert np.isfinite(mask).all()
    below = outline.copy()
    below[:brim] = False
    assert (mask[below] > 0.5).mean() > 0.6
    assert (mask[seen.person < 0.05] > 0.5).mean() < 0.01


def test_a_second_person_whose_head_touches(seen: Seen, outline: np.ndarray, tmp_path: Path) -> None:
    """The mirrored photo beside itself, the two heads a finger apart: each face gets its own hair only."""
    cut = int(np.flatnonzero(outline.any(0)).max()) + 2
    left = seen.photo.pixels[:, :cut]
    both = np.concatenate([left, left[:, ::-1]], axis=1)
    for number in (1, 2):
        found = look(changed(both, tmp_path), number)
        own = outline[:, :cut]
        if found.points[1, 0] > cut:
            expected = np.concatenate([np.zeros_like(own), own[:, ::-1]], axis=1)
        else:
            expected = np.concatenate([own, np.zeros_like(own)], axis=1)
        assert overlap(found.mask, expected) > 0.75


def test_a_given_mask_of_other_proportions_is_refused_with_a_sentence(seen: Seen, tmp_path: Path) -> None:
    with pytest.raises(AvatarError, match=r"changed.png is 512 x 300.*512 x 512") as caught:
        load_hair_mask(changed(np.zeros((300, 512, 3)), tmp_path), seen.photo)
    assert caught.value.code == "hair_mask_invalid"


def test_a_given_mask_of_another_size_is_resized_and_said_so(seen: Seen, tmp_path: Path) -> None:
    white, notes = load_hair_mask(changed(np.full((256, 256, 3), 255), tmp_path), seen.photo)
    assert len(notes) == 1
    assert re.search(r"changed.png is 256 x 256 .*resized .*512 x 512", notes[0])
    assert load_hair_mask(changed(np.zeros((512, 512, 3)), tmp_path), seen.photo)[1] == ()
    assert white.shape == (512, 512)
    assert white.min() == 1
