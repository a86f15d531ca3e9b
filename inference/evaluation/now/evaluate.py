# SPDX-License-Identifier: GPL-3.0-or-later
"""Goes through the NoW set; pools all distances, as the protocol asks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import AvatarError
from .measure import face_errors, statistics
from .official_set import Case, read_scan
from .predict import Predictor
from .scan import Scan

ALL = "all"


@dataclass(frozen=True)
class Measured:
    """distances, metrical: (N,) millimetres, one per scan vertex of the face; metrical keeps the prediction's size."""

    case: Case
    distances: NDArray
    metrical: NDArray


@dataclass(frozen=True)
class Evaluation:
    measured: list[Measured] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)
    notes: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def pool(self, challenge: str, metrical: bool) -> list[NDArray]:
        chosen = [one for one in self.measured if challenge in (ALL, one.case.challenge)]
        return [one.metrical if metrical else one.distances for one in chosen]


def evaluate(folder: Path, cases: list[Case], predict: Predictor, tell: Callable[[str], None]) -> Evaluation:
    """Predictions that are missing or broken are left out and named."""
    answer = Evaluation()

    @lru_cache(maxsize=1)  # the list goes person by person
    def scan_of(subject: str) -> Scan:
        return read_scan(folder, subject)

    for number, case in enumerate(cases, 1):
        try:
            scan, prediction = scan_of(case.subject), predict(case)
            mesh = (scan.vertices, scan.marks, prediction.vertices, prediction.triangles, prediction.marks)
            free = face_errors(*mesh).distances
            metrical = face_errors(*mesh, prediction.millimetres).distances
        except (AvatarError, ValueError, np.linalg.LinAlgError) as problem:
            answer.left_out[case.name] = str(problem)
            tell(f"{number} of {len(cases)}, {case.name}: left out: {problem}")
            continue
        answer.measured.append(Measured(case, free, metrical))
        notes = (*scan.notes, *prediction.notes)
        if notes:
            answer.notes[case.name] = notes
        tell(
            f"{number} of {len(cases)}, {case.name}: median {np.median(free):.2f}, metrical {np.median(metrical):.2f} mm"
            + "".join(f"; {note}" for note in notes)
        )
    return answer


def as_data(evaluation: Evaluation) -> dict[str, Any]:
    """For JSON: millimetres."""
    challenges = [ALL, *dict.fromkeys(one.case.challenge for one in evaluation.measured)]
    return {
        "unit": "millimetres",
        "photos": len(evaluation.measured),
        "statistics": {
            rule: {challenge: asdict(statistics(evaluation.pool(challenge, metrical))) for challenge in challenges}
            for rule, metrical in (("non-metrical", False), ("metrical", True))
        },
        "photo_medians": {
            one.case.name: [round(float(np.median(d)), 4) for d in (one.distances, one.metrical)]
            for one in evaluation.measured
        },
        "notes": evaluation.notes,
        "left_out": evaluation.left_out,
    }


def as_markdown(data: dict[str, Any]) -> str:
    """A table of :func:`as_data`, rounded as the benchmark does."""
    return "\n".join(_lines(data))


def _lines(data: dict[str, Any]) -> Iterator[str]:
    yield f"Scan to mesh, millimetres, {data['photos']} photos measured, {len(data['left_out'])} left out"
    yield ""
    yield "| photos | median | mean | std | metrical: median | mean | std |"
    yield "|---|---|---|---|---|---|---|"
    free, metrical = data["statistics"]["non-metrical"], data["statistics"]["metrical"]
    for challenge in free:
        cells = [table[challenge][key] for table in (free, metrical) for key in ("median", "mean", "deviation")]
        yield f"| {challenge} | " + " | ".join(f"{cell:.2f}" for cell in cells) + " |"
    for name, reason in data["left_out"].items():
        yield f"- left out: {name}: {reason}"
