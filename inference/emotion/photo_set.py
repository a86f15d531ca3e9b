# SPDX-License-Identifier: GPL-3.0-or-later
"""A user's labelled photos as a training set, through any estimator.

Two layouts: a folder of ``subject/emotion.jpg`` (also ``subject/emotion_2.png``), or a CSV with the columns photo, subject, emotion and
perhaps intensity (0 to 1; 1 when missing). "neutral" is an emotion without a slider.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..errors import AvatarError
from ..face.types import FaceFit
from ..head.model import HeadModel
from .dataset import POSE_SIZE, Dataset
from .emotion_keys import jaw_joint

NEUTRAL = "neutral"
PICTURES = {".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff", ".heic"}
MAX_PHOTOS = 200_000
# DECA's and the thesis' number of FLAME expression coefficients.
LEARNED = 50
# Words that data sets use for the same emotions.
SYNONYMS = {
    **dict.fromkeys(("happy", "joy", "smile"), "happiness"),
    **dict.fromkeys(("angry",), "anger"),
    **dict.fromkeys(("sad",), "sadness"),
    **dict.fromkeys(("afraid", "fearful", "scared"), "fear"),
    **dict.fromkeys(("surprised",), "surprise"),
    **dict.fromkeys(("disgusted",), "disgust"),
    **dict.fromkeys(("contemptuous",), "contempt"),
}


@dataclass(frozen=True)
class LabelledPhoto:
    path: Path
    subject: str
    emotion: str
    intensity: float = 1.0


def find_photos(source: Path, emotions: Sequence[str]) -> list[LabelledPhoto]:
    """The labelled photos of a folder or a CSV, in order. Raises AvatarError ``request_invalid`` when nothing can be made of it."""
    try:
        photos = list(_from_csv(source) if source.is_file() else _from_folder(source))
    except (OSError, UnicodeDecodeError, csv.Error) as problem:
        raise _unusable(source, str(problem)) from problem
    known = [photo for photo in photos if photo.emotion in (*emotions, NEUTRAL)]
    if not known:
        raise _unusable(source, f"it names none of {', '.join(emotions)}")
    if len(known) > MAX_PHOTOS:
        raise _unusable(source, f"it has more than {MAX_PHOTOS} photos")
    return known


def photo_dataset(
    model: HeadModel,
    photos: Sequence[LabelledPhoto],
    emotions: tuple[str, ...],
    expressions: tuple[str, ...],
    estimate: Callable[[Path], FaceFit],
    skipped: Callable[[LabelledPhoto, AvatarError], None],
) -> Dataset:
    """Coefficients of each photo by ``estimate``; photos it refuses with an AvatarError are told to ``skipped`` and left out.

    Raises AvatarError ``request_invalid`` when fewer than two subjects remain.
    """
    index = [model.expression_names.index(name) for name in expressions]
    rows = []
    for photo in photos:
        try:
            fit = estimate(photo.path)
        except AvatarError as error:
            skipped(photo, error)
            continue
        sliders = [photo.intensity * (photo.emotion == emotion) for emotion in emotions]
        jaw = jaw_joint(model, expressions)
        turn = np.zeros(POSE_SIZE) if jaw is None else np.concatenate([fit.pose[0], fit.pose[jaw]])
        rows.append((sliders, fit.shape, fit.expression[index], turn, photo.subject))
    if len({row[-1] for row in rows}) < 2:
        raise AvatarError(
            "request_invalid",
            f"Only {len(rows)} photos could be used, of fewer than two people: more are needed to train and to validate.",
        )
    columns = list(zip(*rows, strict=True))
    sliders, shape, expression, pose = (np.array(column, np.float32) for column in columns[:4])
    return Dataset(emotions, expressions, sliders, shape, expression, pose, np.array(columns[4]))


def learned_expressions(model: HeadModel) -> tuple[str, ...]:
    """Names of the first LEARNED directions of a head's learned basis."""
    return model.expression_names[model.sliders.stop :][:LEARNED]


def _from_folder(folder: Path) -> list[LabelledPhoto]:
    if not folder.is_dir():
        raise FileNotFoundError("there is no such folder or file")
    paths = sorted(path for path in folder.glob("*/*") if path.suffix.lower() in PICTURES)
    return [LabelledPhoto(path, path.parent.name, _emotion(path.stem)) for path in paths]


def _from_csv(file: Path) -> list[LabelledPhoto]:
    photos = []
    with file.open(newline="", encoding="utf-8-sig") as stream:
        for number, row in enumerate(csv.DictReader(stream), 2):
            try:
                intensity = float(row.get("intensity") or 1.0)
                path, subject, emotion = file.parent / row["photo"], row["subject"], row["emotion"]
                if not 0 <= intensity <= 1 or not subject or not emotion:
                    raise ValueError
            except (KeyError, TypeError, ValueError) as problem:
                raise _unusable(
                    file, f"line {number} needs photo, subject, emotion and perhaps an intensity from 0 to 1"
                ) from problem
            photos.append(LabelledPhoto(path, subject, _emotion(emotion), intensity))
    return photos


def _emotion(words: str) -> str:
    """The first word of a file name or cell, in our spelling."""
    word = words.strip().lower().replace("-", "_").replace(" ", "_").split("_")[0]
    return SYNONYMS.get(word, word)


def _unusable(source: Path, why: str) -> AvatarError:
    return AvatarError(
        "request_invalid",
        f"{source} cannot be trained on ({why}): give a folder of SUBJECT/EMOTION.jpg or a CSV of photo,subject,emotion.",
    )
