# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the preview's cameras stand."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ...inference.bundle import Avatar, Camera, HeadMesh

DISTANCE = 1.6
TURNS = {"front": 0.0, "thirty": 30.0, "profile": 90.0}
SAME_VIEW = "same_view"
HEAD_ROOM = 0.06


NECK_BELOW_CHIN = 0.03


@dataclass(frozen=True)
class Subject:
    """What a portrait must show. low, high (3,): metres, corners of the box around the head and its hair, neck up."""

    low: np.ndarray
    high: np.ndarray


def portrait_subject(avatar: Avatar) -> Subject:
    """The head from a little below the chin up, with the hair that lies above that line."""
    head = avatar.head
    chin = chin_height(head)
    shown = np.concatenate([head.vertices[head.vertices[:, 2] > chin], avatar.hair.points.reshape(-1, 3)])
    shown = shown[shown[:, 2] > chin - NECK_BELOW_CHIN]
    low, high = shown.min(0), shown.max(0)
    low[2] = chin - NECK_BELOW_CHIN
    return Subject(low, high)


def chin_height(head: HeadMesh) -> float:
    """Height in metres of the lowest point that follows the jaw; without a jaw, the middle of the head's height."""
    jaw = [index for index, name in enumerate(head.joint_names) if "jaw" in name.lower()]
    moved = head.vertices[head.skin_weights[:, jaw].max(1, initial=0) > 0.8]
    return float(moved[:, 2].min() if len(moved) else head.vertices[:, 2].mean())


def portrait_camera(subject: Subject, degrees: float, width: int, height: int) -> Camera:
    """A camera on the face's height, turned about the vertical axis: 0 in front, 90 on the subject's left."""
    middle = (subject.low + subject.high) / 2
    turn = math.radians(degrees)
    back = np.array([math.sin(turn), -math.cos(turn), 0.0])
    right = np.array([math.cos(turn), math.sin(turn), 0.0])
    size = subject.high - subject.low
    across = max(size[0], size[1]) / width * height
    visible = max(size[2], across) * (1 + 2 * HEAD_ROOM)
    matrix = np.eye(4)
    matrix[:3, 0], matrix[:3, 1], matrix[:3, 2] = right, (0.0, 0.0, 1.0), back
    matrix[:3, 3] = middle + DISTANCE * back
    matrix[2, 3] = subject.high[2] + (HEAD_ROOM - 0.5) * visible
    return Camera(matrix, height * DISTANCE / visible, (width / 2, height / 2), width, height)


def crop_to_subject(camera: Camera, subject: Subject, width: int, height: int) -> tuple[Camera, tuple[float, ...]]:
    """The photo's camera narrowed to the head, width x height pixels, and its box (x0, y0, x1, y1) in the photo.

    The box keeps the picture's proportions and stays inside the photo where it can.
    """
    corners = np.array(np.meshgrid(*zip(subject.low, subject.high, strict=True))).reshape(3, -1).T
    pixels = project(camera, corners)
    low, high = pixels.min(0), pixels.max(0)
    box_height = max(high[1] - low[1], (high[0] - low[0]) / width * height) * (1 + 2 * HEAD_ROOM)
    box_height = min(box_height, camera.height, camera.width / width * height)
    box = np.array([box_height / height * width, box_height])
    wanted = np.array([(low[0] + high[0] - box[0]) / 2, low[1] - HEAD_ROOM * box[1]])
    start = np.clip(wanted, 0, np.array([camera.width, camera.height]) - box)
    scale = height / box_height
    center = (np.asarray(camera.center_px) - start) * scale
    cropped = Camera(camera.matrix_world, camera.focal_px * scale, (center[0], center[1]), width, height)
    return cropped, (*start.tolist(), *(start + box).tolist())


def project(camera: Camera, points: np.ndarray) -> np.ndarray:
    """(N, 3) metres -> (N, 2) pixels of the camera's picture, x right and y down."""
    to_camera = np.linalg.inv(camera.matrix_world)
    local = points @ to_camera[:3, :3].T + to_camera[:3, 3]
    return local[:, :2] * (1, -1) / -local[:, 2:] * camera.focal_px + camera.center_px
