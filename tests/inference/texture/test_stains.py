# SPDX-License-Identifier: GPL-3.0-or-later
"""Marks on skin that is otherwise even: which go, which stay; and what is made where no photo shows any."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from inference.head.open_head import load_open_head
from inference.texture.canvas import Canvas, texture_canvas
from inference.texture.color import LUMINANCE, log_from_linear
from inference.texture.mottle import STRONGEST, WEAKEST, mottle
from inference.texture.stains import even_stains

SIZE = 1024
CHEEK = 0.03, -0.012  # metres to the subject's left of the midline, and below the eyes' line
USUAL = log_from_linear(np.array([0.5, 0.3, 0.22]))


@pytest.fixture(scope="module")
def canvas() -> Canvas:
    return texture_canvas(load_open_head(), SIZE)


def texel(canvas: Canvas, side: int) -> tuple[int, int]:
    """(column, row) of the middle of a cheek; side: 1 for the subject's left."""
    place = canvas.atlas.spread(canvas.model.template.astype(np.float32))
    eyes = canvas.model.landmarks["mediapipe_478"].points(canvas.model.template)[[33, 263], 2].mean()
    cheek = np.array([side * CHEEK[0], eyes + CHEEK[1] - 0.012])
    away = np.linalg.norm(place[..., [0, 2]] - cheek, axis=-1) + (place[..., 1] > 0) + ~canvas.atlas.covered
    row, column = np.unravel_index(away.argmin(), away.shape)
    return int(column), int(row)


def left_dark(canvas: Canvas, marks: NDArray, depth: float = 0.7) -> float:
    """Share that is left of marks that are darker by ``depth`` in log colour."""
    log = np.tile(USUAL, (SIZE, SIZE, 1)).astype(np.float32) - np.float32(depth) * marks[..., None]
    plain = canvas.spread(canvas.regions.plain * canvas.regions.face)
    even_stains(canvas.atlas, log, plain, np.zeros_like(plain))
    sure = marks > 0.9
    return float(((USUAL - log[sure]) @ LUMINANCE).mean() / depth)


def drawn(*strokes: tuple[tuple[int, int], tuple[int, int], int]) -> NDArray[np.float32]:
    marks = np.zeros((SIZE, SIZE), np.uint8)
    for start, end, width in strokes:
        cv2.line(marks, start, end, 255, width, cv2.LINE_AA)
    return marks.astype(np.float32) / 255


def test_a_strands_shadow_on_one_side_goes(canvas: Canvas) -> None:
    x, y = texel(canvas, 1)
    assert left_dark(canvas, drawn(((x - 15, y - 35), (x + 15, y + 35), 7))) < 0.5


def test_a_mole_stays(canvas: Canvas) -> None:
    place = texel(canvas, 1)
    assert left_dark(canvas, drawn((place, place, 8))) > 0.9


def test_moderate_folds_of_both_sides_stay_more_than_those_of_one(canvas: Canvas) -> None:
    strokes = []
    for side in (1, -1):
        x, y = texel(canvas, side)
        lean = 15 if x > SIZE / 2 else -15
        strokes.append(((x - lean, y - 35), (x + lean, y + 35), 7))
    assert left_dark(canvas, drawn(*strokes), 0.3) > 1.5 * left_dark(canvas, drawn(strokes[0]), 0.3)


def test_made_patches_are_as_strong_as_asked_and_grey_on_grey(canvas: Canvas) -> None:
    model = canvas.model
    weak, strong = (mottle(model, SIZE, s, USUAL)[canvas.atlas.covered] for s in (0.0, 1.0))
    assert strong.std() == pytest.approx(weak.std() * STRONGEST / WEAKEST, rel=0.01)
    assert 0.5 * WEAKEST < (weak @ LUMINANCE).std() < 2 * WEAKEST
    assert abs(weak.mean()) < 0.5 * WEAKEST
    assert np.ptp(weak, axis=-1).max() > 0.02
    assert np.ptp(mottle(model, SIZE, 0.03, np.full(3, -1.0)), axis=-1).max() < 1e-6
