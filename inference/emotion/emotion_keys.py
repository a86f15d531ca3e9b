# SPDX-License-Identifier: GPL-3.0-or-later
"""A network becomes displacements that sliders can blend: what the bundle carries, so that Blender needs no network.

Each emotion is sampled at a few levels of its share; what pairs of emotions add is fitted to the network over mixtures (``shares.py``).
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from ..head.arkit import mirrored_name
from ..head.model import HeadModel
from .dataset import POSE_SIZE
from .mouth_floor import keep_mouth_floor_inside
from .network import EmotionNetwork, require_head
from .prototypes import ONE_SIDED
from .shares import PAIR_SHARE, level_weights, shares

LEVELS = np.array([0.15, 0.5, 1.0], np.float32)
# Mixtures that the pairs are fitted to, by how many emotions they have; a pair at full strength counts as FULL_PAIR_WEIGHT of them.
FITTED_MIXTURES = {2: 500, 3: 300, 0: 800}  # 0: all at once
FULL_PAIR_WEIGHT = 3.0
REWEIGHTINGS = 3


@dataclass(frozen=True)
class EmotionKeys:
    """Displacements in metres, float32, with the meaning they have in the bundle's HeadMesh."""

    names: tuple[str, ...]
    levels: NDArray
    deltas: NDArray
    mirrored: tuple[str, ...]
    mirrored_deltas: NDArray
    pairs: NDArray
    pair_deltas: NDArray


