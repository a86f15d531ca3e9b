# SPDX-License-Identifier: GPL-3.0-or-later
"""Making the environment, from wheels made here and without any network."""

from __future__ import annotations

import io
import json
import os
import shutil
import sys
import time
import zipfile
from pathlib import Path

import pytest
from portrait_avatar.avatar_addon.setup import installer
from portrait_avatar.avatar_addon.setup import task as task_module
from portrait_avatar.avatar_addon.setup.environment import SIZE, Environment
from portrait_avatar.avatar_addon.setup.installer import PipProgress
from portrait_avatar.avatar_addon.setup.python_search import VERSIONS, find_python, version_of
from portrait_avatar.avatar_addon.setup.task import SetupOrder, SetupTask, remove_environment

FAKE = Path(__file__).resolve().parents[1] / "fake_worker"


@pytest.fixture
def environment(folder):
    """A package ``inference`` that wants two small wheels, and room for its environment."""
    code = folder / "code"
    shutil.copytree(FAKE, code)
    # Its pipeline is tried at the end of the set-up: this one imports what was installed.
    (code / "inference/__init__.py").write_text("")
    (code / "inference/pipeline.py").write_text("import tiny\n\n\ndef warm_up(): pass\n")
    (code / "inference/requirements.txt").write_text("tiny==1.0\n")
    (code / "inference/requirements-torch.txt").write_text("torch==1.0\n")
    return Environment(folder / "user/environment", code)


@pytest.fixture
def wheels(folder):
    for name in ("tiny", "torch"):
        write_wheel(folder / "wheels", name, "1.0")
    return folder / "wheels"


