# SPDX-License-Identifier: GPL-3.0-or-later
"""A scene becomes a photo: colours, clothes, background, other people, hands, camera. Every call gives another photo."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from .backdrop import backdrop, cloud, color, thing
from .scene import CLOTHES, EYES, HAT, LASHES, MOUTH, NOTHING, TEETH, Scene

# Absorption of the two pigments at red, green and blue (d'Eon et al. 2011).
EUMELANIN, PHEOMELANIN = np.array([0.419, 0.697, 1.37]), np.array([0.187, 0.4, 1.05])
SKIN_TONE = np.array([0.62, 0.36, 0.25])
ALIKE = 0.25  # how often something beside the hair has its colour
LOW_KEY = 0.12  # how often hair, wall and clothes are all dark
PAINTED, BARE_SHOULDERS = 0.08, 0.2


@dataclass(frozen=True)
class Picture:
    """pixels (h, w, 3) uint8 sRGB; hair (h, w): coverage of the person's own visible hair; person (h, w): anybody, exactly."""

    pixels: NDArray
    hair: NDArray
    person: NDArray


def compose(scene: Scene, others: tuple[Scene, ...], random: np.random.Generator) -> Picture:
    """A photo of the scene's person, with ``others`` beside or behind."""
    shape = scene.part.shape
    pigment = _hair_color(random)
    canvas = backdrop(shape, random)
    low_key = random.random() < LOW_KEY
    if low_key:
        pigment = np.exp(random.uniform(np.log(0.004), np.log(0.04))) * random.uniform(0.7, 1.3, 3)
        canvas *= random.uniform(0.0, 0.06)
    elif random.random() < ALIKE:  # a wall of the hair's colour
        canvas *= 0.3 * random.random()
        canvas += pigment * random.uniform(0.4, 1.4)
    anybody = np.zeros(shape, np.float32)
    for other in others:
        painted, cover, _ = _painted(other, _hair_color(random), random)
        shift = _aside(shape, random)
        painted, cover = (cv2.warpAffine(layer, shift, shape[::-1]) for layer in (painted, cover))
        canvas += cover[..., None] * (painted - canvas)
        anybody = np.maximum(anybody, cover)
    painted, cover, hair = _painted(scene, pigment, random, dark_clothes=low_key)
    canvas += cover[..., None] * (painted - canvas)
    anybody = np.maximum(anybody, cover)
    if random.random() < 0.14:
        for _ in range(random.integers(1, 3)):
            arm, shade = _arm(scene, random)
            canvas += arm[..., None] * (shade - canvas)
            hair = hair * (1 - arm)
            anybody = np.maximum(anybody, arm)
    if random.random() < 0.08:
        cover, shade = _held(scene, random)
        canvas += cover[..., None] * (shade - canvas)
        hair, anybody = hair * (1 - cover), anybody * (1 - cover)
    return Picture(_developed(canvas, random), hair, anybody)


