# SPDX-License-Identifier: GPL-3.0-or-later
"""What is compared: a photo of an expression, and the scan of that face at that moment."""

from __future__ import annotations

from dataclasses import dataclass

from numpy.typing import NDArray

from ...photo.types import FaceLandmarks, Photo

VIEWS = ("front", "side")
SIDE_DEGREES = 30.0


@dataclass(frozen=True)
class Item:
    """One photo of one person's expression.

    view: one of VIEWS. scan (N, 3), marks (7, 3): millimetres. parts: of the head model, what the scan can have seen.
    moving (N,) bool: what the expression moves from rest, where that is known. notes: sentences for a person.
    """

    name: str
    expression: str
    view: str
    photo: Photo
    landmarks: FaceLandmarks
    scan: NDArray
    marks: NDArray
    parts: tuple[str, ...]
    moving: NDArray | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class LeftOut:
    """What could not be measured, and why, in a sentence."""

    name: str
    reason: str
