# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything that is measured on one photo or bundle."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import astuple, dataclass, field
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ...bundle import Avatar
from ...bundle_io import read_bundle
from ...emotion.evaluation.signs import changes, units_to_check
from ...errors import AvatarError
from ...photo.types import FaceLandmarks
from ...pipeline import CreateOptions, create_bundle
from ..likeness import AvatarViews, landmark_distance, landmarks_of, measured_expressions
from ..portrait import Portrait, Regions
from .hair import hair_figures
from .heat import vertex_errors
from .identity import Judges
from .image_metrics import psnr, ssim
from .shots import Shots, cycles_shots, quick_shots
from .stages import Meter

Work = TypeVar("Work")
MEASURE = "measure: "
PICTURES = ("photo", "render", "studio", "difference")


@dataclass(frozen=True)
class Settings:
    """How everything is measured. size: pixels of the frame's height. cycles: Python with bpy that renders, None for the quick renderer.

    lpips, facenet, insightface: the user's weights, as far as there are any.
    """

    size: int = 512
    cycles: Path | None = None
    samples: int = 32
    create: CreateOptions = field(default_factory=CreateOptions)
    lpips: tuple[Path, ...] = ()
    facenet: Path | None = None
    insightface: Path | None = None


@dataclass(frozen=True)
class Tools:
    """What is loaded once per process. lpips: (a, b, masks) -> distances, or why there is none."""

    judges: Judges
    lpips: Callable[[NDArray, NDArray, dict[str, NDArray]], dict[str, float]] | str


@dataclass
class Result:
    """figures: name -> number. missing: group of figures -> why it could not be measured. embeddings: judge -> view -> vector.
    words: label -> what is told beside the figures. bundle: where the avatar is."""

    figures: dict[str, float] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    embeddings: dict[str, dict[str, list[float]]] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    bundle: str = ""


def measure_item(path: Path, is_photo: bool, folder: Path, settings: Settings, tools: Tools) -> Result:
    """Measure an avatar, made here when ``path`` is a photo, and leave its pictures in the folder. Raises AvatarError."""
    result, meter = Result(), Meter()
    bundle = path
    if is_photo:
        bundle = folder / "bundle"
        create_bundle(path, bundle, settings.create, lambda stage, _share, _words: meter.begin(stage))
        meter.end()
    avatar = read_bundle(bundle)
    if not is_photo:
        result.figures |= _stored_seconds(avatar)
    views = AvatarViews(avatar, bundle if bundle.is_dir() else avatar.textures["skin"].parent.parent)
    with meter.stage(MEASURE + "likeness"):
        shots = (
            cycles_shots(settings, bundle, avatar, views) if settings.cycles else quick_shots(settings, avatar, views)
        )
        _images(result, shots, tools)
        _save(folder, shots, avatar)
    with meter.stage(MEASURE + "landmarks"):
        on_render = _try(result, "loop", lambda: landmarks_of(shots.render, shots.face_center))
        result.figures["fit.residual"] = float(avatar.report["landmark_residual_percent"])
        if on_render is not None:
            loop = astuple(landmark_distance(shots.landmarks.points[:, :2], on_render.points[:, :2]))
            result.figures |= dict(zip(("loop.overall", "loop.eyes", "loop.nose", "loop.lips"), loop, strict=True))
    with meter.stage(MEASURE + "emotions"):
        front = _try(result, "emotion", lambda: _front(views))
        if front is not None:
            _try(result, "emotion", lambda: _emotions(result, views, front[1].points[:, :2]))
    with meter.stage(MEASURE + "identity"):
        seen = {"photo": (shots.photo, shots.landmarks), "render": (shots.render, on_render), "front": front}
        _identity(result, {view: pair for view, pair in seen.items() if pair and pair[1] is not None}, tools.judges)
    with meter.stage(MEASURE + "hair"):
        _try(result, "hair", lambda: result.figures.update(hair_figures(avatar)))
    result.figures |= meter.figures
    result.bundle = str(bundle.resolve())
    for unit in ("seconds", "cpu"):
        stages = {name: value for name, value in meter.figures.items() if name.startswith(f"{unit}.")}
        for kind, ours in (("create", False), ("measure", True)):
            values = [value for name, value in stages.items() if (MEASURE in name) == ours]
            if values:
                result.figures[f"{unit}.{kind}"] = round(sum(values), 3)
    return result


