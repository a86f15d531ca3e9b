# SPDX-License-Identifier: GPL-3.0-or-later
"""The network's training data: thousands of mixed hairstyles, each seen by three cameras, made from a seed.

A data set is a folder of plain arrays: ``targets`` (N, C, 100, 4) float16, ``filled`` (N, C), ``angles`` and ``kinds`` (3N, S, S) uint8
(direction in 1/256 of 180 degrees, y down; 2 hair, 1 body, 0 background), ``visible`` packed bits (3N, C * 100 / 8), and ``about.json``.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...bundle import Camera
from ...errors import AvatarError
from ...face.camera import FACING, from_extrinsics
from ...head.model import HeadModel
from ...head.open_head import load_open_head
from ..groom import Detail
from ..head_surface import HeadSurface, prepare_head
from ..library import load_style, style_names
from ..mix import Recipe, grow_recipe, make_recipes
from ..orientation.strands import map_of_strands, map_view, visible_points
from .grid import POINTS, GridFrames, grid_frames, sampled

VIEWS = 3
HEADS = 16
TIED_SHARE = 0.1
# Never seen in training, alone or mixed; two to four of each length.
HELD_OUT = (
    "quiff", "side_part_short", "pixie_long", "short_curls", "bob_fringe", "wavy_bob", "shag", "long_curtain", "long_waves", "wavy_pony",
)  # fmt: skip
VARIATIONS = 10  # of every held-out style in the test part
DETAIL = Detail(leaders=300, points=40, guides=1600)
YAW, TILT = 30.0, 15.0
NEAR, FAR = 0.5, 1.8
ARRAYS = ("targets", "filled", "angles", "kinds", "visible")


@dataclass(frozen=True)
class Samples:
    """A data set opened for reading; arrays as in the module's description. recipes: one for each style."""

    targets: NDArray
    filled: NDArray
    angles: NDArray
    kinds: NDArray
    visible: NDArray
    recipes: tuple[Recipe, ...]

    @property
    def size(self) -> int:
        """Pixels of a map."""
        return self.angles.shape[1]

    @property
    def cells(self) -> int:
        """How many grid cells lie on the scalp."""
        return self.filled.shape[1]

    def visible_of(self, views: NDArray) -> NDArray:
        """(K, C, 100) bool of the views."""
        bits = np.unpackbits(self.visible[views], axis=1, count=self.cells * POINTS)
        return bits.reshape(len(views), self.cells, POINTS).astype(bool)


def training_recipes(count: int, seed: int) -> tuple[Recipe, ...]:
    """``count`` distinct recipes that use no held-out style; a tenth are tied styles, which are varied but not mixed."""
    free = [r for r in make_recipes(count * 2, seed) if r.first not in HELD_OUT and r.second not in HELD_OUT]
    tied = [name for name in style_names() if load_style(name).tie and name not in HELD_OUT]
    varied = variations(tied, round(count * TIED_SHARE / len(tied)), seed)
    return (*free[: count - len(varied)], *varied)


def variations(names: list[str] | tuple[str, ...], count: int, seed: int) -> tuple[Recipe, ...]:
    """``count`` recipes for each style alone, with random length, volume, curl and parting."""
    random = np.random.default_rng([seed, 1])
    recipes = []
    for name in names:
        for index in range(count):
            length, volume, curl = np.exp(random.normal(0, (0.15, 0.3, 0.2)))
            parting = float(random.normal(0, 0.012))
            recipes.append(Recipe(name, name, (0,) * 5, float(length), float(volume), float(curl), parting, index))
    return tuple(recipes)


def make_samples(
    folder: Path, recipes: tuple[Recipe, ...], size: int, seed: int, tell: Callable[[str], None]
) -> Samples:
    """Grow and draw all recipes into ``folder``; an interrupted run goes on where it stopped. Raises AvatarError for another's folder."""
    folder.mkdir(parents=True, exist_ok=True)
    about = {"size": size, "seed": seed, "recipes": [asdict(recipe) for recipe in recipes]}
    done = _begun(folder, about)
    model = load_open_head()
    heads = _heads(model, seed)
    arrays = _opened(folder, len(recipes), len(heads[0][1].cells), size, fresh=done == 0)
    for index in range(done, len(recipes)):
        random = np.random.default_rng([seed, 2, index])
        head, grid = heads[index % len(heads)]
        _add_style(arrays, index, head, grid, recipes[index], size, random)
        if (index + 1) % 50 == 0 or index + 1 == len(recipes):
            for array in arrays.values():
                array.flush()
            (folder / "about.json").write_text(json.dumps(about | {"done": index + 1}), encoding="utf-8")
            tell(f"{index + 1} of {len(recipes)} styles")
    return open_samples(folder)


