# SPDX-License-Identifier: GPL-3.0-or-later
"""build.py: its processes end, its sentences are said, its zip holds what it should."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import sys
import time
import zipfile
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="module")
def build(repository: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("build_script", repository / "build.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_standard_library_only(build: ModuleType, repository: Path) -> None:
    lines = (repository / "build.py").read_text(encoding="utf-8").splitlines()
    imported = {line.split()[1].split(".")[0] for line in lines if line.startswith(("import ", "from "))}
    assert imported <= sys.stdlib_module_names


def test_photos_of_one_name_get_folders_of_their_own(build: ModuleType) -> None:
    photos = [Path("a/me.jpg"), Path("b/me.png"), Path("you.jpg"), Path("c/me.jpg")]
    assert [path.name for path in build.output_folders(photos, Path("out"))] == ["me", "me-2", "you", "me-3"]


def test_output_and_status_come_back(build: ModuleType) -> None:
    code = "import sys; print('words'); print('more', file=sys.stderr); sys.exit(3)"
    status, output = build.execute([sys.executable, "-c", code], 30, show=False)
    assert (status, sorted(output.split())) == (3, ["more", "words"])


@pytest.mark.skipif(os.name == "nt", reason="process groups")
def test_a_process_that_hangs_is_ended_with_its_children(build: ModuleType, tmp_path: Path) -> None:
    child = f"import time, pathlib; time.sleep(3); pathlib.Path({str(tmp_path / 'alive')!r}).touch()"
    code = f"import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', {child!r}]); time.sleep(60)"
    start = time.monotonic()
    status, _ = build.execute([sys.executable, "-c", code], 1, show=False)
    assert status == build.TIMED_OUT
    assert time.monotonic() - start < 10
    time.sleep(4)
    assert not (tmp_path / "alive").exists()


def test_failing_calls_say_what_failed(build: ModuleType, capsys: pytest.CaptureFixture) -> None:
    with pytest.raises(build.BuildError, match=r"making tea failed \(exit status 1\)"):
        build.call([sys.executable, "-c", "raise SystemExit('no water')"], "making tea", 30)
    assert "no water" in capsys.readouterr().err


def test_one_sentence_without_a_fitting_python(build: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(build.BuildError) as caught:
        build.find_python(("2.0",))
    assert "install Python 2.0" in str(caught.value)


def test_a_stamp_spares_the_second_installation(
    build: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []
    monkeypatch.setattr(build, "call", lambda command, *_: calls.append(command))
    python = tmp_path / "bin" / "python"
    for packages in (["a==1"], ["a==1"], ["a==2"]):
        build.install(python, "environment", packages)
    assert [command[-1] for command in calls] == ["a==1", "a==2"]


def test_an_interrupted_installation_is_no_installation(
    build: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise build.BuildError("no network")

    monkeypatch.setattr(build, "call", fail)
    with pytest.raises(build.BuildError):
        build.install(tmp_path / "bin" / "python", "environment", ["a==1"])
    assert not (tmp_path / "complete-environment").exists()


@pytest.mark.slow
def test_the_extension(build: ModuleType, repository: Path) -> None:
    if not (repository / ".environments" / "blender-4.5").exists():
        pytest.skip("needs Blender's packaging tool: build.py zip makes the environment")
    assert build.build_zip(None) == 0
    archive = max((repository / "dist").glob("*.zip"), key=lambda path: path.stat().st_mtime)
    with zipfile.ZipFile(archive) as packed:
        names = set(packed.namelist())
    wanted = {"blender_manifest.toml", "__init__.py", "LICENSE", "avatar_addon/__init__.py", "inference/bundle_io.py"}
    assert wanted | {"inference/head/data/open_head.npz", "inference/requirements.txt"} <= names
    unwanted = ("tests/", ".", "build.py", "pyproject.toml", "dist/", "out/")
    assert not [name for name in names if name.startswith(unwanted) or "__pycache__" in name]
    assert archive.stat().st_size < 30_000_000


@pytest.mark.slow
def test_the_repository(build: ModuleType, repository: Path) -> None:
    if not (repository / ".environments" / "blender-4.5").exists():
        pytest.skip("needs Blender's packaging tool: build.py zip makes the environment")
    assert build.build_repository(None) == 0
    folder = repository / "dist/repository"
    (entry,) = json.loads((folder / "index.json").read_text())["data"]
    archive = folder / entry["archive_url"]
    assert entry["id"] == "portrait_avatar"
    assert entry["archive_hash"] == f"sha256:{hashlib.sha256(archive.read_bytes()).hexdigest()}"
    assert entry["permissions"].keys() == {"files", "network", "clipboard"}
    assert (folder / "index.html").exists()
