# SPDX-License-Identifier: GPL-3.0-or-later
"""Telling how far the work is, and how long each stage took."""

from __future__ import annotations

import time
from collections.abc import Callable

# (stage, fraction of the work that is done, words for a person). It may raise AvatarError "cancelled".
Report = Callable[[str, float, str], None]


class Stages:
    """The stages of one run, in order, with their expected share of the time."""

    def __init__(self, shares: dict[str, tuple[float, str]], report: Report) -> None:
        """``shares``: stage -> (relative duration, words)."""
        self._shares = shares
        self._report = report
        self._running: str | None = None
        self._start = 0.0
        self.seconds: dict[str, float] = {}

    def begin(self, stage: str) -> None:
        """End the stage before this one and report the new one. Raises what the report raises."""
        self.end()
        before = list(self._shares)[: list(self._shares).index(stage)]
        done = sum(self._shares[name][0] for name in before) / sum(share for share, _ in self._shares.values())
        self._report(stage, round(done, 3), self._shares[stage][1])
        self._running, self._start = stage, time.perf_counter()

    def end(self) -> None:
        """End the running stage."""
        if self._running is not None:
            self.seconds[self._running] = round(time.perf_counter() - self._start, 4)
            self._running = None
