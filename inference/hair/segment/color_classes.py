# SPDX-License-Identifier: GPL-3.0-or-later
"""A first guess at hair, skin, clothes and background without any learning.

Four colour mixtures with priors from the face's geometry and the person probability, alternated a few times. Good where the hair's
colour is its own, helpless where it is not; the network is shown the result as one hint among others.
"""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from ...smoothstep import smoothstep
from ..face_window import FaceWindow
from ..mixture import Mixture, fit_mixture

HAIR, SKIN, CLOTHES, BACKGROUND = range(4)
COMPONENTS = (4, 3, 4, 5)
SAMPLES, FITTED_PIXELS = 1000, 5000
ROUNDS, FIT_ROUNDS = 4, 5
LONG_HAIR_ROUND, LONG_HAIR_GAIN = 1, 5.0
LIGHTNESS_WEIGHT = 0.7
# A squared Mahalanobis distance from the face's colours, and a local deviation of about 2 % lightness (see _features).
BARE_UNLIKENESS, BARE_LIVELINESS = 6.0, 8.0


def color_classes(picture: NDArray, body: NDArray, window: FaceWindow) -> NDArray:
    """(4, h, w) float32 probabilities of HAIR, SKIN, CLOTHES and BACKGROUND in the window.

    picture: (h, w, 3) uint8 sRGB; body: (h, w) person probability, 0 outside the photo.
    """
    size = window.shape[::-1]
    layers = {name: getattr(window, name)[::2, ::2] for name in ("across", "down", "oval", "features")}
    half = replace(window, shape=layers["oval"].shape, **layers)
    picture, body = (cv2.resize(layer, half.shape[::-1], interpolation=cv2.INTER_AREA) for layer in (picture, body))
    classes = _classified(_features(picture), _priors(half, body), half).astype(np.float32)
    return np.stack([cv2.resize(layer, size, interpolation=cv2.INTER_LINEAR) for layer in classes])


def like_bare_skin(picture: NDArray, window: FaceWindow) -> NDArray:
    """(h, w) bool: smooth and of the face's colours; blond hair can have those colours, but it is streaky."""
    return _like_bare_skin(_features(picture), window)


