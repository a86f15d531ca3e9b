# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m inference measure-emotion``: the emotions' figures, on bundles.

Sliders against the network; symmetry; and on quick renders, seen by MediaPipe: each action unit's sign at 1.0, its share at 0.5,
and whether the face moves on with every step of the slider.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...bundle import Avatar
from ...bundle_io import read_bundle
from ...errors import AvatarError
from ...evaluation.likeness import AvatarViews, landmarks_of
from ...head.open_head import load_open_head
from ..emotion_keys import EmotionKeys, Person, mirrored_displacement, slider_displacement
from ..network import load_network
from ..prototypes import ONE_SIDED
from ..shipped import shipped_network
from .signs import changes, units_to_check

STEPS = np.linspace(0, 1, 11)
HALF = (0.25, 0.75)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("bundles", type=Path, nargs="+", metavar="BUNDLE")
    parser.add_argument("--vectors", type=int, default=1000, help="random slider vectors against the network")
    parser.add_argument("--network", type=Path, metavar="FILE", help="the network the bundles were made with (ours)")
    parser.add_argument("--quick", action="store_true", help="without renders")
    parser.add_argument("--seed", type=int, default=0)


def run(options: argparse.Namespace) -> None:
    """Raises AvatarError."""
    model = load_open_head()
    network = load_network(options.network) if options.network else shipped_network(model)
    for path in options.bundles:
        avatar = read_bundle(path)
        if avatar.head_model != model.name:
            raise AvatarError(
                "request_invalid", f"{path} has the head {avatar.head_model}: only {model.name} is measured."
            )
        keys = bundle_keys(avatar)
        person = Person(model, avatar.shape)
        vectors = np.random.default_rng(options.seed).random((options.vectors, len(keys.names)))
        missed = [
            np.linalg.norm(slider_displacement(keys, x) - person.displacements(network, c[None])[0], axis=1)
            for x, c in zip(vectors, person.coefficients(network, vectors), strict=True)
        ]
        print(
            f"{path.name}: sliders against the network over {len(vectors)} vectors: "
            f"mean {1000 * np.mean(missed):.3f} mm, max {1000 * np.max(missed):.2f} mm; "
            f"asymmetry {1000 * asymmetry(keys):.3f} mm; in the photo {avatar.photo_emotions or 'nothing'}",
            flush=True,
        )
        if not options.quick:
            _print_renders(AvatarViews(avatar, path), keys)


def bundle_keys(avatar: Avatar) -> EmotionKeys:
    """The emotions of a bundle."""
    head = avatar.head
    return EmotionKeys(
        head.emotion_names,
        head.emotion_levels,
        head.emotion_deltas,
        head.mirrored_emotions,
        head.mirrored_deltas,
        head.emotion_pairs,
        head.pair_deltas,
    )


def asymmetry(keys: EmotionKeys) -> float:
    """Metres: the largest distance between a symmetric emotion's face and its mirror image."""
    model = load_open_head()
    symmetric = [index for index, name in enumerate(keys.names) if name not in ONE_SIDED]
    deltas = keys.deltas[symmetric]
    return float(np.linalg.norm(deltas - mirrored_displacement(model, deltas), axis=-1).max())


def _print_renders(views: AvatarViews, keys: EmotionKeys) -> None:
    neutral = _points(views, keys, np.zeros(len(keys.names)))
    for index, emotion in enumerate(keys.names):
        seen = [neutral] + [_points(views, keys, step * np.eye(len(keys.names))[index]) for step in STEPS[1:]]
        units = units_to_check(emotion)
        full, half = changes(neutral, seen[-1], units), changes(neutral, seen[5], units)
        words = [
            f"{unit} {100 * one:+.1f}%{'' if one > 0 else '!'} ({share:.2f}{'' if HALF[0] <= share <= HALF[1] else '!'})"
            for unit, one, share in zip(units, full, half / full, strict=True)
        ]
        way = (seen[-1] - neutral).ravel()
        come = np.array([(points - neutral).ravel() @ way / (way @ way) for points in seen])
        steps = "" if (np.diff(come) > 0).all() else " NOT MONOTONE"
        print(f"  {emotion:10s} " + ", ".join(words) + steps, flush=True)


def _points(views: AvatarViews, keys: EmotionKeys, sliders: NDArray) -> NDArray:
    """(478, 2) pixels of the face with these sliders, from the front."""
    vertices = views.avatar.head.vertices + slider_displacement(keys, sliders)
    return landmarks_of(views.orbit(vertices, 0.0)).points[:, :2]
