# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m inference.head.correspondence``: measures the landmark embedding of the open head and stores it."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from ...errors import AvatarError
from ...photo.find_faces import find_faces
from ...photo.landmarks import find_landmarks
from ...photo.types import Photo
from ..model import HeadModel
from ..open_head import LANDMARKS_FILE, load_open_head, save_landmarks
from .measure import Sighting, measure
from .painted_head import SIZE, paint_random_head


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m inference.head.correspondence", description=__doc__)
    parser.add_argument("--pictures", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--look", type=Path, help="folder for a few of the pictures, landmarks drawn")
    options = parser.parse_args()
    model = load_open_head()
    sightings = []
    for sighting in _sightings(model, options.pictures, options.seed):
        if options.look and len(sightings) < 12:
            _draw(sighting, options.look / f"{len(sightings):02d}.png")
        sightings.append(sighting)
    embedding = measure(model, sightings)
    save_landmarks(embedding)
    spread = 1000 * np.percentile(embedding.sigma, [10, 50, 90, 100])
    print(f"{len(sightings)} of {options.pictures} pictures read")
    print(
        "miss in mm: "
        + ", ".join(f"{name} {v:.2f}" for name, v in zip(("10 %", "median", "90 %", "worst"), spread, strict=True))
    )
    print(f"written to {LANDMARKS_FILE}")


def _sightings(model: HeadModel, count: int, seed: int) -> Iterator[Sighting]:
    for number in range(count):
        head = paint_random_head(model, np.random.default_rng([seed, number]))
        photo = Photo(f"random head {number}", head.picture)
        faces = find_faces(photo)
        if not faces:
            continue
        try:
            yield Sighting(find_landmarks(photo, faces[0]).points[:, :2], head)
        except AvatarError:
            continue


def _draw(sighting: Sighting, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    picture = cv2.resize(sighting.head.picture, (2 * SIZE, 2 * SIZE))[:, :, ::-1].copy()
    for x, y in sighting.landmarks:
        cv2.circle(picture, (round(2 * x), round(2 * y)), 1, (0, 255, 0), -1, cv2.LINE_AA)
    cv2.imwrite(str(path), picture)


if __name__ == "__main__":
    main()
