# SPDX-License-Identifier: GPL-3.0-or-later
"""Which head and which estimator, and what every estimator answers."""

from __future__ import annotations

from dataclasses import dataclass, field

from numpy import ndarray

from ..face.types import FaceFit

LANDMARK_FIT = "landmark_fit"
ESTIMATORS = (LANDMARK_FIT, "deca", "mica", "deca+mica")
OPEN, FLAME = "open", "flame"


@dataclass(frozen=True)
class FaceOptions:
    """How the face is found.

    head: "open", "flame" (a remembered FLAME file), a FLAME file's path, or "" for what the estimator wants: FLAME for DECA and MICA,
    else the open head. estimator: one of ESTIMATORS. refine: move the estimate onto the landmarks afterwards.
    device, precision: of the networks; "cpu", "cuda", "mps" and "float32", "bfloat16", "float16".
    """

    head: str = ""
    estimator: str = LANDMARK_FIT
    refine: bool = False
    device: str = "cpu"
    precision: str = "float32"


@dataclass(frozen=True)
class Estimate:
    """A face, the models that found it, what else they know.

    sources: as in the bundle. maps: texture role -> picture over the head's chart. report: figures for the bundle.
    """

    fit: FaceFit
    sources: tuple[dict[str, str], ...] = ()
    maps: dict[str, ndarray] = field(default_factory=dict)
    report: dict[str, object] = field(default_factory=dict)
