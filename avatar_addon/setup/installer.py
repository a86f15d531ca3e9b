# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the inference environment: a script for a bare Python (standard library only), started by the add-on.

    python -B installer.py JSON

JSON: {"folder", "code", "base", "device", "packages", "log", "wheels", "online"}: the environment's folder; the folder of the package
``inference``; a Python 3.11 or 3.12, or null to fetch one; "cpu" or "cuda"; the fingerprint to stamp it with; where pip's words go; a
folder of wheels to use instead of the package index, or null; whether the network may be used.
It prints JSON lines {"fraction", "words"} and at last {"done": true} or {"error": sentence}. It ends, with pip, when its stdin ends.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TextIO

PIP, UV = "pip==26.3", "uv==0.13.9"
FETCHED_PYTHON = "3.11"
CUDA_INDEX = "https://download.pytorch.org/whl/cu128"
# What the worker does before its first photo: every package and network is loaded.
TRIAL = "import torch; from inference.pipeline import warm_up; warm_up()"
# Share of the whole: until when each step lasts.
STEPS = {"python": 0.04, "venv": 0.08, "packages": 0.5, "torch": 0.92, "check": 1.0}


class SetupError(Exception):
    """One sentence for the person."""


def main(text: str) -> int:
    """Run all steps; the exit status."""
    order = json.loads(text)
    threading.Thread(target=_end_with_stdin, daemon=True).start()
    try:
        with _locked(Path(order["folder"]).parent / "setup.lock"), open(order["log"], "a", encoding="utf-8") as log:
            Setup(order, log).run()
    except SetupError as failure:
        _tell(error=f"{failure}")
        return 1
    except OSError as problem:
        _tell(
            error=f"The environment could not be written ({problem}): free some space or check the folder's permissions."
        )
        return 1
    _tell(done=True)
    return 0


class Setup:
    """The steps, in order. Each may be repeated: what is done already costs little."""

    def __init__(self, order: dict[str, Any], log: TextIO) -> None:
        self.order, self.log = order, log
        self.folder, self.code = Path(order["folder"]), Path(order["code"])
        self.python = self.folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    def run(self) -> None:
        base = self.order["base"] or self._fetch_python()
        self._say("venv", 0.0, "Making the environment")
        if not self.python.exists():
            self._run([base, "-m", "venv", "--clear", str(self.folder)], "making the environment")
        # Its progress can be read; the one that Python brings may be too old for that.
        raw = self._pip("venv", [PIP], optional=True)
        packages, torch = (self.code / "inference" / name for name in ("requirements.txt", "requirements-torch.txt"))
        self._pip("packages", ["--no-deps", "-r", str(packages)], raw=raw)
        self._pip("torch", self._torch(torch, packages), raw=raw)
        self._say("check", 0.0, "Trying it")
        self._run([str(self.python), "-B", "-c", TRIAL], "trying the environment")
        stamp = {"packages": self.order["packages"], "device": self.order["device"]}
        (self.folder / "portrait-avatar.json").write_text(json.dumps(stamp), encoding="utf-8")

    def _torch(self, requirements: Path, packages: Path) -> list[str]:
        """pip's arguments: for CUDA the same version with the libraries it wants; they come from another index on Windows."""
        if self.order["device"] == "cpu":
            return ["--no-deps", "-r", str(requirements)]
        version = next(line for line in requirements.read_text("utf-8").splitlines() if line.startswith("torch=="))
        index = ["--index-url", CUDA_INDEX, "--extra-index-url", "https://pypi.org/simple"] if os.name == "nt" else []
        return ["-c", str(packages), *index, version]

    def _fetch_python(self) -> str:
        """A Python of uv's, in the extension's folder, for a system without a fitting one."""
        if not self.order["online"]:
            raise SetupError(
                "A Python 3.11 or 3.12 is needed and may not be downloaded: allow online access in the preferences."
            )
        self._say("python", 0.0, f"Fetching Python {FETCHED_PYTHON}")
        tools, pythons = self.folder.parent / "uv", self.folder.parent / "python"
        own = tools / ("Scripts" if os.name == "nt" else "bin")
        self._run([sys.executable, "-m", "venv", "--clear", str(tools)], "making room for Python's installer")
        self._run([str(own / "python"), "-m", "pip", "install", "--no-input", UV], "fetching Python's installer")
        self._run(
            [str(own / "uv"), "python", "install", "--no-bin", "--install-dir", str(pythons), FETCHED_PYTHON],
            f"fetching Python {FETCHED_PYTHON}; you can also install it yourself and press Set Up again",
        )
        pattern = "cpython-*/python.exe" if os.name == "nt" else f"cpython-*/bin/python{FETCHED_PYTHON}"
        return str(next(pythons.glob(pattern)))

    def _pip(self, step: str, arguments: list[str], raw: bool = False, optional: bool = False) -> bool:
        """pip install; whether it succeeded. Raises SetupError unless it is optional."""
        command = [str(self.python), "-m", "pip", "install", "--no-input", "--disable-pip-version-check"]
        command += ["--cache-dir", str(self.folder.parent / "cache"), "--progress-bar", "raw" if raw else "off"]
        if self.order["wheels"]:
            command += ["--no-index", "--find-links", self.order["wheels"]]
        elif not self.order["online"]:
            raise SetupError(
                "Blender does not allow online access: allow it in the preferences, System, or choose a folder of wheels."
            )
        progress = PipProgress(lambda share, words: self._say(step, share, words))
        try:
            self._run(command + arguments, "installing packages", progress.line)
        except SetupError:
            if not optional:
                raise
            return False
        return True

    def _run(self, command: list[str], doing: str, line: Callable[[str], None] = lambda _: None) -> None:
        self.log.write(f"\n> {' '.join(command)}\n")
        self.log.flush()
        variables = os.environ | {"PYTHONPATH": str(self.code), "PYTHONUNBUFFERED": "1"}
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        last, error = "", ""
        with subprocess.Popen(command, env=variables, text=True, errors="replace", **pipes) as process:
            for text in process.stdout or ():
                if not text.startswith("Progress "):
                    self.log.write(text)
                    self.log.flush()
                    last = text.strip() or last
                    error = error or (last if last.startswith("ERROR:") else "")
                line(text.strip())
        if process.returncode != 0:
            why = (error or last or f"status {process.returncode}")[:200]
            raise SetupError(
                f"{doing[0].upper()}{doing[1:]} failed ({why}): the log has the details; Set Up goes on where it stopped."
            )

    def _say(self, step: str, share: float, words: str) -> None:
        """``share`` of the step, in [0, 1]."""
        names = list(STEPS)
        start = STEPS[names[names.index(step) - 1]] if names.index(step) else 0.0
        _tell(fraction=round(start + (STEPS[step] - start) * share, 4), words=words)


