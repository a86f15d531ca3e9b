# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m inference train-emotion``: an emotion network from labelled photos or from the built-in synthetic set."""

from __future__ import annotations

import argparse
import importlib.util
from pathlib import Path

from ..errors import AvatarError, output_error
from ..estimators.estimate import estimate_face
from ..estimators.heads import load_head
from ..estimators.types import ESTIMATORS, LANDMARK_FIT, FaceOptions
from ..face.types import FaceFit
from ..head.model import HeadModel
from ..photo.choose_face import choose_face
from ..photo.landmarks import find_landmarks
from ..photo.load import load_photo
from .dataset import Dataset, split_by_subject
from .emotion_keys import farthest_moves
from .network import no_shape, save_network, strongest_shapes
from .photo_set import LabelledPhoto, find_photos, learned_expressions, photo_dataset
from .prototypes import BASIC_EMOTIONS, EMOTIONS
from .synthetic import SyntheticOptions, synthetic_dataset
from .training import TrainingOptions, errors, linear_regression, train_network
from .transfer import transferred_dataset

SHAPE_INPUTS = 50
VALIDATION = 0.1
REPORTS = 10


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "-o", "--output", type=Path, required=True, metavar="FILE", help="the .safetensors file to write"
    )
    parser.add_argument(
        "--photos",
        type=Path,
        metavar="PATH",
        help="labelled photos: a folder of SUBJECT/EMOTION.jpg, or a CSV with photo,subject,emotion[,intensity]; "
        "without it the built-in synthetic set of action units is used",
    )
    parser.add_argument(
        "--head", default="", metavar="open|flame|FILE", help="default: flame for deca and mica, else open"
    )
    parser.add_argument("--estimator", default=LANDMARK_FIT, choices=ESTIMATORS, help="what reads the photos")
    parser.add_argument(
        "--learned",
        action="store_true",
        help="answer in the head's learned expressions (FLAME's), not in ARKit sliders",
    )
    parser.add_argument("--with-shape", action="store_true", help="let the network see the face's shape too")
    parser.add_argument("--without-disgust", action="store_true", help="six emotions instead of seven")
    parser.add_argument("--subjects", type=int, default=SyntheticOptions.subjects, help="people in the synthetic set")
    parser.add_argument("--pictures", type=int, default=SyntheticOptions.pictures, help="pictures of each of them")
    parser.add_argument("--hidden", type=int, nargs="+", default=list(TrainingOptions.hidden), metavar="WIDTH")
    parser.add_argument("--epochs", type=int, default=TrainingOptions.epochs)
    parser.add_argument("--learning-rate", type=float, default=TrainingOptions.learning_rate)
    parser.add_argument(
        "--alpha", type=float, default=TrainingOptions.alpha, help="weight of the neck's and jaw's turn"
    )
    parser.add_argument("--beta", type=float, default=TrainingOptions.beta, help="weight of the whole head's turn")
    parser.add_argument(
        "--smoothness", type=float, default=TrainingOptions.smoothness, help="weight of what sliders could not follow"
    )
    parser.add_argument("--seed", type=int, default=0)


def run(options: argparse.Namespace) -> None:
    """Raises AvatarError."""
    if importlib.util.find_spec("torch") is None:
        raise AvatarError("setup_failed", "Training needs PyTorch: pip install -r inference/requirements-torch.txt.")
    if min(options.subjects, options.pictures, options.epochs, *options.hidden) < 1 or options.subjects < 2:
        raise AvatarError("request_invalid", "Sizes and numbers of epochs must be positive, subjects at least 2.")
    estimation = FaceOptions(options.head, options.estimator)
    model = load_head(estimation)
    if options.learned and not model.learned_expressions:
        raise AvatarError("request_invalid", f"The head {model.name} has no learned expressions: leave out --learned.")
    dataset = _dataset(model, estimation, options)
    train, validation = split_by_subject(dataset, VALIDATION, options.seed)
    print(f"{len(train)} pictures to train on, {len(validation)} of other people to validate with")
    shape_input = strongest_shapes(model, SHAPE_INPUTS) if options.with_shape else no_shape()
    settings = TrainingOptions(
        tuple(options.hidden),
        options.epochs,
        options.learning_rate,
        options.alpha,
        options.beta,
        options.smoothness,
        options.seed,
    )

    def progress(epoch: int, loss: float) -> None:
        if (epoch + 1) % max(options.epochs // REPORTS, 1) == 0:
            print(f"epoch {epoch + 1:4d}  loss {loss:.5f}", flush=True)

    reach = farthest_moves(model, dataset.expressions)
    network = train_network(model.name, train, shape_input, reach, settings, progress)
    predictions = {
        "network": network.predict(validation.sliders, validation.shape),
        "linear regression": linear_regression(train, shape_input)(validation),
        "neutral face": 0 * validation.targets,
    }
    print(f"{'validation error':18s} {'expression':>10s} {'root, rad':>10s} {'jaw, rad':>10s}")
    for name, predicted in predictions.items():
        print(f"{name:18s} " + " ".join(f"{value:10.4f}" for value in errors(validation, predicted).values()))
    try:
        options.output.parent.mkdir(parents=True, exist_ok=True)
        save_network(network, options.output, _note(options))
    except OSError as problem:
        raise output_error(problem, options.output) from problem
    print(f"{options.output} ({options.output.stat().st_size} bytes)")


def _dataset(model: HeadModel, estimation: FaceOptions, options: argparse.Namespace) -> Dataset:
    emotions = BASIC_EMOTIONS if options.without_disgust else EMOTIONS
    if options.photos is None:
        choice = SyntheticOptions(options.subjects, options.pictures, options.seed, emotions)
        synthetic = synthetic_dataset(model, choice)
        return transferred_dataset(model, synthetic) if options.learned else synthetic
    photos = find_photos(options.photos, emotions)

    def estimate(path: Path) -> FaceFit:
        photo, face = choose_face(load_photo(path), 1)
        return estimate_face(model, photo, find_landmarks(photo, face), estimation).fit

    def skipped(photo: LabelledPhoto, error: AvatarError) -> None:
        print(f"left out {photo.path}: {error.message}", flush=True)

    print(f"{len(photos)} labelled photos of {len({photo.subject for photo in photos})} people")
    expressions = learned_expressions(model) if options.learned else model.expression_names[model.sliders]
    return photo_dataset(model, photos, emotions, expressions, estimate, skipped)


def _note(options: argparse.Namespace) -> str:
    """What to know about how the file was made; paths stay private."""
    source = "labelled photos" if options.photos else f"synthetic set of {options.subjects} people, seed {options.seed}"
    return f"train-emotion on {source}; {options.epochs} epochs"
