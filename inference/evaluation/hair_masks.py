# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m inference.evaluation.hair_masks PHOTOS ...``: how well hair masks agree with hair outlined by hand.

PHOTOS are picture files or folders with them; those that were outlined are found by their content. ``--masks`` measures another
program's masks: pictures NAME#FACE.png of the photo's size, white where hair is.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from ..hair.mask import hair_mask
from ..photo.choose_face import choose_face
from ..photo.hair_mask import load_hair_mask
from ..photo.landmarks import find_landmarks
from ..photo.load import load_photo
from ..photo.segment_person import person_probability
from .hair_outlines import HairOutline, find_photos, load_outlines, overlap


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m inference.evaluation.hair_masks", description=__doc__)
    parser.add_argument("photos", type=Path, nargs="+")
    parser.add_argument("--masks", type=Path, metavar="FOLDER", help="masks of another program")
    parser.add_argument(
        "--overlays", type=Path, metavar="FOLDER", help="write pictures: mask green, hand outline yellow"
    )
    options = parser.parse_args()
    found = find_photos(options.photos)
    scores: dict[bool, list[float]] = {True: [], False: []}
    for outline in load_outlines():
        if outline.sha256 in found:
            score, seconds = _measure(outline, found[outline.sha256], options.masks, options.overlays)
            scores[outline.tuning].append(score)
            what = "tuning" if outline.tuning else ""
            print(f"{outline.name:32s} {score:5.3f}  {seconds:4.2f} s  {what}", flush=True)
    for tuning, name in (
        (True, "settings were chosen on these"),
        (False, "not chosen on these, though their overlays were seen"),
    ):
        _summary(name, scores[tuning])
    _summary("all", scores[True] + scores[False])


def _measure(outline: HairOutline, path: Path, masks: Path | None, overlays: Path | None) -> tuple[float, float]:
    """IoU of one face's mask and the seconds it took."""
    photo, face = choose_face(load_photo(path), outline.face)
    landmarks = find_landmarks(photo, face)
    person = person_probability(photo, face)
    start = time.perf_counter()
    if masks is None:
        mask = hair_mask(photo.pixels, landmarks.points, person)
    else:
        mask, _ = load_hair_mask(masks / f"{outline.name}.png", photo)
    seconds = time.perf_counter() - start
    truth = outline.mask(mask.shape)
    if overlays is not None:
        overlays.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(overlays / f"{outline.name}.png"), _overlay(photo.pixels, mask, truth, face.box))
    return overlap(mask, truth), seconds


def _overlay(pixels: NDArray, mask: NDArray, truth: NDArray, box: tuple[float, float, float, float]) -> NDArray:
    """BGR picture of the surroundings of a face."""
    x0, y0, x1, y1 = box
    size, middle = max(x1 - x0, y1 - y0), np.array([(x0 + x1) / 2, (y0 + y1) / 2])
    left, top = np.maximum(middle - np.array([1.6, 1.5]) * size, 0).astype(int)
    right, bottom = (middle + np.array([1.6, 2.4]) * size).astype(int)
    part = (slice(top, bottom), slice(left, right))
    zoom = 700 / pixels[part].shape[0]
    larger = [
        cv2.resize(np.ascontiguousarray(layer[part]), None, fx=zoom, fy=zoom, interpolation=cv2.INTER_LINEAR)
        for layer in (pixels[..., ::-1], mask.astype(np.float32), truth.astype(np.uint8))
    ]
    picture = larger[0] * (1 - 0.5 * larger[1][..., None]) + np.array([40, 255, 40]) * 0.5 * larger[1][..., None]
    picture = np.ascontiguousarray(picture.astype(np.uint8))
    contours, _ = cv2.findContours(larger[2], cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    cv2.drawContours(picture, contours, -1, (0, 255, 255), 1)
    return picture


def _summary(name: str, scores: list[float]) -> None:
    if scores:
        print(f"{len(scores):2d} faces, {name}: IoU mean {np.mean(scores):.3f}, worst {min(scores):.3f}")


if __name__ == "__main__":
    main()
