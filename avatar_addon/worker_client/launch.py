# SPDX-License-Identifier: GPL-3.0-or-later
"""How the worker is started."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

KEPT_LOGS = 5


@dataclass(frozen=True)
class Launch:
    """python: the inference environment's. code: the folder of the package ``inference``. log: takes all but the answers."""

    python: Path
    code: Path
    log: Path

    def start(self) -> subprocess.Popen[bytes]:
        """The worker, with pipes on stdin and stdout. Raises OSError."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            # What it says before it has opened the log itself must not be lost either.
            command = [str(self.python), "-B", "-m", "inference", "worker", "--log", str(self.log)]
            pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": log}
            return subprocess.Popen(
                # Not in the extension's folder: Windows could not replace that at the next upgrade.
                command, cwd=self.log.parent, env=clean_environment(self.code), **pipes, **quiet_start()
            )  # fmt: skip


def clean_environment(code: Path) -> dict[str, str]:
    """This process' environment without what would lead another Python to Blender's modules; ``code`` is importable."""
    strange = ("PYTHONHOME", "PYTHONPATH", "PYTHONSTARTUP", "PYTHONUSERBASE", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__")
    kept = {name: value for name, value in os.environ.items() if name not in strange}
    settings = {"PYTHONPATH": str(code), "PYTHONUTF8": "1", "PYTHONNOUSERSITE": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    return kept | settings


def quiet_start() -> Mapping[str, Any]:
    """Arguments of Popen: no console window on Windows; a group of its own, so that Ctrl+C in Blender's terminal spares it."""
    if os.name == "nt":
        return {"creationflags": subprocess.CREATE_NO_WINDOW}
    return {"start_new_session": True}


def prune_logs(own: Path) -> None:
    """Keep the newest logs beside our own only; those another Blender holds open on Windows stay too."""
    others = (path for path in own.parent.glob("worker-*.log") if path != own)
    for path in sorted(others, key=lambda path: path.stat().st_mtime, reverse=True)[KEPT_LOGS:]:
        try:
            path.unlink()
        except OSError:
            continue
