# SPDX-License-Identifier: GPL-3.0-or-later
"""A running set-up or removal: its process and the thread that listens to it. No bpy."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from ..worker_client.launch import clean_environment, quiet_start
from .environment import SIZE, STAMP, Environment, free_gigabytes
from .python_search import VERSIONS, find_python

INSTALLER = Path(__file__).with_name("installer.py")


@dataclass(frozen=True)
class SetupOrder:
    """base: the Python to use, None to search. fetch: download one when none is found. wheels: a folder instead of the package index."""

    device: str = "cpu"
    base: Path | None = None
    fetch: bool = False
    wheels: Path | None = None
    online: bool = False
    repair: bool = False


@dataclass
class SetupTask:
    """Written by its own thread, read by anyone: single values only. state: "running", "done", "failed" or "cancelled"."""

    environment: Environment
    order: SetupOrder
    log: Path
    state: str = "running"
    fraction: float = 0.0
    words: str = "Looking for Python"
    error: str = ""
    # Whether the failure is that no fitting Python was found.
    no_python: bool = False
    _process: subprocess.Popen[str] | None = field(default=None, repr=False)
    _cancelled: threading.Event = field(default_factory=threading.Event, repr=False)

    def start(self) -> None:
        """Begin, in a thread."""
        threading.Thread(target=self._run, daemon=True, name="portrait avatar set-up").start()

    def cancel(self) -> None:
        """Stop; a later set-up goes on from there."""
        self._cancelled.set()
        process = self._process
        if process is not None:
            end_group(process)

    def _run(self) -> None:
        try:
            error = self._prepare() or self._install()
        except OSError as problem:
            error = f"The set-up could not run ({problem}): check the permissions of {self.environment.folder.parent}."
        if self._cancelled.is_set():
            self.state, self.words = "cancelled", ""
        elif error:
            self.error, self.state = error, "failed"
        else:
            self.fraction, self.state = 1.0, "done"

    def _prepare(self) -> str:
        """Everything that can be refused before anything is written; answers why."""
        folder, order = self.environment.folder, self.order
        if not (order.online or order.wheels):
            return "Blender does not allow online access: allow it in the preferences, System, or choose a folder of wheels."
        needed, free = SIZE[order.device][1], free_gigabytes(folder)
        if free < needed:
            return f"The disk of {folder.parent} has {free:.1f} GB free, but {needed:.1f} GB are needed: make room and try again."
        self._base = find_python(order.base)
        if self._base is None and not order.fetch:
            self.no_python = True
            where = "on this computer" if order.base is None else f"at {order.base}"
            return f"No Python {' or '.join(VERSIONS)} with venv was found {where}: download one below, or install it and try again."
        if order.repair:
            self.words = "Removing the old environment"
            remove_environment(self.environment)
        return ""

    def _install(self) -> str:
        """Run the installer; answers what went wrong."""
        environment, order = self.environment, self.order
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self.log.write_text(time.strftime("Set-up of %Y-%m-%d %H:%M:%S\n"), encoding="utf-8")
        environment.folder.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(
            {
                "folder": str(environment.folder),
                "code": str(environment.code),
                "base": None if self._base is None else str(self._base),
                "device": order.device,
                "packages": environment.wanted(order.device),
                "log": str(self.log),
                "wheels": None if order.wheels is None else str(order.wheels),
                "online": order.online,
            }
        )
        command = [str(self._base or sys.executable), "-B", str(INSTALLER), text]
        with self.log.open("ab") as log:
            pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": log, "text": True}
            variables = clean_environment(environment.code)
            self._process = subprocess.Popen(
                command, env=variables, cwd=environment.folder.parent, encoding="utf-8", **pipes, **quiet_start()
            )  # fmt: skip
        if self._cancelled.is_set():
            end_group(self._process)
        error = f"The set-up ended unexpectedly: see {self.log}."
        with self._process as process:
            for line in process.stdout or ():
                news = json.loads(line)
                self.fraction, self.words = news.get("fraction", self.fraction), news.get("words", self.words)
                error = "" if news.get("done") else news.get("error", error)
        if not error:
            shutil.rmtree(environment.folder.parent / "cache", ignore_errors=True)
        return error


def remove_environment(environment: Environment) -> None:
    """Delete the environment: at once gone by name, then file by file. Raises OSError when it is in use (Windows)."""
    folder = environment.folder
    with contextlib.suppress(FileNotFoundError):
        (folder / STAMP).unlink()
    if folder.exists():
        doomed = folder.with_name(f"{folder.name}-removed-{os.getpid()}")
        folder.rename(doomed)
        shutil.rmtree(doomed, ignore_errors=True)


def end_group(process: subprocess.Popen) -> None:
    """Kill the installer and the pip it runs."""
    with contextlib.suppress(OSError):
        if os.name == "nt":
            subprocess.run(["taskkill", "/F", "/T", "/PID", str(process.pid)], check=False, capture_output=True)
        else:
            os.killpg(process.pid, signal.SIGKILL)
