# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line: ``python -m inference create | faces | worker | contact-sheet``, and the commands of COMMANDS.

Exit status: 0 done, 1 an error (one sentence and its code on stderr, or a "failed" message with --json), 2 wrong usage, 130 interrupted.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path

from .errors import AvatarError
from .native_output import claim_stdout, hush_native_stderr
from .protocol import Created, Faces, Failed, Message, Progress, encode

REQUEST = "command-line"
# Commands that print plain text: word -> (module with add_arguments(parser) and run(options), help). Only the chosen one is imported.
COMMANDS: dict[str, tuple[str, str]] = {
    "train-shape": (".face.learned.command", "learn identity from renders of random heads"),
    "judge-shape": (".evaluation.synthetic.command", "measure fitted heads against true ones on synthetic photos"),
    "same-person": (".evaluation.same_person.command", "compare the neutral shapes of several photos"),
    "evaluate": (".evaluation.report.command", "measure avatars against their photos: tables, pictures, JSON"),
    "evaluate-now": (".evaluation.now.command", "the NoW benchmark on its own folders"),
    "evaluate-expression": (".evaluation.expression.command", "measure expressive faces against scans"),
    "weights": (".weights.command", "check, remember and list the licensed files of FLAME, DECA and MICA"),
    "train-emotion": (".emotion.command", "train an emotion network on labelled photos or on the built-in set"),
    "measure-emotion": (".emotion.evaluation.command", "measure the emotions of bundles"),
    "emotion-sheet": (".emotion.sheet.command", "pictures of every emotion and of mixtures"),
    "train-hair-mask": (".hair.segment.training.command", "train the network that finds hair in photos"),
    "measure-hair": (".hair.refine.command", "measure how well the hair made of photos matches them"),
    "train-hair": (".hair.network.command", "make data for the hair networks, train and judge them"),
    "pack-hair": (".hair.pack.command", "write the library's hairstyles as files for Blender"),
    "hair-sheet": (".hair.pack.sheet", "put the pictures of all hairstyles on one sheet"),
}


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit status."""
    arguments = sys.argv[1:] if arguments is None else arguments
    options = _parser(arguments[0] if arguments else "").parse_args(arguments)
    if options.command is _worker:
        return _worker(options)
    if getattr(options, "plain", False):
        return _plain(options)
    stdout = claim_stdout()
    hush_native_stderr()
    as_json = getattr(options, "json", False)

    def tell(message: Message) -> None:
        line = encode(message) if as_json else _words(message).encode()
        stream = stdout if as_json or isinstance(message, Created | Faces) else sys.stderr.buffer
        stream.write(line)
        stream.flush()

    try:
        options.command(options, tell)
    except AvatarError as error:
        tell(Failed(REQUEST, error.code, error.message))
        return 1
    except KeyboardInterrupt:
        tell(Failed(REQUEST, "cancelled", "The work was interrupted; nothing was written."))
        return 130
    except Exception as defect:  # noqa: BLE001  whoever reads the messages must learn of a defect too
        traceback.print_exc()
        tell(
            Failed(
                REQUEST, "internal", f"A defect stopped the work ({type(defect).__name__}: {defect}): please report it."
            )
        )
        return 1
    return 0


def _plain(options: argparse.Namespace) -> int:
    """Run a command of COMMANDS: it prints, and its AvatarError becomes one sentence."""
    try:
        options.command(options)
    except AvatarError as error:
        print(_words(Failed(REQUEST, error.code, error.message)), end="", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _parser(chosen: str) -> argparse.ArgumentParser:
    """The parser, with the arguments of the chosen command of COMMANDS."""
    parser = argparse.ArgumentParser(prog="python -m inference", description="One photo in, an avatar bundle out.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    create = commands.add_parser("create", help="make an avatar bundle of a photo")
    create.add_argument("photo", type=Path, metavar="PHOTO")
    create.add_argument("-o", "--output", type=Path, required=True, metavar="DIR", help="the bundle's folder")
    create.add_argument("--face", type=int, default=1, metavar="N", help="which face; 1, the default, is the largest")
    create.add_argument("--texture-size", type=int, default=1024, choices=(256, 512, 1024, 2048, 4096))
    create.add_argument(
        "--hair-mask", type=Path, metavar="FILE", help="a picture of the photo's size, white where hair is"
    )
    create.add_argument(
        "--head", default="", metavar="open|flame|FILE", help="default: flame for deca and mica, else open"
    )
    create.add_argument("--estimator", default="landmark_fit", choices=("landmark_fit", "deca", "mica", "deca+mica"))
    create.add_argument("--refine", action="store_true", help="move the networks' estimate onto the landmarks")
    create.add_argument("--device", default="cpu", help="where the networks run: cpu, cuda or mps")
    create.add_argument("--precision", default="float32", choices=("float32", "bfloat16", "float16"))
    create.add_argument("--style", metavar="NAME", help="take this hairstyle of the library instead of the photo's")
    create.add_argument("--hair-file", type=Path, metavar="FILE", help="wear this file of strands instead")
    create.add_argument("--emotion-network", type=Path, metavar="FILE", help="made by train-emotion, instead of ours")
    create.add_argument("--json", action="store_true", help="tell progress and result as JSON lines on stdout")
    create.set_defaults(command=_create)

    faces = commands.add_parser("faces", help="list the faces in a photo")
    faces.add_argument("photo", type=Path, metavar="PHOTO")
    faces.add_argument("--json", action="store_true")
    faces.set_defaults(command=_faces)

    worker = commands.add_parser("worker", help="serve requests on stdin, as JSON lines, until it is closed")
    worker.add_argument(
        "--log", type=Path, metavar="FILE", help="where everything but the answers goes (default: stderr)"
    )
    worker.set_defaults(command=_worker)

    sheet = commands.add_parser("contact-sheet", help="put a photo and rendered views on one labelled picture")
    sheet.add_argument("photo", type=Path, metavar="PHOTO")
    sheet.add_argument("views", type=Path, metavar="VIEWS_DIR", help="folder with views.json and the rendered views")
    sheet.add_argument("-o", "--output", type=Path, required=True, metavar="PNG")
    sheet.set_defaults(command=_contact_sheet)

    for word, (name, words) in COMMANDS.items():
        command = commands.add_parser(word, help=words)
        if word == chosen:
            module = importlib.import_module(name, __package__)
            module.add_arguments(command)
            command.set_defaults(command=module.run, plain=True)
    return parser


def _create(options: argparse.Namespace, tell: Callable[[Message], None]) -> None:
    from .estimators.types import FaceOptions
    from .pipeline import CreateOptions, create_bundle

    def progress(stage: str, fraction: float, words: str) -> None:
        tell(Progress(REQUEST, stage, fraction, words))

    start = time.perf_counter()
    estimation = FaceOptions(options.head, options.estimator, options.refine, options.device, options.precision)
    chosen = CreateOptions(
        face=options.face,
        texture_size=options.texture_size,
        hair_mask=options.hair_mask,
        style=options.style,
        estimation=estimation,
        hair_file=options.hair_file,
        emotion_network=options.emotion_network,
    )
    avatar = create_bundle(options.photo, options.output, chosen, progress)
    warnings = tuple(str(warning) for warning in avatar.report["warnings"])
    tell(Created(REQUEST, str(options.output), round(time.perf_counter() - start, 3), warnings))


def _faces(options: argparse.Namespace, tell: Callable[[Message], None]) -> None:
    from .photo.find_faces import find_faces
    from .photo.load import load_photo

    faces = find_faces(load_photo(options.photo))
    if not faces:
        raise AvatarError("face_none", f"No face was found in {options.photo.name}: use another picture.")
    tell(Faces(REQUEST, tuple(tuple(round(v, 1) for v in face.box) for face in faces)))


def _worker(options: argparse.Namespace) -> int:
    from .worker import serve

    return serve(options.log)


def _contact_sheet(options: argparse.Namespace, _tell: Callable[[Message], None]) -> None:
    from .evaluation.contact_sheet import write_contact_sheet

    write_contact_sheet(options.photo, options.views, options.output)


def _words(message: Message) -> str:
    """A message for a person, ending in a newline."""
    match message:
        case Progress():
            return f"[{message.fraction:4.0%}] {message.words} ...\n"
        case Created():
            warnings = "".join(f"Note: {warning}\n" for warning in message.warnings)
            return f"{warnings}{message.bundle} ({message.seconds:.1f} s)\n"
        case Faces():
            rows = (f"face {n}: " + " ".join(f"{v:.0f}" for v in box) for n, box in enumerate(message.boxes, 1))
            return "\n".join(rows) + "\n"
        case Failed():
            return f"Error: {message.message} [{message.code}]\n"
    raise ValueError(message)
