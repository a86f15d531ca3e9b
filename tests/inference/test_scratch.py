# SPDX-License-Identifier: GPL-3.0-or-later
"""Temporary folders of processes that were killed."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from inference import scratch

HOLD = """
import sys, time
from inference.scratch import scratch_folder
with scratch_folder() as folder:
    (folder / "skin.png").touch()
    print(folder, flush=True)
    time.sleep(60)
"""


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def age(*folders: Path) -> None:
    """As if they were made an hour ago."""
    then = time.time() - 3600
    for folder in folders:
        os.utime(folder, (then, then))


def test_a_killed_process_leaves_nothing_for_long(temporary: Path, repository: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLD], stdout=subprocess.PIPE, text=True, cwd=repository) as process:
        folder = Path(process.stdout.readline().strip())
        age(folder)
        assert scratch.remove_abandoned() == []
        process.kill()
    assert (folder / "skin.png").exists()
    age(folder)
    assert scratch.remove_abandoned() == [folder]
    assert not folder.exists()


def test_what_is_not_ours_stays(temporary: Path) -> None:
    young = temporary / "portrait_avatar_young"
    strange = temporary / "portrait_avatar_strange"
    elsewhere = temporary / "elsewhere"
    for folder in (young, strange, elsewhere):
        folder.mkdir()
    for folder in (young, elsewhere):
        (folder / scratch.LOCK).touch()
    link = temporary / "portrait_avatar_link"
    link.symlink_to(elsewhere)
    age(strange, elsewhere)
    assert scratch.remove_abandoned() == []
    assert (elsewhere / scratch.LOCK).exists()


def test_it_is_gone_afterwards(temporary: Path) -> None:
    with scratch.scratch_folder() as folder:
        assert folder.parent == temporary
    assert not any(temporary.iterdir())
