# SPDX-License-Identifier: GPL-3.0-or-later
"""From the operator to the scene, with the test's worker and, once, with the real one."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import bpy
import pytest
from portrait_avatar import avatar_addon
from portrait_avatar.avatar_addon.create import session
from portrait_avatar.avatar_addon.create.enqueue import Choices, enqueue
from portrait_avatar.avatar_addon.create.queue import Item, Stage
from portrait_avatar.avatar_addon.scene.datablocks import snapshot
from portrait_avatar.avatar_addon.setup.environment import OWN_PYTHON
from portrait_avatar.inference.bundle_io import write_bundle

FAKE = Path(__file__).resolve().parents[1] / "fake_worker"


@pytest.fixture
def registered(scene):
    avatar_addon.register()
    yield
    avatar_addon.unregister()


@pytest.fixture
def worker(registered, avatar, tmp_path, monkeypatch):
    """The add-on with the test's worker, which answers with the made-up avatar."""
    bundle = write_bundle(avatar, tmp_path / "made up")
    monkeypatch.setenv(OWN_PYTHON, sys.executable)
    monkeypatch.setenv("FAKE_BUNDLE", str(bundle))
    monkeypatch.setattr(session, "EXTENSION_FOLDER", FAKE)


def heads() -> list[str]:
    return [item.name for item in bpy.data.objects if "portrait_avatar" in item and item.type == "MESH"]


def tick_until_idle() -> None:
    """What Blender's timer does in a window."""
    end = time.monotonic() + 20
    while session._tick() is not None:
        assert time.monotonic() < end
        time.sleep(0.01)


def test_without_an_environment_it_says_so(registered, monkeypatch):
    monkeypatch.delenv(OWN_PYTHON, raising=False)
    assert not bpy.ops.avatar.create.poll()


def test_a_script_waits(worker, folder):
    assert bpy.ops.avatar.create(filepath="ok.jpg", output=str(folder)) == {"FINISHED"}
    assert heads() == ["stand in head"]
    assert bpy.context.view_layer.objects.active.name == "stand in head"
    assert (folder / "ok/avatar.json").exists()
    assert bpy.data.objects["stand in head"]["portrait_avatar"]["bundle"] == str(folder / "ok")


def test_a_failure_raises_its_sentence_and_leaves_nothing(worker, folder):
    before = snapshot()
    with pytest.raises(RuntimeError, match=r"fail\.jpg: No face was found"):
        bpy.ops.avatar.create(filepath="fail.jpg", output=str(folder))
    assert snapshot() == before
    assert not list(folder.iterdir())


def test_a_folder_of_photos(worker, folder):
    for name in ("fail.jpg", "ok.jpg", "crash.png", "slow.txt"):
        (folder / name).touch()
    with pytest.raises(RuntimeError, match=r"crash\.png(.|\n)*fail\.jpg"):
        bpy.ops.avatar.create(directory=str(folder), output=str(folder / "out"))
    assert heads() == ["stand in head"]


def test_no_photo(worker, folder):
    with pytest.raises(RuntimeError, match="no photo"):
        bpy.ops.avatar.create(directory=str(folder))
    with pytest.raises(RuntimeError, match="Choose a photo first"):
        bpy.ops.avatar.create()


def test_opening_a_file_drops_the_work(worker, folder):
    (item,) = enqueue(session.queue(bpy.context), [Path("slow.jpg")], Choices(), folder, ask=True)
    session.start_ticking()
    session._tick()
    bpy.ops.wm.read_homefile(use_empty=True)
    tick_until_idle()
    assert item.stage is Stage.CANCELLED
    bpy.ops.avatar.create(filepath="ok.jpg", output=str(folder))
    assert len(heads()) == 1


