# SPDX-License-Identifier: GPL-3.0-or-later
"""Hairstyles as files that Blender can put on any head without this process."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...bundle_style import ENDING, StyleInfo, StyleStrands, write_style
from ...head.model import HeadModel
from ..files.read import read_strands
from ..groom import Detail, grow_style
from ..head_surface import HeadSurface, prepare_head
from ..library import STYLES, load_style, style_names
from ..scalp import Roots, scattered_roots
from ..style import HairStyle
from ..wear import HAIRS, RADIUS, wear_strands

AUTHOR, LICENCE = "Portrait Avatar contributors", "CC0-1.0"
# Of a packed style; the photo's own hair has twice as many.
GUIDES, POINTS = 2000, 64
CONTROLS = 96
# A tag in the TOML file that keeps a style out of menus.
HIDDEN = "hidden"
# Of styles made of a person's strand files.
OWN_KIND, LONGEST_NAME = "own", 60


def pack_library(model: HeadModel, folder: Path, source: Path = STYLES) -> list[Path]:
    """Write one file per style of the library (all but the bald one) to ``folder``; answers their paths.

    Files of styles that are no longer there are removed. Raises AvatarError for a wrong TOML file, OSError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    head = prepare_head(model, model.template.astype(np.float64))
    written = []
    for name in style_names(source):
        style = load_style(name, source)
        if style.guides:
            written.append(folder / f"{name}.npz")
            write_style(pack_style(head, style), written[-1])
    for old in set(folder.glob("*.npz")) - set(written):
        old.unlink()
    return written


def pack_style(head: HeadSurface, style: HairStyle) -> StyleStrands:
    """The style grown on the head, with what another head needs to wear it."""
    groom = grow_style(head, style, detail=Detail(points=POINTS, guides=GUIDES))
    info = StyleInfo(
        name=style.name,
        title=style.title,
        kind=style.kind,
        tags=tuple(tag for tag in style.tags if tag != HIDDEN),
        strands=style.strands,
        radius=style.radius,
        tail=_tail(style),
        hidden=HIDDEN in style.tags,
        author=AUTHOR,
        licence=LICENCE,
    )
    return packed(head.model, head.vertices, info, groom.strands, groom.roots)


def pack_files(model: HeadModel, files: list[Path], folder: Path) -> list[Path]:
    """Write one style per strand file, worn by the template and named after the file; answers their paths.

    All files are read before anything is written. Raises AvatarError ``hair_file_invalid``, OSError.
    """
    head = prepare_head(model, model.template.astype(np.float64))
    styles = [_pack_file(head, file) for file in files]
    folder.mkdir(parents=True, exist_ok=True)
    written = [folder / f"{style.info.name}{ENDING}" for style in styles]
    for style, path in zip(styles, written, strict=True):
        write_style(style, path)
    return written


def _pack_file(head: HeadSurface, file: Path) -> StyleStrands:
    strands, roots = wear_strands(head, read_strands(file), file)
    name = re.sub(r"[^\w-]+", "_", file.stem).strip("_")[:LONGEST_NAME] or "hair"
    title = file.stem.replace("_", " ").strip()[:LONGEST_NAME] or name
    info = StyleInfo(name, title, OWN_KIND, ("own",), max(HAIRS, len(strands)), RADIUS)
    return packed(head.model, head.vertices, info, strands, roots)


def packed(model: HeadModel, vertices: NDArray, info: StyleInfo, strands: NDArray, roots: Roots) -> StyleStrands:
    """Any strands (N, P, 3) that stand on ``roots`` of a head (V, 3), so that other heads can wear them.

    This is the way in for strand files of a user: read, aligned and rooted on the template they become one more style.
    """
    controls = scattered_roots(model, CONTROLS)
    return StyleStrands(
        info=info,
        points=strands.astype(np.float32),
        root_uv=roots.uv,
        control_uv=controls.uv,
        control_points=controls.points(vertices.astype(np.float64)).astype(np.float32),
    )


def _tail(style: HairStyle) -> float:
    if not style.tie:
        return -1.0
    return min(0.0 if tie.bun > 0 else tie.tail for tie in style.tie)
