# SPDX-License-Identifier: GPL-3.0-or-later
"""What moved between two evaluations, and whether figures hold recorded floors."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...errors import AvatarError
from .figures import Better, Figure, figure_of

# Of a figure's value on the machine that recorded it; the least that a worse figure must differ by to count as lost.
FLOOR_MARGIN = 0.05


@dataclass(frozen=True)
class Move:
    """A figure's mean in the older and the newer report. better: True, False, or None where there is no better."""

    figure: Figure
    before: float
    after: float
    better: bool | None


def moves(old: dict[str, Any], new: dict[str, Any]) -> list[Move]:
    """Figures whose mean over the items that both reports have moved more than noise does; the worse first."""
    shared = {item["name"]: item for item in old["items"] if "figures" in item}
    pairs = [(shared[item["name"]]["figures"], item["figures"]) for item in new["items"] if item["name"] in shared]
    names = list(dict.fromkeys(name for _, after in pairs for name in after))
    found = []
    for name in names:
        both = [(before[name], after[name]) for before, after in pairs if name in before and name in after]
        if not both:
            continue
        figure = figure_of(name)
        before, after = (sum(values) / len(both) for values in zip(*both, strict=True))
        if abs(after - before) > figure.moved:
            better = None if figure.better is Better.NEITHER else (after > before) == (figure.better is Better.HIGHER)
            found.append(Move(figure, before, after, better))
    return sorted(found, key=lambda move: move.better is not False)


def say(found: list[Move], shared: int) -> str:
    """The moves as plain text; shared: number of items that both reports have."""
    if not shared:
        return "The reports have no item in common: nothing can be compared."
    if not found:
        return f"Nothing moved on the {shared} items that both reports have."
    signs = {True: "better", False: "WORSE", None: ""}
    lines = [
        f"  {signs[m.better]:6s} {m.figure.words:50s} {m.before:9.{m.figure.digits}f} -> {m.after:.{m.figure.digits}f} {m.figure.unit}"
        for m in found
    ]
    return "\n".join([f"Means over the {shared} items that both reports have:", *lines])


def record_floors(summary: dict[str, dict[str, float]], file: Path, command: str) -> None:
    """Write the accuracy figures of a summary, with a margin for other processors, as floors that later runs must hold."""
    floors = {}
    for name, values in summary.items():
        figure = figure_of(name)
        if figure.accuracy and figure.better is not Better.NEITHER:
            margin = max(FLOOR_MARGIN * abs(values["mean"]), figure.moved) * figure.better.value
            floors[name] = round(values["mean"] - margin, 4)
    text = json.dumps(
        {"command": command, "items": summary_count(summary), "floors": floors}, indent=1, ensure_ascii=False
    )
    file.write_text(text + "\n", encoding="utf-8")


def lost_floors(summary: dict[str, dict[str, float]], file: Path) -> list[str]:
    """A sentence for each figure that is missing or worse than its floor. Raises AvatarError ``request_invalid``."""
    try:
        floors = {
            str(name): float(value) for name, value in json.loads(file.read_text(encoding="utf-8"))["floors"].items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as problem:
        raise AvatarError(
            "request_invalid", f"{file} holds no floors ({problem}): record them with --record-floors."
        ) from problem
    lost = []
    for name, floor in floors.items():
        figure, value = figure_of(name), summary.get(name, {}).get("mean")
        if value is None:
            lost.append(f"{figure.words} was not measured")
        elif (value - floor) * figure.better.value < 0:
            lost.append(f"{figure.words} is {value:.{figure.digits}f}, its floor {floor:.{figure.digits}f}")
    return lost


def summary_count(summary: dict[str, dict[str, float]]) -> int:
    """How many items the figure that most have was measured on."""
    return int(max((values["count"] for values in summary.values()), default=0))
