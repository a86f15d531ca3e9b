# SPDX-License-Identifier: GPL-3.0-or-later
"""MakeHuman's head targets as signed directions over the whole base mesh."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .makehuman import MakeHuman

OPPOSITES = {
    "incr": "decr",
    "up": "down",
    "out": "in",
    "forward": "backward",
    "convex": "concave",
    "uncompress": "compress",
}
# One standard deviation moves the most moved vertex this far (metres). Opposite sides differ by less than people differ.
SPREAD = {
    "head": 0.0022,
    "forehead": 0.0014,
    "eyebrows": 0.0012,
    "eyes": 0.0007,
    "nose": 0.0011,
    "mouth": 0.0009,
    "cheek": 0.0012,
    "chin": 0.0014,
    "ears": 0.0014,
    "neck": 0.0030,
    "asym": 0.0006,
}
ANTISYMMETRIC_SHARE = 0.4
# Shapes that look like an expression: in a photo an expression is the likelier cause.
EXPRESSION_LIKE = ("angles-up", "middle-up", "ext-up", "laugh-lines", "dimples", "eyebrows-angle")
EXPRESSION_LIKE_SHARE = 0.5
LARGEST_DEVIATION = 0.5
LEFT_OUT = ("asymm-breast", "asymm-trunk")
GENDERS = ("female", "male")
ETHNICITIES = ("african", "asian", "caucasian")
# MakeHuman's mean head is 2 % small, narrow between the temples and pupils, wide in the neck and down in the mouth beside measured adults.
SIZE = 1.02
PROPORTIONS = {
    "head/head-scale-horiz-incr": 0.12,
    "neck/neck-scale-horiz-decr": 0.5,
    "neck/neck-scale-vert-incr": 0.5,
    "mouth/mouth-angles-up": 0.35,
    **{f"eyes/{side}-eye-{name}": share for side in "lr" for name, share in (("scale-incr", 0.5), ("trans-out", 0.35))},
}
ABOVE_NECK = 0.6  # height in metres on the raw base mesh
OLD_SHARE = 0.2  # MakeHuman's "young" is 25 years, "old" 90: an average adult is about 38


@dataclass(frozen=True)
class Direction:
    """A named displacement (N, 3) of the base mesh and the prior's standard deviation of its coefficient."""

    name: str
    displacement: NDArray
    deviation: float
    moves_whole_head: bool


def average_adult(makehuman: MakeHuman) -> NDArray:
    """(N, 3) vertices of an adult between the genders and ethnicities, with the proportions of measured adults."""
    adult = (1 - OLD_SHARE) * _age(makehuman, "young") + OLD_SHARE * _age(makehuman, "old")
    adult = adult + sum(share * makehuman.target(name) for name, share in PROPORTIONS.items())
    return SIZE * (makehuman.vertices + adult)


def macro_directions(makehuman: MakeHuman) -> list[Direction]:
    """Gender, age, ethnicity, weight and muscle: what moves most of the head, first in the basis."""
    young, old, child = (_age(makehuman, age) for age in ("young", "old", "child"))
    by_gender = [_age(makehuman, "young", genders=(g,)) for g in GENDERS]
    old_by_gender = [_age(makehuman, "old", genders=(g,)) for g in GENDERS]
    found = [
        ("gender-male", (by_gender[1] - by_gender[0]) / 2, 0.7),
        ("age-old", old - young, 0.3),
        ("age-child", child - young, 0.12),
        ("gender-male-old", (old_by_gender[1] - old_by_gender[0] - by_gender[1] + by_gender[0]) / 2, 0.3),
    ]
    for ethnicity in ETHNICITIES:
        one = _age(makehuman, "young", ethnicities=(ethnicity,))
        found.append((f"ethnicity-{ethnicity}", one - young, 0.4))
    for axis, low, high in (
        ("weight", "averagemuscle-minweight", "averagemuscle-maxweight"),
        ("muscle", "minmuscle-averageweight", "maxmuscle-averageweight"),
    ):
        ends = [
            np.mean([makehuman.target(f"macrodetails/universal-{g}-young-{e}") for g in GENDERS], 0)
            for e in (low, high)
        ]
        found.append((axis, (ends[1] - ends[0]) / 2, 0.45))
    return [Direction(name, SIZE * displacement, deviation, True) for name, displacement, deviation in found]


