# SPDX-License-Identifier: GPL-3.0-or-later
"""The library's styles thinly grown on a head model's mean head: made once, kept in memory and in the user's cache folder.

A sketch is enough to see what a style looks like from any side, and is moved to a person's head in a millisecond.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import zipfile
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..head.model import HeadModel
from ..user_folders import cache_folder
from .groom import SKETCH, grow_style
from .grow import resolve_collisions
from .head_surface import HeadSurface, prepare_head
from .library import STYLES, load_style, style_names
from .scalp import Roots

KEPT = 4  # files in the cache: of other head models, or other versions of this program
OTHER_SIDE = np.array([-1, 1, 1], np.float32)
ARRAYS = ("strands", "vertices", "barycentric")


@dataclass(frozen=True)
class Sketch:
    """strands: (N, P, 3) float32 on the mean head, root first; vertices, barycentric: (N, 3) where their roots sit on any head.

    side: -1 for the mirror image, whose strands are mirrored and whose roots are the other side's.
    """

    strands: NDArray
    vertices: NDArray
    barycentric: NDArray
    side: int = 1

    def mirrored(self) -> Sketch:
        """The same hair parted and combed to the other side."""
        return replace(self, strands=self.strands * OTHER_SIDE, side=-self.side)

    def on(self, head: HeadSurface, size: NDArray) -> NDArray:
        """(N, P, 3) float32 the strands on a person's head, out of its skin; size: (3,) of the person's skull relative to the mean's."""
        roots = Roots(self.vertices, self.barycentric, np.zeros(0)).points(head.vertices).astype(np.float32)
        if self.side < 0:
            middle = head.anatomy.center[0]
            roots = (roots - [middle, 0, 0]) * OTHER_SIDE + [middle, 0, 0]
        moved = roots[:, None] + (self.strands - self.strands[:, :1]) * size.astype(np.float32)
        return resolve_collisions(head, moved.astype(np.float32))


@lru_cache(maxsize=2)
def library_sketches(model: HeadModel) -> dict[str, Sketch]:
    """Sketches of all styles but the bald one, by name. Growing them takes 2 s, reading them from the cache 20 ms."""
    path = cache_folder() / f"hair_sketches_{_fingerprint(model)}.npz"
    if (kept := _read(path)) is not None:
        return kept
    head = prepare_head(model, model.template)
    grooms = {name: grow_style(head, load_style(name), detail=SKETCH) for name in _names()}
    sketches = {
        name: Sketch(groom.strands, groom.roots.vertices.astype(np.int32), groom.roots.barycentric)
        for name, groom in grooms.items()
    }
    _write(path, sketches)
    return sketches


def skull_size(model: HeadModel, vertices: NDArray) -> NDArray:
    """(3,) width, depth and height of the scalp of (V, 3) vertices relative to the mean head's."""
    scalp = np.isfinite(model.scalp_uv[:, 0])
    return np.ptp(vertices[scalp], axis=0) / np.ptp(model.template[scalp], axis=0)


def _names() -> list[str]:
    return [name for name in style_names() if load_style(name).guides]


def _fingerprint(model: HeadModel) -> str:
    """Changes with the head model, the styles, and the generator."""
    digest = hashlib.blake2b(digest_size=12)
    for array in (model.template, model.scalp_uv):
        digest.update(np.ascontiguousarray(array).tobytes())
    for path in sorted([*STYLES.glob("*.toml"), *Path(__file__).parent.glob("*.py")]):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _read(path: Path) -> dict[str, Sketch] | None:
    """What the cache holds; None when it holds nothing usable, whatever the reason."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
            return {
                name: Sketch(*(arrays[f"{name} {array}"].astype(kind) for array, kind in _kinds())) for name in _names()
            }
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None


def _write(path: Path, sketches: dict[str, Sketch]) -> None:
    """Keep sketches for the next process; half precision is a quarter of a millimetre. Without room or permission nothing is kept."""
    arrays = {f"{name} {array}": getattr(sketch, array) for name, sketch in sketches.items() for array in ARRAYS}
    arrays = {name: array.astype(np.float16) if name.endswith("strands") else array for name, array in arrays.items()}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        before = sorted(path.parent.glob("hair_sketches_*.npz"), key=lambda file: file.stat().st_mtime)
        for old in before[: 1 - KEPT]:
            old.unlink(missing_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as file:
            np.savez(file, **arrays)
        os.replace(file.name, path)
    except OSError:
        return


def _kinds() -> tuple[tuple[str, type], ...]:
    return tuple(zip(ARRAYS, (np.float32, np.int32, np.float32), strict=True))