@dataclass(frozen=True)
class Person:
    """Whose emotions: shape (S,) and free-form offsets (V, 3) of a head model."""

    model: HeadModel
    shape: NDArray
    offsets: NDArray | None = None

    def coefficients(self, network: EmotionNetwork, sliders: NDArray) -> NDArray:
        """(..., E + 6) what the network says for (..., M) sliders, within the head's bounds."""
        predicted, index = network.predict(sliders, self.shape), self._index(network)
        prior = self.model.expression_prior
        predicted[..., :-POSE_SIZE] = np.clip(predicted[..., :-POSE_SIZE], prior.low[index], prior.high[index])
        return predicted

    def displacements(self, network: EmotionNetwork, coefficients: NDArray) -> NDArray:
        """(n, V, 3) float32 metres from the neutral face for (n, E + 6).

        Pose acts through the mesh alone: the jaw's turn moves it, unless one of the expressions opens the mouth. Sliders never turn the
        neck or the head: the armature is the animator's, and the root's turn that a network learned is how people stood to the camera.
        It is predicted and its error reported, as in the thesis, but no part of the product.
        """
        basis, jaw = self.model.expression_basis[self._index(network)], jaw_joint(self.model, network.expressions)
        keep_mouth_floor_inside(self.model, network.expressions, basis)
        expression = coefficients[:, :-POSE_SIZE].astype(np.float32)
        moved = (expression @ basis.reshape(len(basis), -1)).reshape(len(expression), *basis.shape[1:])
        if jaw is None:
            return moved
        neutral = self.model.shaped(self.shape, None, self.offsets)
        pose = np.zeros((len(self.model.joints.names), 3))
        rest = self.model.skin(neutral, pose)
        for number, turn in enumerate(coefficients[:, -POSE_SIZE // 2 :]):
            pose[jaw] = turn
            moved[number] = self.model.skin(neutral + moved[number], pose) - rest
        return moved

    def _index(self, network: EmotionNetwork) -> list[int]:
        return [self.model.expression_names.index(name) for name in network.expressions]


def jaw_joint(model: HeadModel, expressions: tuple[str, ...]) -> int | None:
    """Index of the jaw where the mouth is opened by turning it; None where one of the expressions does that."""
    if "jawOpen" in expressions:
        return None
    return next((number for number, name in enumerate(model.joints.names) if "jaw" in name.lower()), None)


def farthest_moves(model: HeadModel, expressions: tuple[str, ...]) -> NDArray:
    """(E,) metres by which each of the named directions moves the vertex that it moves most."""
    basis = model.expression_basis[[model.expression_names.index(name) for name in expressions]]
    return np.linalg.norm(basis, axis=2).max(1)


def emotion_keys(network: EmotionNetwork, person: Person) -> EmotionKeys:
    """The network on a person. Raises AvatarError ``weights_mixed`` when it was trained for another head."""
    require_head(network, person.model)
    emotions, count = network.emotions, len(network.emotions)
    single, mirror = np.eye(count, dtype=np.float32), _mirrored_order(network)
    mirrored = [emotions.index(name) for name in ONE_SIDED if name in emotions]
    pairs = np.array(list(itertools.combinations(range(count), 2)), np.int32).reshape(-1, 2)
    nodes = person.coefficients(network, single[:, None] * LEVELS[:, None])
    _make_symmetric(nodes, ~np.isin(np.arange(count), mirrored), mirror)
    extra = _fitted_pairs(network, person, nodes, pairs)
    _make_symmetric(extra, ~np.isin(pairs, mirrored).any(1), mirror)
    deltas = person.displacements(network, nodes.reshape(count * len(LEVELS), -1))
    deltas = deltas.reshape(count, len(LEVELS), *deltas.shape[1:])
    weights = level_weights(np.float32(PAIR_SHARE), LEVELS).astype(np.float32)
    half, half_deltas = np.tensordot(weights, nodes, (0, 1)), np.tensordot(weights, deltas, (0, 1))
    pair_deltas = person.displacements(network, half[pairs].sum(1) + extra) - half_deltas[pairs].sum(1)

    def other_side(coefficients: NDArray, moved: NDArray) -> NDArray:
        if mirror is None:
            return mirrored_displacement(person.model, moved)
        flat = coefficients[..., mirror].reshape(-1, coefficients.shape[-1])
        return person.displacements(network, flat).reshape(moved.shape)

    all_pairs, all_deltas = [pairs], [pair_deltas]
    for place, emotion in enumerate(mirrored):
        touched = (pairs == emotion).any(1)
        other = pairs[touched].sum(1) - emotion
        all_pairs.append(np.stack([other, np.full_like(other, count + place)], 1))
        all_deltas.append(other_side(extra[touched], pair_deltas[touched]))
    return EmotionKeys(
        names=emotions,
        levels=LEVELS,
        deltas=deltas,
        mirrored=tuple(emotions[emotion] for emotion in mirrored),
        mirrored_deltas=other_side(nodes[mirrored], deltas[mirrored]),
        pairs=np.concatenate(all_pairs).astype(np.int32),
        pair_deltas=np.concatenate(all_deltas),
    )


def slider_displacement(keys: EmotionKeys, sliders: NDArray, sides: NDArray | None = None) -> NDArray:
    """(V, 3) metres: what Blender's drivers make of (M,) sliders; sides (A,) in [0, 1] of the one-sided emotions."""
    share = shares(np.asarray(sliders, float))
    sides = np.zeros(len(keys.mirrored)) if sides is None else np.asarray(sides)
    one_sided = [keys.names.index(name) for name in keys.mirrored]
    other = share[one_sided] * sides
    share[one_sided] *= 1 - sides
    channels = np.concatenate([share, other])
    levels = np.concatenate([keys.deltas, keys.mirrored_deltas])
    weights = level_weights(channels, keys.levels).astype(np.float32)
    meeting = (2 * channels[keys.pairs].prod(1)).astype(np.float32)
    return np.tensordot(weights, levels, 2) + np.tensordot(meeting, keys.pair_deltas, 1)


def _mirrored_order(network: EmotionNetwork) -> list[int] | None:
    """For each of the E + 6 numbers the one of the mirrored face; None where the expressions' names do not tell."""
    names = network.expressions
    if "jawOpen" not in names or any(mirrored_name(name) not in names for name in names):
        return None
    return [names.index(mirrored_name(name)) for name in names] + list(range(len(names), len(names) + POSE_SIZE))


def _make_symmetric(coefficients: NDArray, rows: NDArray, mirror: list[int] | None) -> None:
    """In place: the network learned from noisy faces, but what is not one-sided shall be exactly symmetric."""
    if mirror is not None:
        coefficients[rows] = (coefficients[rows] + coefficients[rows][..., mirror]) / 2


def _fitted_pairs(network: EmotionNetwork, person: Person, nodes: NDArray, pairs: NDArray) -> NDArray:
    """(P, E + 6): what each pair adds to its single emotions, fitted to mixtures; nodes (M, N, E + 6).

    Least squares, repeated with more weight on the mixtures that it missed by most millimetres.
    """
    if not len(pairs):
        return np.zeros((0, nodes.shape[-1]))
    count, random = len(nodes), np.random.default_rng(0)
    sizes = np.repeat([size or count for size in FITTED_MIXTURES], list(FITTED_MIXTURES.values()))
    order = random.random((len(sizes), count)).argsort(1)
    mixtures = random.random((len(sizes), count)) * (order < sizes[:, None])
    mixtures = np.concatenate([np.eye(count)[pairs].sum(1), mixtures])
    weight = np.ones((len(mixtures), 1))
    weight[: len(pairs)] = FULL_PAIR_WEIGHT
    share = shares(mixtures)
    missing = person.coefficients(network, mixtures) - np.tensordot(level_weights(share, LEVELS), nodes, 2)
    meeting = 2 * share[:, pairs].prod(2)
    reach = np.append(farthest_moves(person.model, network.expressions), np.zeros(POSE_SIZE))
    for _ in range(1 + REWEIGHTINGS):
        pair_coefficients = np.linalg.lstsq(meeting * weight, missing * weight, rcond=None)[0]
        worst = np.abs((missing - meeting @ pair_coefficients) * reach).max(1, keepdims=True)
        weight = weight * np.sqrt(worst / max(worst.mean(), 1e-9) + 0.1)
    return pair_coefficients


def mirrored_displacement(model: HeadModel, deltas: NDArray) -> NDArray:
    """(..., V, 3) on the other side of the face, by nearest vertices: exact only on a head whose template is symmetric."""
    return deltas[..., _mirror(model), :] * np.array([-1, 1, 1], np.float32)


@lru_cache(maxsize=4)
def _mirror(model: HeadModel) -> NDArray:
    """(V,) the vertex nearest to each one's mirror image on the template."""
    return cKDTree(model.template).query(model.template * [-1, 1, 1])[1]