def _painted(
    scene: Scene, pigment: NDArray, random: np.random.Generator, dark_clothes: bool = False
) -> tuple[NDArray, NDArray, NDArray]:
    """A person in colours (h, w, 3) linear, the silhouette (h, w), and the hair's coverage (h, w)."""
    light, gloss, brows, beard, lips, roots = (
        getattr(scene, name).astype(np.float32) / 255 for name in ("light", "gloss", "brows", "beard", "lips", "roots")
    )
    alpha, hair_light, shine, tint, along = scene.hair.astype(np.float32) / 255
    shape = scene.part.shape
    lamp = random.uniform(0.85, 1.0, 3)
    tone = SKIN_TONE * (0.1 + 1.15 * random.uniform() ** 0.7) * random.uniform(0.88, 1.12, 3)
    if random.random() < ALIKE / 2:  # hair of the skin's colour
        pigment = pigment + random.uniform(0.4, 1.0) * (tone * random.uniform(0.6, 1.2) - pigment)
    albedo = np.empty((*shape, 3), np.float32)
    albedo[:] = tone * (1 + random.uniform(0.01, 0.07) * cloud(shape, random, 1.0)[..., None])
    growth = pigment * random.uniform(0.3, 1.0) + tone * random.uniform(0, 0.3)
    for layer, paint in (
        (lips, tone * random.uniform([0.7, 0.35, 0.35], [1.0, 0.75, 0.75])),
        (beard * np.clip(1 + 0.3 * cloud(shape, random, 0.3), 0, 1), growth),
        (brows, growth),
        (np.clip(roots * random.uniform(0.5, 1.0), 0, 1), growth),
    ):
        albedo += layer[..., None] * (paint - albedo)
    part = scene.part
    for code, paint in ((MOUTH, (0.1, 0.02, 0.02)), (TEETH, (0.65, 0.6, 0.5)), (LASHES, (0.02, 0.015, 0.01))):
        albedo[part == code] = paint
    iris = scene.iris.astype(np.float32)[..., None] / 127.5
    eye = np.where(iris < 1, np.where(iris < 0.4, 0.005, random.uniform(0.02, 0.2, 3)), 0.65)
    albedo[part == EYES] = eye[part == EYES]
    _dress(albedo, scene, tone, pigment, random, dark_clothes)
    # Hair throws a soft shadow on what is below and behind it.
    fall = cv2.warpAffine(alpha, np.array([[1.0, 0, random.uniform(-6, 6)], [0, 1, random.uniform(1, 8)]]), shape[::-1])
    shade = 1 - random.uniform(0, 0.6) * cv2.GaussianBlur(fall, (0, 0), random.uniform(2, 6))
    lit = albedo * (2 * light * shade)[..., None] * lamp
    lit += random.uniform(0, 0.25) * (2 * gloss * shade * (part <= MOUTH))[..., None]
    strands = (
        pigment * np.exp(random.uniform(0.2, 1.1) * (tint - 0.5) + random.uniform(-0.8, 0.8) * (along - 0.4))[..., None]
    )
    strands = strands * (2 * hair_light)[..., None] * lamp * random.uniform(0.8, 1.3)
    strands += (random.uniform(0.02, 0.3) * (0.3 + pigment) * lamp) * (2 * shine)[..., None]
    thin = random.uniform(0.6, 1.0) if random.random() < 0.12 else 1.15
    alpha = np.clip(alpha * thin, 0, 1)
    lit += alpha[..., None] * (strands - lit)
    solid = cv2.GaussianBlur((part != NOTHING).astype(np.float32), (0, 0), 0.5)
    return lit.astype(np.float32), np.maximum(solid, alpha), alpha


def _hair_color(random: np.random.Generator) -> NDArray:
    """(3,) linear reflectance."""
    kind = random.random()
    if kind < 0.06:
        return color(random) * random.uniform(0.3, 1.0)
    if kind < 0.16:
        return np.ones(3) * random.uniform(0.12, 0.8) * random.uniform(0.93, 1.07, 3)
    dark, red = np.exp(random.uniform(np.log(0.5), np.log(14))), random.uniform(0, 1.6) ** 2
    return np.clip(np.exp(-dark * EUMELANIN - red * PHEOMELANIN) * random.uniform(0.6, 1.0), 0.004, 1)


def _dress(
    albedo: NDArray, scene: Scene, tone: NDArray, pigment: NDArray, random: np.random.Generator, dark: bool
) -> None:
    """Clothes with a neckline and a pattern, and the hat, painted into ``albedo``."""
    across, down = np.moveaxis(scene.chart.astype(np.float32), -1, 0)
    for code in (CLOTHES, HAT):
        paint = pigment if random.random() < ALIKE else color(random)
        cloth = np.broadcast_to(paint * random.uniform(0.2, 1.0), albedo.shape).copy()
        kind = random.random()
        if kind < 0.25:
            width = random.uniform(0.006, 0.05)
            wave = np.sin((across * random.uniform(-1, 1) + down * random.uniform(-1, 1)) * 2 * np.pi / width)
            cloth[wave > random.uniform(-0.5, 0.8)] = color(random)
        elif kind < 0.6:
            cloth *= np.exp(random.uniform(0.1, 0.5) * cloud(scene.part.shape, random, random.uniform(0.3, 1.5)))[
                ..., None
            ]
        for _ in range(random.integers(0, 6)):
            thing(cloth, random)  # collars, ties, prints
        if dark:
            cloth *= random.uniform(0.003, 0.03) / max(float(cloth.mean()), 0.003)
        where = scene.part == code
        if code == CLOTHES:
            low, narrow = random.uniform(-0.02, 0.16), random.uniform(0.5, 4)
            if random.random() < BARE_SHOULDERS:
                low, narrow = random.uniform(0.05, 0.35), random.uniform(0, 0.5)
            where = where & (down > low - narrow * np.abs(across) * (random.random() < 0.7))
        albedo[where] = cloth[where]
    bare = (scene.part == CLOTHES) & (down < 0.004)
    albedo[bare] = tone