def _features(picture: NDArray) -> NDArray:
    """(h, w, 4): lightness, a, b and how lively the lightness is nearby (hair is streaky, skin and walls are not)."""
    lab = cv2.cvtColor(picture.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    light = lab[..., 0]
    return np.dstack([light * LIGHTNESS_WEIGHT, lab[..., 1:], 8 * liveliness(light, 1.0)])


def liveliness(light: NDArray, radius: float) -> NDArray:
    """(h, w) log of one plus the lightness' standard deviation within about ``radius`` pixels."""
    mean = cv2.GaussianBlur(light, (0, 0), radius)
    return np.log1p(np.sqrt(np.maximum(cv2.GaussianBlur(light * light, (0, 0), radius) - mean * mean, 0)))


def _priors(window: FaceWindow, body: NDArray) -> NDArray:
    """(4, h, w) prior of each class from geometry and the person probability."""
    u, v, oval = np.abs(window.across), window.down, window.oval
    body = np.clip(body * 1.08 - 0.04, 0.02, 0.99)
    chin = 0.62  # of a face height below the eyes
    above_chin = smoothstep(chin + 0.15, chin - 0.1, v)
    # Outside the face hair is likely around the skull, and possible down to the chest.
    around = np.exp(-0.5 * (np.clip(oval - 0.45, 0, None) / 0.35) ** 2)
    below = 0.35 * np.exp(-np.clip(v - 1.2, 0, None) / 0.5) * smoothstep(1.05, 0.8, u)
    hair = 0.65 * around * above_chin + below * (1 - above_chin)
    neck = smoothstep(0.36, 0.22, np.abs(window.across - window.neck)) * smoothstep(0.3, 0.55, v)
    hair *= 1 - 0.9 * neck
    # Beards reach past the oval's lower edge.
    jaw = smoothstep(0.12, 0.04, oval) * smoothstep(0.3, 0.45, v)
    hair *= 1 - 0.9 * jaw
    # Inside the oval: a fringe on the forehead, strands over the temples, nothing on eyes, nose and mouth.
    forehead = smoothstep(-0.10, -0.24, v)
    inside = smoothstep(0.02, -0.05, oval)
    hair = hair * (1 - inside) + inside * (
        0.25 * forehead + 0.12 * smoothstep(-0.10, -0.02, oval) * smoothstep(0.45, 0.3, v) + 0.002
    )
    clothes = (
        0.75 * smoothstep(chin - 0.1, chin + 0.45, v) * (1 - 0.8 * neck * smoothstep(1.0, 0.75, v)) * (oval > 0) + 0.003
    )
    skin = np.where(oval < 0, 0.8, 0.25 * smoothstep(1.6, 1.0, v) + 0.12)
    skin = np.where((oval > 0) & (v < -0.45), 0.12, skin)
    inner = np.stack([hair, skin, clothes])
    inner /= inner.sum(0) + 1e-9
    return np.concatenate([inner * body, (1 - body)[None]])


def _classified(features: NDArray, prior: NDArray, window: FaceWindow) -> NDArray:
    """(4, h, w) posteriors: a few rounds of fitting colours to classes and classes to colours on some pixels, then all pixels."""
    random = np.random.default_rng(0)
    flat = features.reshape(-1, features.shape[-1]).astype(np.float64)
    prior = prior.reshape(4, -1)
    some = np.sort(random.choice(len(flat), min(FITTED_PIXELS, len(flat)), replace=False))
    oval, v, bare = window.oval.ravel(), window.down.ravel(), _like_bare_skin(features, window).ravel()
    face = np.flatnonzero((oval < -0.07) & (v > -0.05) & (v < 0.3) & ~window.features.ravel())
    cheeks = fit_mixture(flat[random.choice(face, SAMPLES)], np.ones(SAMPLES), COMPONENTS[SKIN], random)
    typical = np.quantile(cheeks.density(flat[face]), 0.04)
    raised = prior.copy()
    raised[HAIR] *= 1 + LONG_HAIR_GAIN * smoothstep(0.5, 0.9, v) * ~bare  # not on the bare neck and shoulders

    # At first, what looks like the cheeks is skin, and the rest of the skull's surroundings is hair.
    density_skin = cheeks.density(flat[some])
    share = prior[:, some].copy()
    share[HAIR] *= (density_skin < typical) & (v[some] < 0.5) & ((oval[some] > 0.01) | (v[some] < -0.3))
    share[CLOTHES] *= v[some] > 0.85
    current = prior
    for turn in range(ROUNDS):
        if turn == LONG_HAIR_ROUND:
            hanging = _hanging(share[HAIR], prior[BACKGROUND, some], window, some)
            current = prior + hanging * (raised - prior)
        mixtures = [_fitted(flat[some], share[kind], kind, random) for kind in range(4)]
        share = _posterior(flat[some], current[:, some], mixtures, cheeks)
    return _posterior(flat, current, mixtures, cheeks).reshape(4, *window.shape)


def _posterior(flat: NDArray, prior: NDArray, mixtures: list[Mixture], cheeks: Mixture) -> NDArray:
    density = np.stack([mixture.density(flat) for mixture in mixtures])
    density[SKIN] = (density[SKIN] + cheeks.density(flat)) / 2
    share = prior * density
    return share / share.sum(0)


def _hanging(hair: NDArray, background: NDArray, window: FaceWindow, some: NDArray) -> float:
    """0..1: how much of what is beside the jaw is hair."""
    oval, down, across = (layer.ravel()[some] for layer in (window.oval, window.down, window.across))
    beside = (oval > 0.03) & (down > 0.3) & (down < 0.62) & (np.abs(across) < 0.75)
    share = (hair * (1 - background))[beside].sum() / max((1 - background)[beside].sum(), 1e-6)
    return float(np.clip(share * 2 - 0.3, 0, 1))


def _fitted(flat: NDArray, weight: NDArray, kind: int, random: np.random.Generator) -> Mixture:
    weight = np.maximum(weight, 0) + 1e-9
    chosen = random.choice(len(flat), SAMPLES, p=weight / weight.sum())
    return fit_mixture(flat[chosen], np.ones(len(chosen)), COMPONENTS[kind], random, rounds=FIT_ROUNDS)


def _like_bare_skin(features: NDArray, window: FaceWindow) -> NDArray:
    """(h, w) bool: smooth and of the face's colours."""
    face = (window.oval < -0.04) & (window.down > -0.25) & (window.down < 0.35) & ~window.features
    colors = features[face][:, :3]
    inverse = np.linalg.inv(np.cov(colors.T) + 25 * np.eye(3))
    offset = features[..., :3] - np.median(colors, axis=0)
    unlike = np.einsum("hwc,cd,hwd->hw", offset, inverse, offset)
    return (unlike < BARE_UNLIKENESS) & (features[..., 3] < BARE_LIVELINESS)
