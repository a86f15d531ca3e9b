# SPDX-License-Identifier: GPL-3.0-or-later
"""Nothing of the mouth comes through the face's skin, as a camera sees it."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from inference.emotion.emotion_keys import EmotionKeys, slider_displacement
from inference.evaluation.fast_render import Look, orbit_camera, see
from inference.head.model import HeadModel

PLAIN = np.full((4, 4, 3), 128, np.uint8)


def parts_of_the_mouth(head: HeadModel, vertices: np.ndarray, yaw: float) -> int:
    """Patches of more than a few pixels where the inside of the mouth is seen."""
    lips = vertices[head.masks["lips"] > 0.5]
    camera = orbit_camera(lips, yaw, 420)
    seen = see(head.surface, vertices, Look(PLAIN, PLAIN), replace(camera, focal_px=2.6 * camera.focal_px)).part
    count, _, stats, _ = cv2.connectedComponentsWithStats(
        (seen > head.surface.part_names.index("skin")).astype(np.uint8)
    )
    return int((stats[1:count, cv2.CC_STAT_AREA] > 4).sum())


@pytest.mark.parametrize("emotions", [("happiness", "surprise"), ("happiness", "surprise", "fear")])
@pytest.mark.parametrize("yaw", [0.0, 30.0])
def test_the_mouth_is_seen_through_the_lips_alone(
    head: HeadModel, keys: EmotionKeys, emotions: tuple[str, ...], yaw: float
) -> None:
    sliders = np.array([float(name in emotions) for name in keys.names])
    vertices = head.shaped(head.shape_mean) + slider_displacement(keys, sliders)
    assert parts_of_the_mouth(head, vertices, yaw) == 1