def detail_directions(makehuman: MakeHuman) -> list[Direction]:
    """The local targets: opposites merged into one signed direction, sides into a symmetric and an antisymmetric one."""
    directions = []
    for category in SPREAD:
        names = sorted(p.name.split(".")[0] for p in (makehuman.folder / "mpfb2" / "targets" / category).glob("*.gz"))
        names = [name for name in names if not name.startswith(LEFT_OUT)]
        signed = _merge_opposites({name: makehuman.target(f"{category}/{name}") for name in names})
        for name, displacement, symmetric in _merge_sides(signed, makehuman.mirror):
            displacement = SIZE * displacement
            whole = category in ("head", "neck") and symmetric
            spread = _spread(category, name, symmetric)
            farthest = np.linalg.norm(displacement[makehuman.vertices[:, 2] > ABOVE_NECK], axis=1).max()
            directions.append(Direction(name, displacement, min(LARGEST_DEVIATION, spread / farthest), whole))
    return directions


def _spread(category: str, name: str, symmetric: bool) -> float:
    if name.startswith("asym-eye"):
        category = "eyes"
    spread = SPREAD[category] * (1 if symmetric or category == "asym" else ANTISYMMETRIC_SHARE)
    return spread * (EXPRESSION_LIKE_SHARE if any(word in name for word in EXPRESSION_LIKE) else 1)


def _age(makehuman: MakeHuman, age: str, genders: tuple = GENDERS, ethnicities: tuple = ETHNICITIES) -> NDArray:
    """Mean displacement of an age over genders and ethnicities, at average weight and muscle."""
    bodies = [makehuman.target(f"macrodetails/universal-{g}-{age}-averagemuscle-averageweight") for g in genders]
    origins = [makehuman.target(f"macrodetails/{e}-{g}-{age}") for g in genders for e in ethnicities]
    return np.mean(bodies, 0) + np.mean(origins, 0)


def _merge_opposites(targets: dict[str, NDArray]) -> dict[str, NDArray]:
    """``x-decr`` and ``x-incr`` -> ``x``, ``x-down`` and ``x-up`` -> ``x-up``: half their difference, so that +1 is the full target."""
    merged = dict(targets)
    for name, displacement in targets.items():
        stem, _, ending = name.rpartition("-")
        opposite = f"{stem}-{OPPOSITES.get(ending)}"
        if opposite in targets:
            del merged[name], merged[opposite]
            merged[stem if ending == "incr" else name] = (displacement - targets[opposite]) / 2
    return merged


def _merge_sides(directions: dict[str, NDArray], mirror: NDArray) -> list[tuple[str, NDArray, bool]]:
    """(name, displacement, symmetric?) with left/right pairs turned into ``/sym`` and ``/anti``."""
    found = []
    for name, displacement in directions.items():
        right = _right_name(name)
        stem = name.removeprefix("l-").removesuffix("-l")
        if right in directions:
            other = directions[right]
            candidates = [(f"{stem}/sym", displacement + other, True), (f"{stem}/anti", displacement - other, False)]
        elif name.startswith("r-") or name.endswith("-r"):
            continue
        else:
            even = (displacement + _reflected(displacement, mirror)) / 2
            odd = displacement - even
            symmetric = np.linalg.norm(even) > np.linalg.norm(odd)
            candidates = [(name if symmetric else f"{name}/anti", even if symmetric else odd, symmetric)]
        for label, full, symmetric in candidates:
            reflected = _reflected(full, mirror)
            clean = (full + reflected) / 2 if symmetric else (full - reflected) / 2
            if not (symmetric and stem.startswith("asym-")):
                found.append((label, clean, symmetric))
    return found


def _right_name(name: str) -> str | None:
    if name.startswith("l-"):
        return "r-" + name[2:]
    return name[:-2] + "-r" if name.endswith("-l") else None


def _reflected(displacement: NDArray, mirror: NDArray) -> NDArray:
    return displacement[mirror] * [-1, 1, 1]