def save_result(result: Result, file: Path, head: dict[str, object]) -> None:
    """Write an item's figures; whole or not at all."""
    text = json.dumps(head | vars(result), indent=1, allow_nan=False, ensure_ascii=False)
    partial = file.with_suffix(".partial")
    partial.write_text(text, encoding="utf-8")
    partial.replace(file)


def _images(result: Result, shots: Shots, tools: Tools) -> None:
    regions: Regions = shots.regions
    for prefix, picture in shots.pictures().items():
        for name, mask in regions.named().items():
            if mask.any():
                result.figures[f"{prefix}{name}.psnr"] = psnr(shots.photo, picture, mask)
                result.figures[f"{prefix}{name}.ssim"] = ssim(shots.photo, picture, mask)
        if isinstance(tools.lpips, str):
            result.missing["lpips"] = tools.lpips
        else:
            distances = tools.lpips(shots.photo, picture, regions.named())
            result.figures |= {f"{prefix}{name}.lpips": value for name, value in distances.items()}
    if shots.note:
        result.missing["light of the photo"] = shots.note


def _save(folder: Path, shots: Shots, avatar: Avatar) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    difference = np.clip(128 + (shots.render.astype(np.int16) - shots.photo), 0, 255).astype(np.uint8)
    pictures = {"photo": shots.photo, "render": shots.render, "studio": shots.studio, "difference": difference}
    pictures |= {f"mask_{name}": 255 * mask.astype(np.uint8) for name, mask in shots.regions.named().items()}
    for name, pixels in pictures.items():
        Image.fromarray(pixels).save(folder / f"{name}.png", compress_level=3)
    portrait: Portrait = shots.portrait
    np.save(folder / "vertex_errors.npy", vertex_errors(portrait, shots.posed, avatar, shots.photo, shots.render))


def _front(views: AvatarViews) -> tuple[NDArray, FaceLandmarks]:
    picture = views.seen("front")
    return picture, landmarks_of(picture)


def _emotions(result: Result, views: AvatarViews, neutral: NDArray) -> None:
    """Emotions at full, from the front, by what the detector's landmarks do."""
    names = [name for name in views.avatar.head.emotion_names if units_to_check(name)]
    points = {name: landmarks_of(views.seen(name)).points[:, :2] for name in names}
    seen = {name: changes(neutral, points[name], units_to_check(name)) > 0 for name in names}
    if seen:
        result.figures["emotion.units"] = float(np.concatenate(list(seen.values())).mean())
        result.figures["emotion.clear"] = float(np.mean([shown.all() for shown in seen.values()]))
        result.words["emotions"] = ", ".join(f"{name} {shown.sum()}/{len(shown)}" for name, shown in seen.items())
    if {"happiness", "surprise"} <= set(names):
        closed = landmarks_of(views.orbit(views.keys("eyeBlinkLeft", "eyeBlinkRight"), 0)).points[:, :2]
        measured = measured_expressions(neutral, points["happiness"], points["surprise"], neutral, closed)
        named = zip(("smile", "gap", "brows", "lids"), astuple(measured), strict=True)
        result.figures |= {f"emotion.{name}": value for name, value in named}


def _identity(result: Result, seen: dict[str, tuple[NDArray, FaceLandmarks]], judges: Judges) -> None:
    result.missing |= {f"identity.{name}": why for name, why in judges.missing.items()}
    for name, embed in judges.networks.items():
        vectors = {view: embed(picture, landmarks) for view, (picture, landmarks) in seen.items()}
        result.embeddings[name] = {view: [round(float(v), 5) for v in vector] for view, vector in vectors.items()}
        for view, label in (("render", name), ("front", f"{name}_front")):
            if view in vectors:
                result.figures[f"identity.{label}"] = float(np.linalg.norm(vectors[view] - vectors["photo"]))


def _try(result: Result, group: str, work: Callable[[], Work]) -> Work | None:
    try:
        return work()
    except AvatarError as error:
        result.missing[group] = error.message
        return None


def _stored_seconds(avatar: Avatar) -> dict[str, float]:
    """How long the stages of the bundle's making took, as it says itself."""
    seconds = avatar.report.get("seconds", {})
    numbers = {name: float(value) for name, value in seconds.items()} if isinstance(seconds, dict) else {}
    return {f"seconds.{name}": value for name, value in numbers.items()}