def open_samples(folder: Path) -> Samples:
    """A finished data set, memory-mapped. Raises AvatarError."""
    try:
        about = json.loads((folder / "about.json").read_text(encoding="utf-8"))
        arrays = [np.load(folder / f"{name}.npy", mmap_mode="r") for name in ARRAYS]
    except (OSError, ValueError) as error:
        raise AvatarError("request_invalid", f"{folder} holds no hair data set ({error}); make one first.") from error
    recipes = tuple(Recipe(**row | {"regions": tuple(row["regions"])}) for row in about["recipes"])
    return Samples(*arrays, recipes)


def random_camera(head: HeadSurface, random: np.random.Generator, pixels: int = 256) -> Camera:
    """A camera before a head that is turned by up to 30 degrees and tilted by up to 15, half a metre to 1.8 metres away."""
    yaw, pitch, roll = np.radians(random.uniform(-1, 1, 3) * (YAW, TILT, TILT))
    about_up, about_side, about_view = _turn(2, yaw), _turn(0, pitch), _turn(1, roll)
    rotation = FACING @ about_view @ about_side @ about_up
    distance = np.exp(random.uniform(np.log(NEAR), np.log(FAR)))
    shift = np.array([0, 0, -distance]) - rotation @ head.anatomy.eye
    return from_extrinsics(rotation, shift, 2.0 * pixels * distance, (pixels / 2, pixels / 2), pixels, pixels)


def _add_style(
    arrays: dict[str, NDArray],
    index: int,
    head: HeadSurface,
    grid: GridFrames,
    recipe: Recipe,
    size: int,
    random: np.random.Generator,
) -> None:
    groom = grow_recipe(head, recipe, DETAIL)
    hair = sampled(grid, groom)
    arrays["targets"][index], arrays["filled"][index] = hair.channels(), hair.filled
    world = grid.to_world(hair.strands)
    for row in range(index * VIEWS, (index + 1) * VIEWS):
        jitter = (float(np.exp(random.normal(0, 0.04))), *(float(v) for v in random.normal(0, 0.015, 2)))
        view = map_view(random_camera(head, random), head, size, jitter)
        picture = map_of_strands(view, groom.strands)
        arrays["angles"][row] = np.round(picture.angle / np.pi * 256).astype(np.int64) & 255
        arrays["kinds"][row] = 2 * picture.hair + picture.body
        arrays["visible"][row] = np.packbits(visible_points(view, world))


def _heads(model: HeadModel, seed: int) -> list[tuple[HeadSurface, GridFrames]]:
    """The mean head and random ones, ready for hair."""
    random = np.random.default_rng([seed, 3])
    heads = [prepare_head(model, model.template)]
    for _ in range(HEADS - 1):
        shape = model.shape_mean + 0.6 * model.shape_deviation * random.normal(size=len(model.shape_mean))
        heads.append(prepare_head(model, model.forward(shape)))
    return [(head, grid_frames(head)) for head in heads]


def _begun(folder: Path, about: dict[str, object]) -> int:
    """How many styles the folder already holds of exactly these."""
    path = folder / "about.json"
    if not path.exists():
        return 0
    found = json.loads(path.read_text(encoding="utf-8"))
    if {name: found.get(name) for name in about} != json.loads(json.dumps(about)):
        raise AvatarError("output_exists", f"{folder} holds another hair data set: choose a new folder.")
    return int(found["done"])


def _opened(folder: Path, styles: int, cells: int, size: int, fresh: bool) -> dict[str, NDArray]:
    shapes = {
        "targets": ((styles, cells, POINTS, 4), np.float16),
        "filled": ((styles, cells), np.bool_),
        "angles": ((styles * VIEWS, size, size), np.uint8),
        "kinds": ((styles * VIEWS, size, size), np.uint8),
        "visible": ((styles * VIEWS, -(-cells * POINTS // 8)), np.uint8),
    }
    mode = "w+" if fresh else "r+"
    return {
        name: np.lib.format.open_memmap(folder / f"{name}.npy", mode, kind, shape)
        for name, (shape, kind) in shapes.items()
    }


def _turn(axis: int, angle: float) -> NDArray:
    c, s = np.cos(angle), np.sin(angle)
    a, b = [(1, 2), (2, 0), (0, 1)][axis]
    matrix = np.eye(3)
    matrix[a, a], matrix[a, b], matrix[b, a], matrix[b, b] = c, -s, s, c
    return matrix
