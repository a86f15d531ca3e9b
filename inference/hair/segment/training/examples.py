# SPDX-License-Identifier: GPL-3.0-or-later
"""Synthetic photos seen through the face window, as the network will see real ones."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from ....head.model import HeadModel
from ...face_window import FaceWindow, face_window
from ..color_classes import color_classes
from ..cues import ROWS, cues
from .backdrop import cloud
from .compose import Picture, compose
from .scene import Scene, scenes

OTHERS = 0.35
CUT = 0.5  # how often the person probability ends before the photo does
LANDMARK_NOISE = 0.012  # of a face height
SOLID = 0.45  # coverage from which an eye would draw the outline around it


@dataclass(frozen=True)
class Example:
    """One photo in the window: picture (h, w, 3) uint8, body (h, w) float32 person probability as a segmenter would give it,

    classes (4, h, w) float16, see :func:`color_classes`; truth, known (h, w) bool: hair; inside the photo.
    """

    window: FaceWindow
    picture: NDArray
    body: NDArray
    classes: NDArray
    truth: NDArray
    known: NDArray


class ExamplePool:
    """A growing stock of scenes, and a ring of photos made of them that old ones leave for new ones."""

    def __init__(self, model: HeadModel, seed: int, most_scenes: int, most_examples: int) -> None:
        self._random = np.random.default_rng(seed)
        self._source = scenes(model, np.random.default_rng(seed + 1))
        self._scenes: list[Scene] = []
        self._examples: list[Example] = []
        self._most = (most_scenes, most_examples)
        self._oldest = 0

    def grow(self) -> None:
        """One more scene, if there is room."""
        if len(self._scenes) < self._most[0]:
            self._scenes.append(next(self._source))

    def develop(self) -> None:
        """One more photo of a random scene."""
        random = self._random
        scene = self._pick()
        others = tuple(self._pick() for _ in range(random.integers(1, 3))) if random.random() < OTHERS else ()
        example = make_example(scene, compose(scene, others, random), random)
        if len(self._examples) < self._most[1]:
            self._examples.append(example)
        else:
            self._examples[self._oldest] = example
            self._oldest = (self._oldest + 1) % self._most[1]

    def batch(self, size: int) -> tuple[NDArray, NDArray, NDArray]:
        """cues (size, C, h, w) float32, truth and known (size, h, w) bool."""
        chosen = [
            _altered(self._examples[k], self._random) for k in self._random.integers(0, len(self._examples), size)
        ]
        seen = [cues(e.picture, e.body, e.classes.astype(np.float32), e.window) for e in chosen]
        return np.stack(seen), np.stack([e.truth for e in chosen]), np.stack([e.known for e in chosen])

    def _pick(self) -> Scene:
        return self._scenes[self._random.integers(len(self._scenes))]


def make_example(scene: Scene, picture: Picture, random: np.random.Generator) -> Example:
    """The window of a photo that may be cut, with landmarks that are a little off."""
    points = scene.landmarks.astype(np.float64)
    height = float(np.hypot(*(points[152] - points[10])))
    off = random.normal(0, LANDMARK_NOISE * height, (2, 2))
    points = (
        points
        + off[0]
        + (points - points.mean(0)) * random.normal(0, 0.02, 2)
        + off[1] * (points[:, 1:] > points[:, 1:].mean())
    )
    low, high = _frame(points, height, picture.hair.shape, random)
    part = (slice(low[1], high[1]), slice(low[0], high[0]))
    window = face_window(points - low, ROWS)
    known = window.covers(picture.hair[part].shape)
    body = _guessed(picture, height, random)
    if random.random() < CUT:
        body = body * _segmented_part(points, height, body.shape, random)
    seen = window.take(np.ascontiguousarray(picture.pixels[part]))
    body = np.clip(window.take(np.ascontiguousarray(body[part])), 0, 1) * known
    return Example(
        replace(
            window,
            across=window.across.astype(np.float32),
            down=window.down.astype(np.float32),
            oval=window.oval.astype(np.float32),
        ),
        seen,
        body,
        color_classes(seen, body, window).astype(np.float16),
        window.take(_outlined(picture.hair)[part]) > 0.5,
        known,
    )


def _frame(
    points: NDArray, height: float, shape: tuple[int, int], random: np.random.Generator
) -> tuple[NDArray, NDArray]:
    """The photo's corners on the canvas: mostly all of it, sometimes close about the face."""
    low, high = np.zeros(2, int), np.array(shape[::-1])
    if random.random() < 0.3:
        top, bottom, left, right = random.uniform([0.15, 0.2, 0.3, 0.3], [0.9, 1.6, 1.2, 1.2]) * height
        nearest = points.min(0) - np.array([left, top]), points.max(0) + np.array([right, bottom])
        low = np.maximum(low, nearest[0].astype(int))
        high = np.minimum(high, nearest[1].astype(int))
    return low, high


