# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m inference.evaluation.measure FOLDER ...``: likeness as one table; identity over all of them.

A folder is a bundle (judged on quick renders) or what ``build.py demo`` made of a photo (judged on its Cycles renders).
"""

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
from .demo_views import DemoViews
from .likeness import TURNS, AvatarViews, closed_loop, expression_measures, landmarks_of, shape_distance
from .recognizer import embedding

HEADER = (
    f"{'avatar':30s} {'fit':>5s} | {'loop':>5s} {'eyes':>5s} {'nose':>5s} {'lips':>5s} | "
    f"{'smile':>6s} {'gap':>5s} {'brows':>6s} {'lids':>5s} | identity: own (nearest other)"
)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m inference.evaluation.measure", description=__doc__)
    parser.add_argument("folders", type=Path, nargs="+")
    options = parser.parse_args()
    views = {path.name: _views(path) for path in options.folders}
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


def _views(folder: Path) -> AvatarViews:
    return DemoViews(folder) if (folder / "bundle").is_dir() else AvatarViews(read_bundle(folder), folder)


def _identity_of_photo(view: AvatarViews) -> NDArray:
    x0, y0, x1, y1 = (float(v) for v in view.avatar.report["face_box"])
    margin = 0.6 * max(x1 - x0, y1 - y0)
    height, width = view.photo.pixels.shape[:2]
    top, bottom = int(max(0, y0 - margin)), int(min(height, y1 + margin))
    left, right = int(max(0, x0 - margin)), int(min(width, x1 + margin))
    return _identity(np.ascontiguousarray(view.photo.pixels[top:bottom, left:right]))


def _identities(name: str, view: AvatarViews, photos: dict[str, NDArray]) -> tuple[str, int]:
    """Distances of each render to its own photo (and to the nearest other), and how many are nearer to another."""
    words, missed = [], 0
    for label in (*TURNS, *view.avatar.head.emotion_names):
        try:
            seen = _identity(view.seen(label))
        except AvatarError:
            words.append(f"{label} no face")
            missed += 1
            continue
        own = float(np.linalg.norm(seen - photos[name]))
        others = [float(np.linalg.norm(seen - other)) for key, other in photos.items() if _person(key) != _person(name)]
        nearest = min(others, default=np.inf)
        missed += own >= nearest
        words.append(f"{label[:5]} {own:.2f}({nearest:.2f}){'!' if own >= nearest else ''}")
    return " ".join([*words, _shape_counts(view, photos[name])]), missed


def _shape_counts(view: AvatarViews, photo: NDArray) -> str:
    """The quick front render on the fitted shape, and with the same texture on the mean head."""
    model = load_open_head()
    heads = {"fitted": view.avatar.head.vertices, "mean": model.shaped(model.shape_mean)}
    distances = {name: np.linalg.norm(_identity(view.orbit(head, 0)) - photo) for name, head in heads.items()}
    return f"| texture on the fitted head {distances['fitted']:.2f}, on the mean head {distances['mean']:.2f}"


def _identity(picture: NDArray) -> NDArray:
    return embedding(Photo("a render", picture), landmarks_of(picture))


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
