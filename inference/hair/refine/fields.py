# SPDX-License-Identifier: GPL-3.0-or-later
"""Smooth fields in the picture that bring drawn hair closer to the photo's: how to move its outline, how to turn its strands."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ..orientation.coding import OrientationMap

# Pixels of a map of 256, 2.4 mm each.
LONGEST_STEP = 12.0  # an outline moves in one round
OUTLINE_SPREAD = 9.0  # over which neighbours move alike
TURN_SPREAD = 5.0
FADE = 0.02  # density of outline below which the field dies away
LARGEST_TURN = np.radians(40.0)


def outline_field(drawn: NDArray, wanted: NDArray, known: NDArray, reach: float = OUTLINE_SPREAD) -> NDArray:
    """(h, w, 2) pixels x, y by which hair at each place should move so that the mask ``drawn`` comes to cover ``wanted``.

    All masks (h, w) bool; known: inside the photo, whose border is no outline of hair; reach: pixels of a map of 256 over which
    neighbours move alike. Every pixel of the drawn outline is pulled to the nearest of the wanted one, and every wanted one pulls the
    nearest drawn one; in between the pulls are averaged.
    """
    pixel = len(drawn) / 256
    pulls = np.zeros((*drawn.shape, 3), np.float32)
    for from_drawn in (True, False):
        start, end = (drawn, wanted) if from_drawn else (wanted, drawn)
        nearest = _nearest(_outline(end) & known)
        if nearest is None:
            continue
        row, column = np.nonzero(_outline(start) & known)
        step = np.stack([nearest[1][row, column] - column, nearest[0][row, column] - row], 1).astype(np.float32)
        if not from_drawn:
            row, column, step = row + step[:, 1].astype(int), column + step[:, 0].astype(int), -step
        step *= np.minimum(1, LONGEST_STEP * pixel / np.maximum(np.hypot(step[:, :1], step[:, 1:]), 1e-6))
        np.add.at(pulls, (row, column), np.concatenate([step, np.ones((len(step), 1), np.float32)], 1))
    spread = cv2.GaussianBlur(pulls, (0, 0), reach * pixel)
    return spread[..., :2] / (spread[..., 2:] + FADE / pixel)


def turning_field(drawn: OrientationMap, wanted: OrientationMap) -> NDArray:
    """(h, w) radians, clockwise in the picture (y down), by which drawn strands should turn to run as the photo's do."""
    both = (drawn.hair & wanted.hair).astype(np.float32)
    is_at, goal = drawn.double.astype(np.float32), wanted.double.astype(np.float32) * both[..., None]
    turn = np.empty((*both.shape, 3), np.float32)
    # The double angle between both directions, as a vector as long as the product of the confidences.
    turn[..., 0] = (is_at * goal).sum(-1)
    turn[..., 1] = is_at[..., 0] * goal[..., 1] - is_at[..., 1] * goal[..., 0]
    turn[..., 2] = np.hypot(turn[..., 0], turn[..., 1])
    turn = cv2.GaussianBlur(turn, (0, 0), TURN_SPREAD * len(both) / 256)
    # Where nothing is known, or neighbours disagree, the mean is short and the strands stay as they are.
    sure = np.hypot(turn[..., 0], turn[..., 1]) / (turn[..., 2] + 0.05)
    found = np.arctan2(turn[..., 1], turn[..., 0]) / 2
    return np.clip(found, -LARGEST_TURN, LARGEST_TURN) * sure


def signed_distance(mask: NDArray) -> NDArray:
    """(h, w) pixels to the outline of a bool mask, positive outside."""
    inside = mask.astype(np.uint8)
    return cv2.distanceTransform(1 - inside, cv2.DIST_L2, 3) - cv2.distanceTransform(inside, cv2.DIST_L2, 3)


def _outline(mask: NDArray) -> NDArray:
    return mask & ~(cv2.erode(mask.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0)


def _nearest(marked: NDArray) -> tuple[NDArray, NDArray] | None:
    """Row and column (h, w) of the marked pixel nearest to each; None when there is none."""
    if not marked.any():
        return None
    labels = cv2.distanceTransformWithLabels(
        1 - marked.astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )[1]
    row, column = np.nonzero(marked)
    rows, columns = np.zeros(labels.max() + 1, np.int64), np.zeros(labels.max() + 1, np.int64)
    rows[labels[row, column]], columns[labels[row, column]] = row, column
    return rows[labels], columns[labels]
