# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m inference measure-hair PHOTO...``: how well the hair made of photos matches them."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...errors import AvatarError
from ...face.landmark_fit import fit_face
from ...head.model import HeadModel
from ...head.open_head import load_open_head
from ...photo.choose_face import choose_face
from ...photo.landmarks import find_landmarks
from ...photo.load import load_photo
from ...photo.segment_person import person_probability
from ..from_photo import hair_of_style, photo_hair_color, photo_map, style_of_photo
from ..head_surface import prepare_head
from ..mask import hair_mask
from ..orientation.coding import OrientationMap
from ..orientation.strands import MapView, map_of_strands
from ..sketches import library_sketches
from .refine import Likeness, likeness, refine


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("photos", type=Path, nargs="+", metavar="PHOTO")


def run(options: argparse.Namespace) -> None:
    """Print one line per photo and the means."""
    model = load_open_head()
    library_sketches(model)
    print(f"{'photo':28} {'style':18} IoU found refined  degrees found refined  deepest mm  seconds")
    rows = []
    for path in options.photos:
        try:
            row = _measure(model, path)
        except AvatarError as error:
            print(f"{path.name:28} {error.message}")
            continue
        if row is not None:
            rows.append(row)
    if rows:
        for name, middle in (("mean", np.mean(rows, 0)), ("median", np.median(rows, 0))):
            print(f"{name:47} {middle[0]:9.2f} {middle[1]:7.2f} {middle[2]:14.1f} {middle[3]:7.1f}")


def _measure(model: HeadModel, path: Path) -> tuple[float, float, float, float] | None:
    photo, face = choose_face(load_photo(path), 1)
    landmarks = find_landmarks(photo, face)
    mask = hair_mask(photo.pixels, landmarks.points, person_probability(photo, face))
    fit = fit_face(model, photo, landmarks)
    start = time.perf_counter()
    head = prepare_head(model, model.forward(fit.shape, offsets=fit.offsets))
    view, wanted, known = shown = photo_map(head, fit.camera, photo.pixels, mask)
    style = style_of_photo(head, fit, photo, landmarks, mask, shown)
    hair = hair_of_style(head, style, photo_hair_color(photo, landmarks, mask))
    if not len(hair.points):
        print(f"{path.name:28} no hair")
        return None
    refined = refine(head, view, wanted, known, hair.points)
    seconds = time.perf_counter() - start
    before, after = (_like(view, strands, wanted, known) for strands in (hair.points, refined))
    deepest = -1000 * head.distance.sample(refined[:, 1:].astype(np.float64))[0].min()
    print(
        f"{path.name:28} {style.name:18} {before.iou:9.2f} {after.iou:7.2f} {before.degrees:14.1f} {after.degrees:7.1f}"
        f" {max(deepest, 0.0):11.2f} {seconds:8.1f}"
    )
    return before.iou, after.iou, before.degrees, after.degrees


def _like(view: MapView, strands: NDArray, wanted: OrientationMap, known: NDArray) -> Likeness:
    return likeness(map_of_strands(view, strands), wanted, known)
