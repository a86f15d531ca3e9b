# SPDX-License-Identifier: GPL-3.0-or-later
"""DECA and MICA as estimators: their numbers put in their places on a FLAME head. Needs torch."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from ..deca.camera import bundle_camera, rescaled
from ..deca.crop import Crop, landmark_crop
from ..deca.crop import cut as deca_cut
from ..deca.run import DecaCodes, DecaNetworks, decode_displacement, load_deca, read_codes
from ..face.gaze import gaze_pose
from ..face.types import FaceFit
from ..head.flame.frame import from_flame, to_flame
from ..head.flame.model_file import EXPRESSIONS, SHAPES
from ..head.landmark_sets import IBUG_68
from ..head.model import HeadModel, rotation_matrices
from ..mica.crop import FIVE_POINTS
from ..mica.crop import cut as mica_cut
from ..mica.detector import LICENCE, detected_points
from ..mica.run import MicaNetworks, load_mica, read_shape
from ..photo.types import FaceLandmarks, Photo
from ..weights.checkpoint import Execution
from ..weights.kinds import KINDS, NON_COMMERCIAL
from ..weights.registry import required
from .by_landmarks import residual, with_shape
from .detail_maps import NO_CHART, albedo_map, detail_maps
from .heads import has_flame_chart
from .types import Estimate, FaceOptions

OUR_POINTS = "five of our landmarks"
THEIR_POINTS = {
    "name": "InsightFace face detector",
    "licence": LICENCE,
    "what": "where MICA looks",
    "use": NON_COMMERCIAL,
}
PIXEL_CENTRE = 0.5  # landmarks count from pixel edges, the networks' crops from pixel centres


def estimate_learned(model: HeadModel, photo: Photo, landmarks: FaceLandmarks, options: FaceOptions) -> Estimate:
    """The estimator ``deca``, ``mica`` or ``deca+mica`` on a dressed FLAME 2020 head. Raises AvatarError."""
    execution = Execution(options.device, options.precision)
    names = options.estimator.split("+")
    sources = tuple(_source(name) for name in names)
    mica = load_mica(required("mica"), execution) if "mica" in names else None
    deca = load_deca(required("deca"), execution) if "deca" in names else None
    # The two see the photo side by side, each on one core: sharing the cores they would take as long, and far longer on a busy computer.
    with ThreadPoolExecutor(1) as aside:
        seen = None if mica is None else aside.submit(_seen_by_mica, mica, photo, landmarks)
        if deca is not None:
            crop = landmark_crop(landmarks.points[list(IBUG_68), :2] - PIXEL_CENTRE)
            codes = read_codes(deca, deca_cut(photo.pixels, crop), with_detail=has_flame_chart())
        shape, report = (None, {}) if seen is None else seen.result()
    if report.get("mica_crop") == THEIR_POINTS["name"]:
        sources += (THEIR_POINTS,)
    if deca is None:
        return Estimate(with_shape(model, shape, photo, landmarks), sources, report=report)
    height, width = photo.pixels.shape[:2]
    fit = deca_fit(model, codes, crop, (width, height), landmarks, shape)
    maps, more = _maps(deca, codes, model, fit)
    return Estimate(fit, sources, maps, report | more | {"light": np.round(codes.light, 4).tolist()})


def _seen_by_mica(mica: MicaNetworks, photo: Photo, landmarks: FaceLandmarks) -> tuple[NDArray, dict[str, object]]:
    """(MICA's shape (300,), report of where it looked)."""
    points, why_not = detected_points(photo.pixels, landmarks.face.box)
    report = {"mica_crop": f"{OUR_POINTS}: {why_not}" if points is None else THEIR_POINTS["name"]}
    if points is None:
        points = landmarks.points[list(FIVE_POINTS), :2] - PIXEL_CENTRE
    return read_shape(mica, mica_cut(photo.pixels, points)), report


def deca_fit(
    model: HeadModel,
    codes: DecaCodes,
    crop: Crop,
    size: tuple[int, int],
    landmarks: FaceLandmarks,
    metrical: NDArray | None = None,
) -> FaceFit:
    """DECA's codes as a FaceFit. size: the photo's width and height.

    metrical: (300,) MICA's shape in place of DECA's; the camera is then scaled so that the face stays in its place.
    """
    own = np.zeros(SHAPES, np.float32)
    own[: len(codes.shape)] = codes.shape
    shape = own if metrical is None else metrical.astype(np.float32)
    expression = np.zeros(len(model.expression_names), np.float32)
    first = len(expression) - EXPRESSIONS
    expression[first : first + len(codes.expression)] = codes.expression
    pose = np.zeros((len(model.joints.names), 3), np.float32)
    pose[model.joints.names.index("jaw")] = from_flame(codes.jaw)

    camera = codes.camera.astype(np.float64)
    turn = rotation_matrices(codes.head.astype(np.float64))
    if metrical is not None:
        camera = rescaled(
            camera,
            _turned_landmarks(model, own, expression, pose, turn),
            _turned_landmarks(model, shape, expression, pose, turn),
        )
    shaped = model.shaped(shape, expression)
    pivot = (model.joints.regressor[0] @ shaped).astype(np.float64)
    vertices = model.skin(shaped, pose)
    middle = model.landmarks["ibug_68"].points(vertices).mean(0)
    seen_by = bundle_camera(camera, turn, pivot, crop, middle, size)
    pose = pose + gaze_pose(model, vertices, seen_by, landmarks.points[:, :2]).astype(np.float32)
    still = np.zeros_like(model.template)
    fit = FaceFit(shape, expression, pose, still, still, seen_by, 0.0)
    return FaceFit(shape, expression, pose, still, still, seen_by, residual(model, fit, landmarks))


def _turned_landmarks(model: HeadModel, shape: NDArray, expression: NDArray, pose: NDArray, turn: NDArray) -> NDArray:
    """(68, 3) landmarks in FLAME's frame, turned by the root's rotation (3, 3)."""
    shaped = model.shaped(shape, expression)
    points = to_flame(model.landmarks["ibug_68"].points(model.skin(shaped, pose)))
    pivot = to_flame(model.joints.regressor[0] @ shaped)
    return (points - pivot) @ turn.T + pivot


def _maps(
    networks: DecaNetworks, codes: DecaCodes, model: HeadModel, fit: FaceFit
) -> tuple[dict[str, NDArray], dict[str, object]]:
    maps, report = {}, {"detail": NO_CHART}
    if codes.detail is not None:
        maps, report = detail_maps(model, fit, decode_displacement(networks, codes))
    albedo, more = albedo_map(codes.texture)
    return maps | albedo, report | more


def _source(name: str) -> dict[str, str]:
    kind = KINDS[name]
    what = {"deca": "expression, pose, camera, light and detail", "mica": "shape of the face"}[name]
    return {"name": name.upper(), "licence": kind.licence, "what": what, "use": kind.use}
