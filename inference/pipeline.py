# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole story: a photo becomes an avatar bundle."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from .assemble import assemble_avatar
from .bundle import Avatar
from .bundle_io import check_target, write_bundle
from .emotion.network import load_network
from .errors import output_error
from .estimators.estimate import estimate_face, prepare_estimate
from .estimators.heads import load_head
from .estimators.types import FaceOptions
from .hair.from_photo import hair_from_photo, has_hair, photo_hair_color
from .hair.mask import hair_mask
from .hair.sketches import library_sketches
from .head.open_head import load_open_head
from .photo.choose_face import choose_face
from .photo.hair_mask import load_hair_mask
from .photo.landmarks import find_landmarks
from .photo.load import load_photo
from .photo.mediapipe_runtime import start_networks
from .photo.segment_person import person_probability
from .photo.write import write_pictures
from .scratch import scratch_folder
from .stages import Report, Stages
from .texture.bake import bake_textures, prepare_textures

THREADS = 2
SHARES = {
    "photo": (0.1, "Opening the photo"),
    "face": (0.25, "Finding the face"),
    "fit": (0.6, "Fitting the head"),
    "texture": (0.9, "Painting skin and eyes"),
    "hair": (0.5, "Growing hair"),
    "write": (0.25, "Saving the avatar"),
}


@dataclass(frozen=True)
class CreateOptions:
    """What a person can choose. ``face``: 1 is the largest; ``texture_size`` in pixels; ``style``: a hairstyle's name;
    ``estimation``: the head model and how the face is found on it; ``hair_file``: a file of strands to wear;
    ``emotion_network``: a file made by train-emotion, instead of ours."""

    face: int = 1
    texture_size: int = 1024
    hair_mask: Path | None = None
    style: str | None = None
    estimation: FaceOptions = field(default_factory=FaceOptions)
    hair_file: Path | None = None
    emotion_network: Path | None = None


def create_bundle(photo_path: Path, directory: Path, options: CreateOptions, progress: Report) -> Avatar:
    """Make the avatar of a photo and write it as a bundle folder; nothing is left behind on failure.

    Raises AvatarError.
    """
    check_target(directory)
    try:
        with scratch_folder() as pictures:
            avatar = create_avatar(photo_path, pictures, options, progress)
            write_bundle(avatar, directory)
    except OSError as problem:
        raise output_error(problem, directory) from problem
    return avatar


def create_avatar(photo_path: Path, pictures: Path, options: CreateOptions, progress: Report) -> Avatar:
    """The avatar of a photo; its textures are written into the folder ``pictures``. Raises AvatarError."""
    # What does not wait for one another runs side by side: NumPy and OpenCV leave the interpreter to others while they compute.
    with ThreadPoolExecutor(THREADS) as aside:
        return _created(photo_path, pictures, options, Stages(SHARES, progress), aside)


def _created(
    photo_path: Path, pictures: Path, options: CreateOptions, stages: Stages, aside: ThreadPoolExecutor
) -> Avatar:
    stages.begin("photo")
    emotions = load_network(options.emotion_network) if options.emotion_network else None
    photo = load_photo(photo_path)
    model = load_head(options.estimation)
    fit_ready = aside.submit(prepare_estimate, model, options.estimation)
    textures_ready = aside.submit(prepare_textures, model, options.texture_size)
    stages.begin("face")
    photo, face = choose_face(photo, options.face)
    given_mask = None
    if options.hair_mask is not None:
        given_mask, notes = load_hair_mask(options.hair_mask, photo)
        photo = replace(photo, warnings=(*photo.warnings, *notes))
    person_found = aside.submit(person_probability, photo, face)
    landmarks = find_landmarks(photo, face)
    person = person_found.result()
    stages.begin("fit")
    if given_mask is None:
        mask_found = aside.submit(hair_mask, photo.pixels, landmarks.points, person)
    fit_ready.result()
    estimate = estimate_face(model, photo, landmarks, options.estimation)
    fit = estimate.fit
    mask = mask_found.result() if given_mask is None else given_mask
    stages.begin("texture")
    color = photo_hair_color(photo, landmarks, mask)
    hair_grown = aside.submit(
        hair_from_photo, model, fit, photo, landmarks, mask, color, options.style, options.hair_file
    )
    tint = color.linear_rgb if has_hair(landmarks, mask, options.style, options.hair_file) else None
    textures_ready.result()
    textures = bake_textures(model, fit, photo, landmarks, mask, person, options.texture_size, tint)
    stages.begin("hair")
    hair = hair_grown.result()
    stages.begin("write")
    maps = textures.pictures | estimate.maps | {"hair_mask": (mask * 255 + 0.5).astype(np.uint8)}
    files = write_pictures(pictures, photo.pixels, maps)
    report = {"face_box": [round(v, 1) for v in face.box], "textures": textures.report, "seconds": stages.seconds}
    report |= estimate.report
    return assemble_avatar(model, fit, photo, hair, files, textures.colors, report, estimate.sources, emotions)


def warm_up() -> None:
    """Load the head and the networks, and prepare what depends on the head alone, before the first request."""
    start_networks()
    model = load_open_head()
    prepare_estimate(model, FaceOptions())
    prepare_textures(model)
    library_sketches(model)
