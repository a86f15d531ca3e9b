# SPDX-License-Identifier: GPL-3.0-or-later
"""A short command of the inference side, run in a thread. No bpy."""

from __future__ import annotations

import subprocess
import threading
from dataclasses import dataclass, field
from pathlib import Path

from .worker_client.launch import clean_environment, quiet_start

# Reading a checkpoint of half a gigabyte from a slow disk.
LIMIT = 300


@dataclass
class Inquiry:
    """``python -m inference`` and ``words``: running until ``lines`` is there. Written by its own thread, read by anyone."""

    python: Path
    code: Path
    words: tuple[str, ...]
    lines: tuple[str, ...] | None = None
    good: bool = False
    _thread: threading.Thread | None = field(default=None, repr=False)

    def start(self) -> None:
        """Begin, in a thread."""
        self._thread = threading.Thread(target=self._run, daemon=True, name="portrait avatar inquiry")
        self._thread.start()

    def wait(self) -> None:
        """Until ``lines`` is there."""
        self._thread.join()

    def _run(self) -> None:
        command = [str(self.python), "-B", "-m", "inference", *self.words]
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
            self.lines = (
                f"The inference process could not be asked ({problem}): repair the environment in the preferences.",
            )
            return
        self.good = answer.returncode == 0
        self.lines = tuple(line.rstrip() for line in answer.stdout.splitlines() if line.strip())
