# SPDX-License-Identifier: GPL-3.0-or-later
"""Finding a Python that the inference environment can be made with. No bpy."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from ..worker_client.launch import clean_environment, quiet_start

# MediaPipe 0.10.21, whose wheels carry the networks, exists for no newer one.
VERSIONS = ("3.11", "3.12")
_QUESTION = "import sys, venv, ensurepip; print('%d.%d' % sys.version_info[:2])"


def find_python(chosen: Path | None = None) -> Path | None:
    """A Python 3.11 or 3.12 that can make environments: the chosen one, Blender's own, or one of the system; None without any.

    Takes up to a second or two; call it outside the main thread.
    """
    candidates = _candidates() if chosen is None else iter((chosen,))
    return next((python for python in candidates if version_of(python) in VERSIONS), None)


def version_of(python: Path) -> str | None:
    """ "3.11"; None when it does not run or lacks venv or ensurepip (as Debian's without python3-venv)."""
    try:
        answer = subprocess.run(
            [str(python), "-I", "-c", _QUESTION],
            env=clean_environment(Path()),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            timeout=30,
            check=False,
            **quiet_start(),
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout.strip() if answer.returncode == 0 else None


def _candidates() -> Iterator[Path]:
    """This process' Python first, then where installers of Python put theirs."""
    seen = set()
    for path in (Path(sys.executable), *_on_path(), *_usual_places()):
        if path.is_file() and path not in seen:
            seen.add(path)
            yield path


def _on_path() -> Iterator[Path]:
    for version in VERSIONS:
        found = shutil.which(f"python{version}")
        if found:
            yield Path(found)


def _usual_places() -> Iterator[Path]:
    home = Path.home()
    for version in VERSIONS:
        digits = version.replace(".", "")
        if os.name == "nt":
            for base in filter(None, (os.environ.get("LOCALAPPDATA"), os.environ.get("PROGRAMFILES"))):
                yield Path(base, "Programs", "Python", f"Python{digits}", "python.exe")
                yield Path(base, f"Python{digits}", "python.exe")
            yield from home.glob(f"AppData/Roaming/uv/python/cpython-{version}.*/python.exe")
        else:
            for folder in (
                *("/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"),
                f"/Library/Frameworks/Python.framework/Versions/{version}/bin",
            ):
                yield Path(folder, f"python{version}")
            for pattern in (".pyenv/versions/{}.*/bin/python{}", ".local/share/uv/python/cpython-{}.*/bin/python{}"):
                yield from sorted(home.glob(pattern.format(version, version)), reverse=True)
