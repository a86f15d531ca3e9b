# SPDX-License-Identifier: GPL-3.0-or-later
"""Drawn orientation maps made as wrong as a photo's: ragged masks, holes, missing body, directions off by 10 to 20 degrees."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

HAIR, BODY = 2, 1


def augmented(angles: NDArray, kinds: NDArray, random: np.random.Generator) -> tuple[NDArray, NDArray]:
    """One map's direction and kind (S, S) uint8 as stored in the data set -> the same, disturbed."""
    kinds = kinds.copy()
    size = len(kinds)
    hair = (kinds == HAIR).astype(np.uint8)
    if random.random() < 0.7:
        hair = _another_outline(hair, random)
    if random.random() < 0.3:
        hair[_blobs(size, random, random.integers(1, 5), size // 24)] = 0
    grown = (hair > 0) & (kinds != HAIR)
    kinds[(kinds == HAIR) & (hair == 0)] = BODY
    kinds[grown] = HAIR
    if random.random() < 0.15:
        kinds[kinds == BODY] = 0
    if grown.any():
        angles = _carried_outwards(angles, kinds, grown)
    noise = random.normal(size=(size // 4, size // 4)).astype(np.float32)
    noise = cv2.GaussianBlur(noise, (0, 0), 1.25 * size / 256 * random.uniform(1, 3))
    noise = cv2.resize(noise, (size, size)) / max(float(noise.std()), 1e-6)
    degrees = random.uniform(3, 18) * noise
    return (angles + np.round(degrees / 180 * 256)).astype(np.int64).astype(np.uint8), kinds


def encoded(angles: NDArray, kinds: NDArray) -> NDArray:
    """Stored maps (B, S, S) -> the network's input (B, 3, S, S) float32, coded as :func:`..orientation.coding.encode`."""
    table = np.arange(256) / 256 * np.pi
    x, y = np.cos(table), -np.sin(table)
    turned = np.where(y < 0, -1, 1)
    coded = np.zeros((len(angles), 3, *angles.shape[1:]), np.float32)
    hair = kinds == HAIR
    coded[:, 0] = np.where(hair, (x * turned / 2 + 0.5).astype(np.float32)[angles], 0)
    coded[:, 1] = np.where(hair, (y * turned).astype(np.float32)[angles], 0)
    coded[:, 2] = kinds / np.float32(2)
    return coded


def _another_outline(hair: NDArray, random: np.random.Generator) -> NDArray:
    """The mask with its border moved in and out by a smooth random amount."""
    size = len(hair)
    reach = size / 256 * 5
    inside = cv2.distanceTransform(hair, cv2.DIST_L2, 3) - cv2.distanceTransform(1 - hair, cv2.DIST_L2, 3)
    coarse = random.normal(random.normal(0, 0.4), 1, (max(4, size // 16),) * 2).astype(np.float32)
    return (inside + reach * 0.7 * cv2.resize(coarse, (size, size)) > 0).astype(np.uint8)


def _blobs(size: int, random: np.random.Generator, count: int, radius: int) -> NDArray:
    picture = np.zeros((size, size), np.uint8)
    for x, y in random.integers(0, size, (count, 2)):
        cv2.circle(picture, (int(x), int(y)), int(random.integers(1, max(2, radius) + 1)), 1, -1)
    return picture > 0


def _carried_outwards(angles: NDArray, kinds: NDArray, grown: NDArray) -> NDArray:
    """Directions for hair that the new outline added: those of the nearest hair there was."""
    known = ((kinds == HAIR) & ~grown).astype(np.uint8)
    if not known.any():
        return angles
    _, label = cv2.distanceTransformWithLabels(1 - known, cv2.DIST_L2, 3, labelType=cv2.DIST_LABEL_PIXEL)
    of_label = np.zeros(label.max() + 1, np.uint8)
    of_label[label[known > 0]] = angles[known > 0]
    return np.where(grown, of_label[label], angles)
