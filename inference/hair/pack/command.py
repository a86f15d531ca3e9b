# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m inference pack-hair``: the library's styles, or a person's own strand files, as files for the Blender side."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from ...bundle_io import write_bundle
from ...head.open_head import load_open_head
from ..library import STYLES
from .mannequin import mannequin
from .pack import pack_files, pack_library


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own options."""
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="DIR", help="folder for <style>.npz")
    parser.add_argument("--mannequin", type=Path, metavar="DIR", help="also write the mean head, bald, as a bundle")
    parser.add_argument(
        "--files",
        type=Path,
        nargs="+",
        metavar="FILE",
        help="pack these strand files (.data, .hair, .obj, .npz) instead",
    )
    parser.add_argument("--styles", type=Path, default=STYLES, metavar="DIR", help="folder of TOML files")


def run(options: argparse.Namespace) -> None:
    """Pack and say how much there is."""
    start = time.perf_counter()
    model = load_open_head()
    if options.mannequin:
        write_bundle(mannequin(model), options.mannequin)
    if options.files:
        files = pack_files(model, options.files, options.output)
        print(*files, sep="\n")
    else:
        files = pack_library(model, options.output, options.styles)
    size = sum(path.stat().st_size for path in files) / 1e6
    print(f"{len(files)} hairstyles, {size:.1f} MB, in {options.output} ({time.perf_counter() - start:.0f} s)")
