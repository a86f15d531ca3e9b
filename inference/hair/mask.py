# SPDX-License-Identifier: GPL-3.0-or-later
"""Which pixels of a photo show the person's head hair.

A classical segmenter: four colour mixtures (hair, skin, clothes, background) with priors from the face's geometry and the person
probability, alternated a few times, then smoothed along the picture's edges and reduced to what hangs together with the skull.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from .face_window import FaceWindow, face_window
from .mixture import fit_mixture
from .variation import step

HAIR, SKIN, CLOTHES, BACKGROUND = range(4)
COMPONENTS = (4, 3, 4, 5)
SAMPLES = 3000
ROUNDS = 4
LIGHTNESS_WEIGHT = 0.7
# Below this share of hair in the ring around the skull's top a head counts as bald.
BALD_SHARE = 0.12


def hair_mask(pixels: NDArray, landmarks: NDArray, person: NDArray) -> NDArray:
    """(H, W) float32 in [0, 1]: probability that a pixel is head hair of the person with these landmarks.

    pixels (H, W, 3) uint8 sRGB; landmarks (478, >=2) in pixels; person (H, W) in [0, 1]. All zero for a bald head.
    """
    window = face_window(landmarks)
    picture = window.take(pixels)
    body = np.clip(window.take(person.astype(np.float32)), 0, 1) * window.covers(person.shape)
    features = _features(picture)
    prior = _priors(window, body)
    share = _classified(features, prior, window)
    hair = _guided(picture, share[HAIR].astype(np.float32), radius=4, strength=1e-4)
    hair = _connected(hair, window)
    if _bald(hair, window):
        hair[:] = 0
    return np.clip(window.give_back(hair.astype(np.float32), person.shape), 0, 1)


def _features(picture: NDArray) -> NDArray:
    """(h, w, 4): lightness, a, b and how lively the lightness is nearby (hair is streaky, skin and walls are not)."""
    lab = cv2.cvtColor(picture.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    light = lab[..., 0]
    mean = cv2.GaussianBlur(light, (0, 0), 2.0)
    deviation = np.sqrt(np.maximum(cv2.GaussianBlur(light * light, (0, 0), 2.0) - mean * mean, 0))
    return np.dstack([light * LIGHTNESS_WEIGHT, lab[..., 1:], 8 * np.log1p(deviation)])


def _priors(window: FaceWindow, body: NDArray) -> NDArray:
    """(4, h, w) prior of each class from geometry and the person probability."""
    u, v, oval = np.abs(window.across), window.down, window.oval
    body = np.clip(body * 1.08 - 0.04, 0.02, 0.99)
    chin = 0.62  # of a face height below the eyes
    above_chin = step(chin + 0.15, chin - 0.1, v)
    # Outside the face hair is likely around the skull, and possible down to the chest.
    around = np.exp(-0.5 * (np.clip(oval - 0.45, 0, None) / 0.35) ** 2)
    hair = 0.65 * around * above_chin + 0.35 * (1 - above_chin) * np.exp(-np.clip(v - 1.2, 0, None) / 0.5)
    neck = step(0.36, 0.22, u) * step(0.3, 0.55, v)
    hair *= 1 - 0.9 * neck
    # Beards reach past the oval's lower edge.
    jaw = step(0.12, 0.04, oval) * step(0.3, 0.45, v)
    hair *= 1 - 0.9 * jaw
    # Inside the oval: a fringe on the forehead, strands over the temples, nothing on eyes, nose and mouth.
    forehead = step(-0.10, -0.24, v)
    inside = step(0.02, -0.05, oval)
    hair = hair * (1 - inside) + inside * (0.25 * forehead + 0.12 * step(-0.10, -0.02, oval) * step(0.45, 0.3, v) + 0.002)
    clothes = 0.75 * step(chin - 0.1, chin + 0.45, v) * (1 - 0.8 * neck * step(1.0, 0.75, v)) * (oval > 0) + 0.003
    skin = np.where(oval < 0, 0.8, 0.25 * step(1.6, 1.0, v) + 0.12)
    skin = np.where((oval > 0) & (v < -0.45), 0.12, skin)
    inner = np.stack([hair, skin, clothes])
    inner /= inner.sum(0) + 1e-9
    return np.concatenate([inner * body, (1 - body)[None]])


def _classified(features: NDArray, prior: NDArray, window: FaceWindow) -> NDArray:
    """(4, h, w) posteriors after a few rounds of fitting colours to classes and classes to colours."""
    random = np.random.default_rng(0)
    flat = features.reshape(-1, features.shape[-1]).astype(np.float64)
    prior = prior.reshape(4, -1)
    share = prior.copy()
    oval, v = window.oval.ravel(), window.down.ravel()
    certain_skin = (oval < -0.07) & (v > -0.05) & (v < 0.3) & ~window.features.ravel()
    skin_density = _fitted(flat, certain_skin.astype(float), SKIN, random).density(flat)
    # At first, what looks like the cheeks is skin, and the rest of the skull's surroundings is hair.
    typical = np.quantile(skin_density[certain_skin], 0.04) if certain_skin.any() else 0
    share[HAIR] *= skin_density < typical
    share[HAIR] *= (v < 0.5) & ((oval > 0.01) | (v < -0.3))
    share[CLOTHES] *= v > 0.85
    for _ in range(ROUNDS):
        density = np.stack([_fitted(flat, share[k], k, random).density(flat) for k in range(4)])
        density[SKIN] = 0.5 * density[SKIN] + 0.5 * skin_density
        share = prior * density
        share = share / share.sum(0)
    return share.reshape(4, *window.shape)


def _fitted(flat: NDArray, weight: NDArray, kind: int, random: np.random.Generator):
    weight = np.maximum(weight, 0) + 1e-9
    chosen = random.choice(len(flat), SAMPLES, p=weight / weight.sum())
    return fit_mixture(flat[chosen], np.ones(len(chosen)), COMPONENTS[kind], random)


def _guided(picture: NDArray, layer: NDArray, radius: int, strength: float) -> NDArray:
    """A layer smoothed along the picture's edges (guided filter of He et al. with a grey guide)."""
    guide = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
    size = (2 * radius + 1,) * 2
    mean_guide, mean_layer = cv2.blur(guide, size), cv2.blur(layer, size)
    covariance = cv2.blur(guide * layer, size) - mean_guide * mean_layer
    variance = cv2.blur(guide * guide, size) - mean_guide**2
    slope = covariance / (variance + strength)
    offset = mean_layer - slope * mean_guide
    return np.clip(cv2.blur(slope, size) * guide + cv2.blur(offset, size), 0, 1)


def _connected(hair: NDArray, window: FaceWindow) -> NDArray:
    """The parts of the mask that touch the skull's surroundings; holes inside hair closed."""
    solid = (hair > 0.5).astype(np.uint8)
    count, labels = cv2.connectedComponents(solid)
    near = (window.oval > -0.3) & (window.oval < 0.3) & (window.down < 0.25)
    touching = np.bincount(labels[near & (solid > 0)], minlength=count)
    size = np.bincount(labels.ravel(), minlength=count)
    kept = (touching > 0.15 * size) & (size > 40)
    kept[0] = False
    allowed = cv2.dilate(kept[labels].astype(np.uint8), np.ones((7, 7), np.uint8)) > 0
    return hair * allowed


def _bald(hair: NDArray, window: FaceWindow) -> bool:
    """Whether the ring over the forehead and the temples holds next to no hair."""
    ring = (window.oval > 0.02) & (window.oval < 0.22) & (window.down < 0.0)
    return bool(hair[ring].mean() < BALD_SHARE)
