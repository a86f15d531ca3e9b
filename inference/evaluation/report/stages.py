# SPDX-License-Identifier: GPL-3.0-or-later
"""Time and peak memory of the stages of one item's work. On a busy machine the processors' seconds tell more than the clock's."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from .machine import peak_mb, reset_peak


class Meter:
    """Seconds of the clock and of the processors and, on Linux, peak megabytes of the whole process while each stage ran."""

    def __init__(self) -> None:
        self.figures: dict[str, float] = {}
        self._stage: str | None = None
        self._start = self._cpu_start = 0.0
        self._measures_memory = False

    def begin(self, stage: str) -> None:
        """End the stage before this one."""
        self.end()
        self._stage, self._measures_memory = stage, reset_peak()
        self._start, self._cpu_start = time.perf_counter(), time.process_time()

    def end(self) -> None:
        if self._stage is None:
            return
        self.figures[f"seconds.{self._stage}"] = round(time.perf_counter() - self._start, 3)
        self.figures[f"cpu.{self._stage}"] = round(time.process_time() - self._cpu_start, 3)
        peak = peak_mb() if self._measures_memory else None
        if peak is not None:
            self.figures[f"memory.{self._stage}"] = peak
        self._stage = None

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        self.begin(name)
        try:
            yield
        finally:
            self.end()