def write_wheel(folder: Path, name: str, version: str, module: str = "", requires: str = "") -> None:
    folder.mkdir(exist_ok=True)
    stem = f"{name.replace('-', '_')}-{version}"
    info, wants = f"{stem}.dist-info", f"Requires-Dist: {requires}\n" if requires else ""
    with zipfile.ZipFile(folder / f"{stem}-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"{module or name}.py", f"version = {version!r}\n")
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{wants}")
        wheel.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(f"{info}/RECORD", "")


def run(environment: Environment, folder: Path, order: SetupOrder) -> SetupTask:
    task = SetupTask(environment, order, folder / "setup.log")
    task.start()
    end = time.monotonic() + 120
    while task.state == "running":
        assert time.monotonic() < end
        time.sleep(0.02)
    return task


def test_a_python_is_found_and_judged(folder):
    python = find_python()
    assert python is not None
    assert version_of(python) in VERSIONS
    assert version_of(folder / "none") is None
    assert find_python(folder / "none") is None


def test_make_update_repair_remove(environment, wheels, folder):
    assert environment.state == "missing"
    task = run(environment, folder, SetupOrder(wheels=wheels))
    assert (task.state, task.error) == ("done", "")
    assert (environment.state, environment.device) == ("complete", "cpu")
    assert not (environment.folder.parent / "cache").exists()
    assert "Successfully installed" in task.log.read_text()

    (environment.code / "inference/requirements.txt").write_text("tiny==1.1\n")
    assert environment.state == "outdated"
    write_wheel(wheels, "tiny", "1.1")
    assert run(environment, folder, SetupOrder(wheels=wheels)).state == "done"
    assert environment.state == "complete"

    shutil.rmtree(next(environment.folder.glob("lib*/**/site-packages")))
    assert run(environment, folder, SetupOrder(wheels=wheels, repair=True)).state == "done"
    remove_environment(environment)
    assert environment.state == "missing"
    assert not [path for path in environment.folder.parent.iterdir() if path.is_dir()]


def test_a_failure_is_one_sentence_and_the_next_try_goes_on(environment, wheels, folder):
    (wheels / "torch-1.0-py3-none-any.whl").rename(folder / "torch-1.0-py3-none-any.whl")
    task = run(environment, folder, SetupOrder(wheels=wheels))
    assert task.state == "failed"
    assert "torch" in task.error
    assert environment.state == "missing"
    python = environment.python.stat().st_ino
    (folder / "torch-1.0-py3-none-any.whl").rename(wheels / "torch-1.0-py3-none-any.whl")
    assert run(environment, folder, SetupOrder(wheels=wheels)).state == "done"
    assert environment.python.stat().st_ino == python


def test_packages_that_do_not_run_are_no_environment(environment, wheels, folder):
    (environment.code / "inference/pipeline.py").write_text("import absent\n")
    task = run(environment, folder, SetupOrder(wheels=wheels))
    assert task.state == "failed"
    assert "absent" in task.error
    assert "Trying the environment" in task.error
    assert environment.state == "missing"


def test_offline_is_respected(environment, folder):
    task = run(environment, folder, SetupOrder(online=False))
    assert "online access" in task.error
    assert not environment.folder.parent.exists()


def test_a_full_disk_is_refused_beforehand(environment, wheels, folder, monkeypatch):
    monkeypatch.setattr(task_module, "free_gigabytes", lambda _: 0.5)
    task = run(environment, folder, SetupOrder(wheels=wheels))
    assert f"{SIZE['cpu'][1]:.1f} GB are needed" in task.error
    assert not environment.folder.parent.exists()


def test_no_python_is_said(environment, wheels, folder):
    task = run(environment, folder, SetupOrder(wheels=wheels, base=folder / "none"))
    assert task.no_python
    assert "3.11 or 3.12" in task.error


def test_cancel(environment, wheels, folder):
    task = SetupTask(environment, SetupOrder(wheels=wheels), folder / "setup.log")
    task.start()
    while task.fraction == 0:
        time.sleep(0.01)
    task.cancel()
    end = time.monotonic() + 5
    while task.state == "running":
        assert time.monotonic() < end
        time.sleep(0.01)
    assert task.state == "cancelled"
    assert environment.state == "missing"


@pytest.mark.skipif(os.name == "nt", reason="fcntl")
def test_two_blenders_do_not_install_at_once(environment, wheels, folder):
    import fcntl

    environment.folder.parent.mkdir(parents=True)
    with (environment.folder.parent / "setup.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        task = run(environment, folder, SetupOrder(wheels=wheels))
    assert "Another Blender" in task.error


def test_a_strange_stamp_is_no_environment(environment):
    environment.folder.mkdir(parents=True)
    for text in ("", "[]", json.dumps({"device": "abacus"}), json.dumps({"device": "cpu", "packages": "x"})):
        (environment.folder / "portrait-avatar.json").write_text(text)
        assert environment.state == "missing"


def test_progress_of_pip():
    said: list[tuple[float, str]] = []
    progress = PipProgress(lambda share, words: said.append((share, words)))
    for line in (
        "Collecting numpy==1.26.4 (from -r requirements.txt (line 1))",
        "Progress 4000000 of 8000000",
        "Collecting torch==2.13.0",
        "Progress 90000000 of 180000000",
        "Installing collected packages: numpy, torch",
    ):
        progress.line(line)
    shares = [share for share, _ in said]
    assert shares == sorted(shares)
    assert said[-2][1] == "Fetching torch (90 of 180 MB)"
    assert said[-1] == (0.9, "Installing")


def test_the_installer_needs_only_the_standard_library():
    text = Path(task_module.INSTALLER).read_text()
    imported = {
        line.split()[1].split(".")[0] for line in text.splitlines() if line.strip().startswith(("import ", "from "))
    }
    assert imported - {"__future__"} <= sys.stdlib_module_names


def test_a_command_that_dies_without_a_word_is_told_by_its_status(environment, wheels, folder):
    (environment.code / "inference/pipeline.py").write_text("import os\nos._exit(7)\n")
    assert "(status 7)" in run(environment, folder, SetupOrder(wheels=wheels)).error


def test_cuda_takes_the_libraries_that_torch_wants(environment, wheels, folder):
    """From a local index: torch of the same version, with its dependencies, and no other packages' versions changed."""
    write_wheel(wheels, "torch", "1.0", requires="cudart-of-torch==2.0")
    write_wheel(wheels, "cudart-of-torch", "2.0", module="cudart_of_torch")
    task = run(environment, folder, SetupOrder(wheels=wheels, device="cuda"))
    assert (task.state, task.error) == ("done", "")
    assert environment.device == "cuda"
    packages = next(environment.folder.glob("[Ll]ib*/**/site-packages"))
    assert (packages / "cudart_of_torch.py").exists()
    # Back to the processor: the panel offers it as an update.
    assert run(environment, folder, SetupOrder(wheels=wheels)).state == "done"
    assert environment.device == "cpu"


def test_a_python_is_fetched_only_when_asked_and_allowed(environment, wheels, folder, monkeypatch):
    monkeypatch.setattr(task_module, "find_python", lambda _: None)
    assert run(environment, folder, SetupOrder(wheels=wheels)).no_python
    task = run(environment, folder, SetupOrder(wheels=wheels, fetch=True, online=False))
    assert "may not be downloaded" in task.error
    assert not environment.folder.exists()


def test_the_fetched_python_makes_the_environment(environment, wheels, folder):
    """With a uv that lays this Python where the real one would lay the fetched one."""
    order = {
        "folder": str(environment.folder), "code": str(environment.code), "base": None, "device": "cpu", "packages": "x",
        "log": str(folder / "setup.log"), "wheels": str(wheels), "online": True,
    }  # fmt: skip
    setup = installer.Setup(order, io.StringIO())
    own = environment.folder.parent / "uv/bin"
    commands = []

    def pretend(command: list[str], doing: str, line: object = None) -> None:
        commands.append(command)
        if command[0] == str(own / "uv"):
            python = environment.folder.parent / "python/cpython-3.11.9-linux/bin/python3.11"
            python.parent.mkdir(parents=True)
            python.symlink_to(sys.executable)

    setup._run = pretend
    assert setup._fetch_python().endswith("cpython-3.11.9-linux/bin/python3.11")
    assert commands[-1][1:3] == ["python", "install"]
    assert commands[-1][-1] == installer.FETCHED_PYTHON
    assert installer.UV in commands[1]
