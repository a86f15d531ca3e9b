# SPDX-License-Identifier: GPL-3.0-or-later
"""Face recognisers as judges: unit embeddings of a face, each under its own name. What is not installed is not measured.

FaceNet's distance is the DFID of MoFaNeRF; the others are named after their networks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from ...errors import AvatarError
from ...mica.crop import FIVE_POINTS
from ...mica.crop import cut as cut_for_arcface
from ...photo.types import FaceLandmarks, Photo
from ...texture.contours import FACE_OVAL
from ..recognizer import embedding as dlib_embedding
from ..recognizer import load_recognizer

FACENET_SIDE, FACENET_MARGIN = 160, 0.1  # pixels; of the face's box, on every side
# ArcFace networks in insightface's packs, best first.
PACK_FILES = ("glintr100.onnx", "w600k_r50.onnx", "w600k_mbf.onnx")
LARGEST_ONNX = 500_000_000

Embed = Callable[[NDArray, FaceLandmarks], NDArray]


@dataclass(frozen=True)
class Judges:
    """networks: name -> (picture (H, W, 3) uint8 sRGB, its landmarks) -> unit vector. missing: name -> why it is not there."""

    networks: dict[str, Embed] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)


def find_judges(facenet: Path | None, insightface: Path | None) -> Judges:
    """What is there of FaceNet (its weights, given), insightface (a pack's folder or file, given or in its usual place) and dlib.

    Raises AvatarError for a given file that is wrong.
    """
    found, missing = {}, {}
    if facenet is None:
        missing["facenet"] = "no weights given (--facenet FILE)"
    else:
        found["facenet"] = _facenet(facenet)
    pack = find_pack(insightface)
    if pack is None:
        missing["insightface"] = "no pack given (--insightface FOLDER) and none in ~/.insightface/models"
    else:
        found["insightface"] = _arcface(pack)
    try:
        load_recognizer()
        found["dlib"] = lambda picture, points: dlib_embedding(Photo("a face", picture), points)
    except AvatarError as error:
        missing["dlib"] = error.message
    return Judges(found, missing)


def find_pack(given: Path | None) -> Path | None:
    """The recognition network of an insightface pack. Raises AvatarError ``weights_missing`` when a given place holds none."""
    place = given if given is not None else Path.home() / ".insightface" / "models"
    if place.is_file():
        return place
    for name in PACK_FILES:
        for file in (place / name, *sorted(place.glob(f"*/{name}"))):
            if file.is_file():
                return file
    if given is not None:
        raise AvatarError(
            "weights_missing",
            f"{given} holds no recognition network of insightface ({', '.join(PACK_FILES)}): give the pack's folder.",
        )
    return None


def _facenet(file: Path) -> Embed:
    from ...weights.checkpoint import Execution, run
    from .facenet import load_facenet

    network = load_facenet(file)

    def embed(picture: NDArray, landmarks: FaceLandmarks) -> NDArray:
        return run(network, face_for_facenet(picture, landmarks)[None], Execution())[0]

    return embed


def face_for_facenet(picture: NDArray, landmarks: FaceLandmarks) -> NDArray[np.float32]:
    """(3, 160, 160) RGB in [-1, 1]: the box of the face's outline with a margin, brought to a square as FaceNet's training did."""
    outline = landmarks.points[list(FACE_OVAL), :2]
    low, high = outline.min(0), outline.max(0)
    margin = FACENET_MARGIN * (high - low)
    low, scale = low - margin, (high - low + 2 * margin) / FACENET_SIDE
    matrix = np.array([[scale[0], 0, low[0] + scale[0] / 2 - 0.5], [0, scale[1], low[1] + scale[1] / 2 - 0.5]])
    face = cv2.warpAffine(picture, matrix, (FACENET_SIDE,) * 2, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
    return np.ascontiguousarray(((face.astype(np.float32) - 127.5) / 128).transpose(2, 0, 1))


def _arcface(file: Path) -> Embed:
    if file.stat().st_size > LARGEST_ONNX:
        raise AvatarError(
            "weights_invalid", f"{file.name} is larger than any network of insightface's packs: check the file."
        )
    try:
        network = cv2.dnn.readNetFromONNX(str(file))
    except cv2.error as problem:
        raise AvatarError(
            "weights_invalid",
            f"{file.name} is no ONNX network that OpenCV can read: give a recognition network of insightface.",
        ) from problem

    def embed(picture: NDArray, landmarks: FaceLandmarks) -> NDArray:
        network.setInput(cut_for_arcface(picture, landmarks.points[list(FIVE_POINTS), :2] - 0.5)[None])
        answer = network.forward().ravel().astype(np.float64)
        return answer / max(float(np.linalg.norm(answer)), 1e-12)

    return embed