def _arm(scene: Scene, random: np.random.Generator) -> tuple[NDArray, NDArray]:
    """Coverage and colours of an arm or a hand's fingers that reach from outside to the head."""
    height, width = scene.part.shape
    layer = np.zeros((height, width), np.float32)
    target = scene.landmarks[10] + random.normal(0, 35, 2)
    start = np.array([random.choice([-20, width + 20]), random.uniform(0.2, 1.0) * height])
    bend = (target + start) / 2 + random.normal(0, 25, 2)
    thick = int(random.integers(12, 34))
    points = np.stack([start, bend, target]).astype(np.int32)
    cv2.polylines(layer, [points], False, 1.0, thick, cv2.LINE_AA)
    for _ in range(random.integers(0, 5)):
        finger = target + random.normal(0, 22, 2) - [0, 12]
        cv2.line(layer, target.astype(int).tolist(), finger.astype(int).tolist(), 1.0, max(4, thick // 3), cv2.LINE_AA)
    tone = SKIN_TONE * random.uniform(0.2, 1.2) if random.random() < 0.75 else color(random)
    body = cv2.GaussianBlur(layer, (0, 0), thick / 4)
    shade = tone * (0.35 + 0.7 * body[..., None]) * (1 + 0.06 * cloud(layer.shape, random, 1.2)[..., None])
    return layer, shade.astype(np.float32)


def _held(scene: Scene, random: np.random.Generator) -> tuple[NDArray, NDArray]:
    """Coverage and colour of an object held before the chest or the hair."""
    height, width = scene.part.shape
    layer = np.zeros((height, width), np.float32)
    middle = scene.landmarks[152] + random.uniform([-60, -20], [60, 110])
    box = cv2.boxPoints((middle.tolist(), random.uniform(12, 60, 2).tolist(), float(random.uniform(0, 90))))
    cv2.fillPoly(layer, [box.astype(np.int32)], 1.0, cv2.LINE_AA)
    return layer, np.broadcast_to(color(random), (height, width, 3)).astype(np.float32)


def _aside(shape: tuple[int, int], random: np.random.Generator) -> NDArray:
    """(2, 3) affine that puts another person beside or behind the first."""
    size, tilt = random.uniform(0.5, 1.2), random.normal(0, 0.15)
    side = random.choice([-1, 1]) * random.uniform(0.25, 0.75) * shape[1]
    turned = cv2.getRotationMatrix2D((shape[1] / 2, shape[0] * 0.36), np.degrees(tilt), size)
    turned[:, 2] += [side, random.normal(0, 0.2) * shape[0]]
    return turned


def _developed(linear: NDArray, random: np.random.Generator) -> NDArray:
    """Linear light -> uint8 sRGB with a camera's white balance, exposure, contrast, blur, noise and compression."""
    gain = np.exp(random.normal(0.0, 0.5) + random.normal(0, 0.08, 3))
    picture = linear.astype(np.float32) * gain.astype(np.float32)
    picture = np.clip(picture, 0, 1) ** (1 / random.uniform(1.7, 2.6))
    picture = picture + random.uniform(0, 0.25) * (3 * picture**2 - 2 * picture**3 - picture)
    if random.random() < 0.08:
        picture = np.repeat(picture @ np.array([[0.3], [0.6], [0.1]]), 3, axis=2) * random.uniform(0.9, 1.0, 3)
    if random.random() < 0.6:
        picture = cv2.GaussianBlur(picture, (0, 0), random.uniform(0.3, 1.3))
    noise = random.standard_normal(picture.shape, np.float32) * np.float32(
        np.exp(random.uniform(np.log(0.002), np.log(0.03)))
    )
    picture = (np.clip(picture + noise, 0, 1) * 255).astype(np.uint8)
    if random.random() < PAINTED:
        picture = cv2.medianBlur(picture, int(random.choice([3, 5, 7])))
    if random.random() < 0.5:
        _, packed = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, int(random.integers(35, 95))])
        picture = cv2.imdecode(packed, cv2.IMREAD_COLOR)
    return picture
