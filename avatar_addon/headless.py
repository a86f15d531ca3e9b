# SPDX-License-Identifier: GPL-3.0-or-later
"""The Blender side without a window: a bundle becomes avatar.blend, exports and preview pictures.

    python avatar_addon/headless.py BUNDLE --out DIR [--formats blend,fbx,obj,glb,zip] [--preview] [--samples N] [--size N]
    blender -b -P avatar_addon/headless.py -- BUNDLE --out DIR ...

The first form needs the ``bpy`` wheel. Exit status 0 on success, 1 with a traceback on stderr otherwise.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import sys
import time
import traceback
import types
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

PACKAGE = "portrait_avatar"
FORMATS = ("blend", "fbx", "obj", "glb", "zip")


def load_package(root: Path) -> None:
    """Make the repository root importable as one package, as an extension is, without putting it on sys.path."""
    if PACKAGE not in sys.modules:
        package = types.ModuleType(PACKAGE)
        package.__path__ = [str(root)]
        sys.modules[PACKAGE] = package


def parse_arguments(argv: list[str]) -> argparse.Namespace:
    """The command line after the script's name."""
    parser = argparse.ArgumentParser(prog="headless.py", description=__doc__.splitlines()[0])
    parser.add_argument("bundle", type=Path, help="bundle folder or zip")
    parser.add_argument("--out", type=Path, required=True, help="folder for the results")
    parser.add_argument("--formats", default=",".join(FORMATS[:4]), help="comma-separated: %(default)s")
    parser.add_argument("--preview", action="store_true", help="render DIR/preview/<view>.png and views.json")
    parser.add_argument("--views", default="", help="comma-separated names of the views to render; all by default")
    parser.add_argument("--samples", type=int, default=12, help="Cycles samples per pixel")
    parser.add_argument("--size", type=int, default=480, help="height of a preview in pixels; its width is 4/5 of it")
    arguments = parser.parse_args(argv)
    arguments.formats = [name for name in arguments.formats.split(",") if name]
    unknown = sorted(set(arguments.formats) - set(FORMATS))
    if unknown:
        parser.error(f"unknown format {', '.join(unknown)}; known: {', '.join(FORMATS)}")
    return arguments


def run(arguments: argparse.Namespace) -> None:
    """Build the avatar in an empty file and write what was asked for."""
    import bpy

    bpy.ops.wm.read_factory_settings(use_empty=True)
    bundle_io = importlib.import_module(f"{PACKAGE}.inference.bundle_io")
    assemble = importlib.import_module(f"{PACKAGE}.avatar_addon.scene.assemble")
    bundle_zip = importlib.import_module(f"{PACKAGE}.avatar_addon.export.bundle_zip")
    files = importlib.import_module(f"{PACKAGE}.avatar_addon.export.files")
    render = importlib.import_module(f"{PACKAGE}.avatar_addon.preview.render")

    avatar = bundle_io.read_bundle(arguments.bundle)
    with _stage("build"):
        objects = assemble.build_avatar(avatar, bpy.context.scene)
    arguments.out.mkdir(parents=True, exist_ok=True)
    for name in arguments.formats:
        with _stage(name):
            if name == "zip":
                bundle_zip.write_zip(arguments.bundle, files.companions(arguments.out), arguments.out / "avatar.zip")
            elif name == "blend":
                files.write_blend(arguments.out / "avatar.blend")
            else:
                files.write(name, objects, arguments.out / f"avatar.{name}")
    if arguments.preview:
        with _stage("preview"):
            views = tuple(filter(None, arguments.views.split(","))) or render.view_names(avatar)
            size = (arguments.size * 4 // 5, arguments.size)
            folder = arguments.out / "preview"
            pictures = render.render_views(avatar, objects, folder, views, size, arguments.samples)
            index = {view: {"file": path.name, "photo_box": box} for view, (path, box) in pictures.items()}
            (folder / "views.json").write_text(json.dumps(index, indent=1), encoding="utf-8")


class _stage:
    """Tell on stdout, as a JSON line, how long a stage took."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __enter__(self) -> None:
        self.start = time.perf_counter()

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            line = {"stage": self.name, "seconds": round(time.perf_counter() - self.start, 3)}
            sys.stdout.write(json.dumps(line) + "\n")
            sys.stdout.flush()


def main() -> None:
    """The command line."""
    argv = sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else sys.argv[1:]
    run_and_leave(run, parse_arguments(argv), Path(__file__).resolve().parent.parent)


def run_and_leave(run: Callable[[argparse.Namespace], None], arguments: argparse.Namespace, root: Path) -> NoReturn:
    """Run and leave at once: some bpy wheels crash or hang in the interpreter's own exit. root: the repository's folder."""
    load_package(root)
    status = 0
    try:
        run(arguments)
    except Exception:  # noqa: BLE001  the status must reach the caller in every case
        traceback.print_exc()
        status = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    main()
