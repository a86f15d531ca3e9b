# SPDX-License-Identifier: GPL-3.0-or-later
"""A progress bar for terminals; one line per item where there is none."""

from __future__ import annotations

import time
from typing import TextIO

WIDTH = 28


class ProgressBar:
    """How many of ``total`` items are done, and when the rest will be."""

    def __init__(self, total: int, stream: TextIO) -> None:
        self._total, self._stream, self._done, self._start = total, stream, 0, time.perf_counter()
        self._live = stream.isatty()
        if self._live and total:
            self._draw("")

    def step(self, name: str, failure: str = "") -> None:
        """One item more; failure: why it did not succeed."""
        self._done += 1
        if failure:
            self._write(f"{name}: {failure}\n", clear=True)
        if self._live:
            self._draw(name)
        elif not failure:
            self._write(f"[{self._done}/{self._total}] {name}\n")

    def end(self) -> None:
        if self._live and self._total:
            self._write("\n")

    def _draw(self, name: str) -> None:
        filled = WIDTH * self._done // self._total
        spent = time.perf_counter() - self._start
        left = spent / self._done * (self._total - self._done) if self._done else None
        words = f"{spent:.0f} s" + (
            f", about {left:.0f} s left" if left is not None and self._done < self._total else ""
        )
        self._write(
            f"[{'=' * filled}{' ' * (WIDTH - filled)}] {self._done}/{self._total}, {words}  {name[:30]}", clear=True
        )

    def _write(self, text: str, clear: bool = False) -> None:
        self._stream.write(("\r\x1b[K" if clear and self._live else "") + text)
        self._stream.flush()
