# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m inference.evaluation.measure BUNDLE ...``: likeness of bundles as one table; identity over all of them."""

from __future__ import annotations

import argparse
from dataclasses import astuple
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..bundle_io import read_bundle
from ..errors import AvatarError
from ..head.open_head import load_open_head
from ..photo.types import Photo
from .likeness import AvatarViews, closed_loop, expression_measures, landmarks_of, shape_distance
from .recognizer import embedding

HEADER = (
    f"{'avatar':30s} {'fit':>5s} | {'loop':>5s} {'eyes':>5s} {'nose':>5s} {'lips':>5s} | "
    f"{'smile':>6s} {'gap':>5s} {'brows':>6s} {'lids':>5s} | identity: own (nearest other)"
)


MEAN_HEAD = "texture on the mean head"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m inference.evaluation.measure", description=__doc__)
    parser.add_argument("bundles", type=Path, nargs="+")
    options = parser.parse_args()
    views = {path.name: AvatarViews(read_bundle(path), path) for path in options.bundles}
    photos = {name: _identity_of_photo(view) for name, view in views.items()}
    print(HEADER)
    wrong = 0
    for name, view in views.items():
        try:
            loop, shown = astuple(closed_loop(view)), astuple(expression_measures(view))
        except AvatarError as error:
            print(f"{name:30s} {error}")
            wrong += 1
            continue
        identities, missed = _identities(name, view, photos)
        wrong += missed
        residual = float(view.avatar.report["landmark_residual_percent"])
        print(
            f"{name:30s} {residual:5.2f} | " + " ".join(f"{v:5.2f}" for v in loop) + " | "
            f"{100 * shown[0]:5.0f}% {shown[1]:5.2f} {100 * shown[2]:5.0f}% {shown[3]:5.2f} | {identities}",
            flush=True,
        )
    print(f"{wrong} renders nearer to another person's photo than to their own")
    _print_shapes(views)


def _identity_of_photo(view: AvatarViews) -> NDArray:
    x0, y0, x1, y1 = (float(v) for v in view.avatar.report["face_box"])
    margin = 0.6 * max(x1 - x0, y1 - y0)
    height, width = view.photo.pixels.shape[:2]
    top, bottom = int(max(0, y0 - margin)), int(min(height, y1 + margin))
    left, right = int(max(0, x0 - margin)), int(min(width, x1 + margin))
    photo = Photo(view.photo.name, np.ascontiguousarray(view.photo.pixels[top:bottom, left:right]))
    return embedding(photo, landmarks_of(photo.pixels))


def _identities(name: str, view: AvatarViews, photos: dict[str, NDArray]) -> tuple[str, int]:
    """Distances of each render to its own photo (and to the nearest other), and how many are nearer to another."""
    words, missed = [], 0
    for label, (vertices, yaw) in _renders(view).items():
        picture = view.orbit(vertices, yaw)
        try:
            seen = embedding(Photo(label, picture), landmarks_of(picture))
        except AvatarError:
            words.append(f"{label} no face")
            missed += 1
            continue
        own = float(np.linalg.norm(seen - photos[name]))
        others = [float(np.linalg.norm(seen - other)) for key, other in photos.items() if _person(key) != _person(name)]
        nearest = min(others, default=np.inf)
        if label == MEAN_HEAD:
            words.append(f"| {label} {own:.2f}")
            continue
        missed += own >= nearest
        words.append(f"{label} {own:.2f}({nearest:.2f}){'!' if own >= nearest else ''}")
    return " ".join(words), missed


def _renders(view: AvatarViews) -> dict[str, tuple[NDArray, float]]:
    """label -> (vertices, yaw): the neutral face from two sides, every emotion, and the texture on the mean head."""
    neutral = view.avatar.head.vertices
    emotions = {emotion[:4]: (view.emotion(emotion), 0.0) for emotion in view.avatar.head.emotion_names}
    model = load_open_head()
    return (
        {"front": (neutral, 0.0), "30": (neutral, 30.0)} | emotions | {MEAN_HEAD: (model.shaped(model.shape_mean), 0.0)}
    )


def _print_shapes(views: dict[str, AvatarViews]) -> None:
    """Neutral shapes of one person (name~1, name~2, ...) against those of everybody else, in millimetres."""
    people = sorted({_person(name) for name in views if "~" in name})
    for person in people:
        mine = [view.face for name, view in views.items() if _person(name) == person]
        others = [view.face for name, view in views.items() if _person(name) != person]
        within = [1000 * shape_distance(a, b) for i, a in enumerate(mine) for b in mine[:i]]
        between = [1000 * shape_distance(a, b) for a in mine for b in others]
        print(
            f"neutral face of {person} over {len(mine)} photos: {np.mean(within):.2f} mm apart (worst {max(within):.2f}); "
            f"from others {np.mean(between):.2f} mm (nearest {min(between):.2f})"
        )


def _person(name: str) -> str:
    return name.split("~")[0]


if __name__ == "__main__":
    main()
