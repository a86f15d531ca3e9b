# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m inference measure-emotion``: the emotions' figures, on bundles.

Sliders against the network; symmetry; and on quick renders, seen by MediaPipe: the sign of every action unit at 1.0, its share at 0.5,
and whether the face moves on with each step of the slider.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...bundle import Avatar
from ...bundle_io import read_bundle
from ...errors import AvatarError
from ...evaluation.fast_render import orbit_camera, render
from ...evaluation.likeness import AvatarViews, landmarks_of
from ...head.open_head import load_open_head
from ..emotion_keys import EmotionKeys, Person, mirrored_displacement, slider_displacement
from ..network import EmotionNetwork, load_network
from ..prototypes import ONE_SIDED
from ..shipped import shipped_network
from .signs import changes, units_to_check

# Degrees: the detector trembles by half a percent, so signs are the mean of three pictures.
YAWS = (-5.0, 0.0, 5.0)
CHUNK = 50
# Pixels of a picture that the face fills.
SIZE, CLOSER = 320, 1.42


@dataclass(frozen=True)
class Seen:
    """One emotion on one person's renders.

    full, half: unit -> growth of its measure at 1.0 and at 0.5, in outer-eye distances; monotone: whether the landmarks come nearer to
    those at 1.0 with every step.
    """

    full: dict[str, float]
    half: dict[str, float]
    monotone: bool

    def words(self) -> str:
        """Growth at 1.0 and share at 0.5 of each unit; "!" marks what misses its goal."""
        units = [
            f"{unit} {100 * full:+.1f}%{'' if full > 0 else '!'} ({self.half[unit] / full:.2f})"
            for unit, full in self.full.items()
        ]
        return ", ".join(units) + ("" if self.monotone else " NOT MONOTONE")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("bundles", type=Path, nargs="+", metavar="BUNDLE")
    parser.add_argument("--vectors", type=int, default=1000, help="random slider vectors against the network")
    parser.add_argument("--network", type=Path, metavar="FILE", help="the network the bundles were made with (ours)")
    parser.add_argument("--steps", type=int, default=11, help="from 0 to 1, that each emotion is followed through")
    parser.add_argument("--quick", action="store_true", help="without renders")
    parser.add_argument("--seed", type=int, default=0)


def run(options: argparse.Namespace) -> None:
    """Raises AvatarError."""
    model = load_open_head()
    network = load_network(options.network) if options.network else shipped_network(model)
    seen: list[Seen] = []
    for path in options.bundles:
        avatar = read_bundle(path)
        if avatar.head_model != model.name:
            raise AvatarError(
                "request_invalid", f"{path} has the head {avatar.head_model}: only {model.name} is measured."
            )
        keys = bundle_keys(avatar)
        person = Person(model, avatar.shape)
        mean, largest = sliders_against_network(
            network, person, keys, np.random.default_rng(options.seed).random((options.vectors, len(keys.names)))
        )
        print(
            f"{path.name}: sliders against the network over {options.vectors} vectors: "
            f"mean {1000 * mean:.3f} mm, max {1000 * largest:.2f} mm; "
            f"asymmetry {1000 * asymmetry(keys):.3f} mm; in the photo {avatar.photo_emotions or 'nothing'}",
            flush=True,
        )
        if not options.quick:
            views = AvatarViews(avatar, path)
            neutral = [_points(views, keys, np.zeros(len(keys.names)), yaw) for yaw in YAWS]
            for emotion in keys.names:
                seen.append(_look(views, keys, emotion, neutral, options.steps))
                print(f"  {emotion:10s} {seen[-1].words()}", flush=True)
    if seen:
        print(_summary(seen))


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


def sliders_against_network(
    network: EmotionNetwork, person: Person, keys: EmotionKeys, vectors: NDArray
) -> tuple[float, float]:
    """Mean and largest distance in metres between the sliders' vertices and the network's, over (n, M) slider vectors."""
    means, largest = [], []
    for part in np.array_split(vectors, max(len(vectors) // CHUNK, 1)):
        expected = person.displacements(network, person.coefficients(network, part))
        for sliders, moved in zip(part, expected, strict=True):
            missed = np.linalg.norm(slider_displacement(keys, sliders) - moved, axis=1)
            means.append(missed.mean())
            largest.append(missed.max())
    return float(np.mean(means)), float(np.max(largest))


def asymmetry(keys: EmotionKeys) -> float:
    """Metres: the largest distance between a symmetric emotion's face and its mirror image."""
    model = load_open_head()
    symmetric = [index for index, name in enumerate(keys.names) if name not in ONE_SIDED]
    deltas = keys.deltas[symmetric]
    return float(np.linalg.norm(deltas - mirrored_displacement(model, deltas), axis=-1).max())


def _look(views: AvatarViews, keys: EmotionKeys, emotion: str, neutral: list[NDArray], steps: int) -> Seen:
    slider = np.eye(len(keys.names))[keys.names.index(emotion)]
    units = units_to_check(emotion)
    full, half = ([_points(views, keys, strength * slider, yaw) for yaw in YAWS] for strength in (1.0, 0.5))
    grown = [
        np.mean([changes(a, b, tuple(units.values())) for a, b in zip(neutral, shown, strict=True)], 0)
        for shown in (full, half)
    ]
    ahead = YAWS.index(0.0)
    between = [_points(views, keys, step * slider, 0.0) for step in np.linspace(0, 1, steps)[1:-1]]
    way = (full[ahead] - neutral[ahead]).ravel()
    come = [(points - neutral[ahead]).ravel() @ way for points in (neutral[ahead], *between, full[ahead])]
    return Seen(
        dict(zip(units, grown[0].tolist(), strict=True)),
        dict(zip(units, grown[1].tolist(), strict=True)),
        bool((np.diff(come) > 0).all()),
    )


def _summary(seen: list[Seen]) -> str:
    full = np.array([value for one in seen for value in one.full.values()])
    half = np.array([value for one in seen for value in one.half.values()])
    share = half[full > 0] / full[full > 0]
    low, middle, high = np.quantile(share, (0.05, 0.5, 0.95))
    return (
        f"signs right: {(full > 0).sum()} of {len(full)}; share at 0.5: median {middle:.2f}, 90 % within {low:.2f} to {high:.2f}; "
        f"monotone: {sum(one.monotone for one in seen)} of {len(seen)}"
    )


def _points(views: AvatarViews, keys: EmotionKeys, sliders: NDArray, yaw: float) -> NDArray:
    """(478, 2) pixels of the face with these sliders."""
    vertices = views.avatar.head.vertices + slider_displacement(keys, sliders)
    camera = orbit_camera(views.face, yaw, SIZE)
    picture = render(views.surface, vertices, views.look, replace(camera, focal_px=CLOSER * camera.focal_px))
    return landmarks_of(picture).points[:, :2]