def _segmented_part(points: NDArray, height: float, shape: tuple[int, int], random: np.random.Generator) -> NDArray:
    """(h, w) 0 or 1: the segmenter looks at a square about the face only, which may end inside the photo."""
    left, above, right, below = random.uniform([0.9, 1.0, 0.9, 1.2], [1.9, 1.8, 1.9, 2.4]) * height
    x, y = points.mean(0)
    inside = np.zeros(shape, np.float32)
    inside[max(0, int(y - above)) : int(y + below), max(0, int(x - left)) : int(x + right)] = 1
    return inside


def _outlined(hair: NDArray) -> NDArray:
    """(h, w) float32 0 or 1: as a hand would outline it, gaps between strands closed and single hairs left out."""
    solid = (cv2.GaussianBlur(hair, (0, 0), 1.0) > SOLID).astype(np.uint8)
    solid = cv2.morphologyEx(solid, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    return cv2.morphologyEx(solid, cv2.MORPH_OPEN, np.ones((2, 2), np.uint8)).astype(np.float32)


def _guessed(picture: Picture, height: float, random: np.random.Generator) -> NDArray:
    """(h, w) a person probability with a segmenter's faults: soft, ragged, with holes in the hair and pieces of background."""
    shape = picture.person.shape
    soft = cv2.GaussianBlur(picture.person, (0, 0), float(random.uniform(0.012, 0.05)) * height)
    ragged = soft + random.uniform(0, 0.35) * np.clip(cloud(shape, random, 1.2), -2, 2) * (4 * soft * (1 - soft))
    if random.random() < 0.25:
        hole = np.clip(cloud(shape, random, 1.8) - random.uniform(0.3, 1.5), 0, 1)
        ragged = ragged - 1.5 * hole * cv2.GaussianBlur(picture.hair, (0, 0), 2)
    if random.random() < 0.25:
        ragged = ragged + np.clip(cloud(shape, random, 1.8) - random.uniform(0.8, 1.8), 0, 1)
    sharp = random.uniform(0.05, 0.2)
    return (1 / (1 + np.exp(-(ragged - random.uniform(0.4, 0.6)) / sharp))).astype(np.float32)


def _altered(example: Example, random: np.random.Generator) -> Example:
    """The same photo with other tones, colours and grain, mirrored half of the time."""
    curve = (np.arange(256) / 255) ** np.exp(random.normal(0, 0.2))
    picture = cv2.LUT(example.picture, curve.astype(np.float32))
    saturation = max(0.0, random.normal(1, 0.25))
    mix = saturation * np.eye(3) + (1 - saturation) * np.array([0.3, 0.6, 0.1])
    mix *= np.exp(random.normal(0, 0.06, (3, 1)) + random.normal(0, 0.12))
    picture = cv2.transform(picture, mix.astype(np.float32))
    picture += random.standard_normal(picture.shape, np.float32) * np.float32(random.uniform(0, 0.02))
    picture = (np.clip(picture, 0, 1) * 255).astype(np.uint8)
    if random.random() < 0.5:
        return replace(example, picture=picture)
    window = example.window
    flipped = {name: getattr(window, name)[:, ::-1] for name in ("down", "oval", "features")}
    window = replace(window, across=-window.across[:, ::-1], neck=-window.neck, **flipped)
    picture, body, truth, known = (
        np.ascontiguousarray(layer[:, ::-1]) for layer in (picture, example.body, example.truth, example.known)
    )
    return Example(window, picture, body, example.classes[:, :, ::-1], truth, known)
