# SPDX-License-Identifier: GPL-3.0-or-later
"""Asks the inference side about model files, in a thread. No bpy."""

from __future__ import annotations

import subprocess
import threading
from dataclasses import dataclass
from pathlib import Path

from ..worker_client.launch import clean_environment, quiet_start

# Reading a checkpoint of half a gigabyte from a slow disk.
LIMIT = 300


@dataclass
class Inquiry:
    """``python -m inference weights ...``: running until ``lines`` is there. Written by its own thread, read by anyone."""

    python: Path
    code: Path
    words: tuple[str, ...]
    lines: tuple[str, ...] | None = None
    good: bool = False

    def start(self) -> None:
        """Begin, in a thread."""
        threading.Thread(target=self._run, daemon=True, name="portrait avatar models").start()

    def _run(self) -> None:
        command = [str(self.python), "-B", "-m", "inference", "weights", *self.words]
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        try:
            answer = subprocess.run(
                command,
                env=clean_environment(self.code),
                encoding="utf-8",
                errors="replace",
                timeout=LIMIT,
                check=False,
                **pipes,
                **quiet_start(),
            )
        except (OSError, subprocess.SubprocessError) as problem:
            self.lines = (f"The model files could not be looked at: {problem}",)
            return
        self.good = answer.returncode == 0
        self.lines = tuple(line.rstrip() for line in answer.stdout.splitlines() if line.strip())