def test_buttons(worker, folder):
    queue = session.queue(bpy.context)
    (asking,) = enqueue(queue, [Path("two.jpg")], Choices(), folder, ask=True)
    work(asking)
    assert asking.stage is Stage.CHOOSE
    bpy.ops.avatar.choose_face(number=asking.number, face=2)
    work(asking)
    assert (asking.stage, asking.request.face) == (Stage.READY, 2)
    others = enqueue(queue, [Path("slow.jpg"), Path("two.jpg")], Choices(), folder, ask=True)
    queue.advance()
    bpy.ops.avatar.cancel(number=others[1].number)
    assert [item.stage for item in others] == [Stage.CREATING, Stage.CANCELLED]
    bpy.ops.avatar.cancel()
    work(others[0])
    assert [item.stage for item in (asking, *others)] == [Stage.CANCELLED] * 3
    bpy.ops.avatar.clear_queue()
    assert not session.items()


def work(*items: Item) -> None:
    """A wheel has no window to add an avatar in: go on until the worker's part is over."""
    end = time.monotonic() + 20
    while any(item.stage in (Stage.WAITING, Stage.LOOKING, Stage.CREATING) for item in items):
        assert time.monotonic() < end
        session.queue(bpy.context).advance()
        time.sleep(0.01)


def test_the_worker_survives_undo(worker, folder):
    bpy.ops.ed.undo_push(message="start")
    bpy.ops.avatar.create(filepath="ok.jpg", output=str(folder))
    bpy.ops.ed.undo_push(message="avatar")
    pid = session.queue(bpy.context).client.pid
    bpy.ops.ed.undo()
    assert not heads()
    bpy.ops.ed.redo()
    assert heads() == ["stand in head"]
    bpy.ops.avatar.create(filepath="ok.jpg", output=str(folder))
    assert session.queue(bpy.context).client.pid == pid
    assert len(heads()) == 2


def test_an_idle_worker_is_let_go(worker, folder):
    client = session.queue(bpy.context).client
    enqueue(session.queue(bpy.context), [Path("ok.jpg")], Choices(), folder, ask=False)
    session.start_ticking()
    tick_until_idle()
    assert client.pid is not None
    assert bpy.app.timers.is_registered(session._rest)
    session._rest()
    assert client.pid is None
    assert bpy.ops.avatar.create(filepath="ok.jpg", output=str(folder)) == {"FINISHED"}


def test_unregistering_ends_the_worker(scene, avatar, folder, monkeypatch):
    monkeypatch.setenv(OWN_PYTHON, sys.executable)
    monkeypatch.setattr(session, "EXTENSION_FOLDER", FAKE)
    avatar_addon.register()
    session.warm_up(bpy.context)
    pid = session.queue(bpy.context).client.pid
    assert bpy.app.timers.is_registered(session._tick)
    avatar_addon.unregister()
    assert not bpy.app.timers.is_registered(session._tick)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


@pytest.mark.slow
def test_the_real_worker_and_its_death(registered, astronaut, folder):
    """KILLS moments (3, or as many as the variable says) at which the worker dies; then the real thing."""
    if not os.environ.get(OWN_PYTHON):
        pytest.skip(f"{OWN_PYTHON} does not name the inference environment's Python")
    before, kills = snapshot(), int(os.environ.get("KILLS", "3"))
    for number in range(kills):
        queue = session.queue(bpy.context)
        (item,) = enqueue(queue, [astronaut], Choices(), folder, ask=False)
        queue.advance()
        # Every second time after the start, which takes most of the first seconds.
        while number % 2 and not item.fraction:
            queue.advance()
            time.sleep(0.01)
        end = time.monotonic() + 3.0 * (number + 0.5) / kills
        while time.monotonic() < end:
            queue.advance()
            time.sleep(0.01)
        if item.stage is Stage.READY:
            continue
        os.kill(queue.client.pid, signal.SIGKILL)
        work(item)
        assert item.stage is Stage.FAILED
        assert "ended unexpectedly" in item.error
        assert snapshot() == before
    assert bpy.ops.avatar.create(filepath=str(astronaut), output=str(folder)) == {"FINISHED"}
    head_object = bpy.data.objects[heads()[0]]
    assert len(head_object.data.vertices) > 4000
    assert len(head_object.data.shape_keys.key_blocks) > 52