class PipProgress:
    """Reads how far pip is from what it prints: packages it has collected, and bytes of the running download."""

    def __init__(self, say: Callable[[float, str], None]) -> None:
        self.say = say
        self.collected, self.name, self.said = 0, "", -1.0

    def line(self, text: str) -> None:
        """One line of pip's output."""
        if found := re.match(r"(?:Collecting|Requirement already satisfied:) ([\w.-]+)", text):
            self.collected, self.name = self.collected + 1, found[1]
            self._tell(self._share(), f"Fetching {self.name}")
        elif found := re.match(r"Progress (\d+) of (\d+)", text):
            done, size = int(found[1]), max(int(found[2]), 1)
            if size > 2_000_000:
                self._tell(self._share(done / size), f"Fetching {self.name} ({done / 1e6:.0f} of {size / 1e6:.0f} MB)")
        elif text.startswith("Installing collected"):
            self._tell(0.9, "Installing")

    def _share(self, part: float = 0.0) -> float:
        """The number of packages is not known beforehand: each takes an eighth of what is left."""
        return 0.9 * (1 - 0.875 ** (self.collected - 1 + part))

    def _tell(self, share: float, words: str) -> None:
        if share - self.said > 0.004 or share >= 0.9:
            self.said = share
            self.say(share, words)


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold the lock file, which the system lets go when this process ends in any way: two Blenders must not install at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        try:
            if os.name == "nt":
                import msvcrt

                msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
            else:
                import fcntl

                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as held:
            raise SetupError("Another Blender is setting up the environment: wait until it is done.") from held
        yield


def _end_with_stdin() -> None:
    """Blender is gone, or has cancelled: end pip as well, which is in the same group."""
    sys.stdin.read()
    if os.name != "nt":
        import signal

        os.killpg(0, signal.SIGKILL)
    os._exit(1)


def _tell(**values: object) -> None:
    sys.stdout.write(json.dumps(values) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
