# SPDX-License-Identifier: GPL-3.0-or-later
"""The seven landmarks beside a mesh: MeshLab's picked points (.pp), .npy or .txt; and the unit that they give away."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...errors import AvatarError

SUFFIXES = (".pp", ".npy", ".txt")
MAX_BYTES = 1_000_000
POINT = re.compile(r"<point\b[^>]*>")
NUMBER = re.compile(r'\b([xyz])\s*=\s*["\']([^"\']{1,40})["\']')
# Between the outer corners of the eyes, millimetres: of children to large adults, with room for odd picks.
EYE_CORNERS = (60.0, 130.0)


@dataclass(frozen=True)
class Unit:
    name: str
    millimetres: float


UNITS = (Unit("millimetres", 1.0), Unit("centimetres", 10.0), Unit("metres", 1000.0))


def read_seven_points(path: Path) -> NDArray:
    """(7, 3) in the file's unit. Raises AvatarError ``scan_invalid`` unless there are exactly seven finite points."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ValueError("it is too large")
        if path.suffix.lower() == ".npy":
            points = np.load(path, allow_pickle=False)
        elif path.suffix.lower() == ".pp":
            points = _picked(path.read_text(encoding="utf-8", errors="replace"))
        else:
            points = np.array([line.replace(",", " ").split() for line in path.read_text("utf-8").splitlines() if line])
        points = np.asarray(points, np.float64)
        if points.size != 21 or points.shape[-2:] != (7, 3):
            raise ValueError(f"it holds an array of shape {points.shape} instead of seven points")
        if not np.isfinite(points).all():
            raise ValueError("a coordinate is not a number")
    except OSError as problem:
        raise AvatarError(
            "scan_invalid", f"{path} cannot be read ({problem.strerror or problem}): check the path."
        ) from problem
    except (ValueError, TypeError) as problem:
        raise AvatarError(
            "scan_invalid",
            f"{path.name} does not hold the seven landmarks ({problem}): eye corners, nose bottom, mouth corners.",
        ) from problem
    return points.reshape(7, 3)


def find_seven_points(mesh: Path) -> Path | None:
    """The landmark file of a mesh's name beside it."""
    return next((path for suffix in SUFFIXES if (path := mesh.with_suffix(suffix)).is_file()), None)


def unit_of(points: NDArray) -> Unit | None:
    """The unit in which seven landmarks (7, 3) are those of a person; None when it is none of UNITS."""
    across = float(np.linalg.norm(points[0] - points[3]))
    low, high = EYE_CORNERS
    return next((unit for unit in UNITS if low <= across * unit.millimetres <= high), None)


def _picked(text: str) -> list[list[str]]:
    found = [dict(NUMBER.findall(point)) for point in POINT.findall(text)]
    return [[point[axis] for axis in "xyz"] for point in found if len(point) == 3]
