# SPDX-License-Identifier: GPL-3.0-or-later
"""Photos one after the other."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest
from portrait_avatar.avatar_addon.create.output import bundle_folder
from portrait_avatar.avatar_addon.create.photo_files import photos_in
from portrait_avatar.avatar_addon.create.queue import Item, Queue, Stage
from portrait_avatar.avatar_addon.worker_client.client import WorkerClient
from portrait_avatar.avatar_addon.worker_client.launch import Launch
from portrait_avatar.inference.protocol import Create

FAKE = Path(__file__).resolve().parents[1] / "fake_worker"


@pytest.fixture
def queue(folder):
    client = WorkerClient(Launch(Path(sys.executable), FAKE, folder / "worker-1.log"))
    yield Queue(client, folder / "pictures")
    client.close()


def add(queue: Queue, folder: Path, how: str, ask: bool = False) -> Item:
    return queue.add(Create("", f"{how}.jpg", str(folder / f"bundle {len(queue.items)}")), ask)


def work(queue: Queue, *stages: Stage) -> None:
    """Until every item is at one of these stages."""
    end = time.monotonic() + 20
    while any(item.stage not in stages for item in queue.items):
        assert time.monotonic() < end
        queue.advance()
        time.sleep(0.01)


def test_a_failure_does_not_stop_the_others(queue, folder):
    for how in ("ok", "fail", "crash", "ok"):
        add(queue, folder, how)
    work(queue, Stage.READY, Stage.FAILED)
    assert [item.stage for item in queue.items] == [Stage.READY, Stage.FAILED, Stage.FAILED, Stage.READY]
    assert "No face" in queue.items[1].error
    assert queue.items[2].log is not None
    assert queue.items[0].warnings == ("face 1",)


def test_one_after_the_other(queue, folder):
    items = [add(queue, folder, "ok") for _ in range(3)]
    while items[-1].stage is not Stage.READY:
        queue.advance()
        assert sum(item.stage is Stage.CREATING for item in items) <= 1
        time.sleep(0.01)


def test_several_faces_ask_and_hold_nobody_up(queue, folder):
    asking, other = add(queue, folder, "two", ask=True), add(queue, folder, "ok", ask=True)
    work(queue, Stage.CHOOSE, Stage.READY)
    assert (asking.stage, other.stage) == (Stage.CHOOSE, Stage.READY)
    assert len(asking.thumbnails) == 3
    queue.choose(asking, 2)
    work(queue, Stage.READY)
    assert asking.warnings == ("face 2",)


def test_cancel_one_and_all(queue, folder):
    items = [add(queue, folder, "slow") for _ in range(3)]
    while items[0].fraction == 0:
        queue.advance()
        time.sleep(0.01)
    queue.cancel(items[1])
    assert items[1].stage is Stage.CANCELLED
    start = time.monotonic()
    queue.cancel_all()
    work(queue, Stage.CANCELLED)
    assert time.monotonic() - start < 1.0
    queue.forget_finished()
    assert not queue.items


def test_bundle_folders_have_names_of_their_own(folder):
    (folder / "me").mkdir()
    taken = [folder / "me-2"]
    assert bundle_folder(folder, Path("/a/me.jpg"), taken).name == "me-3"
    assert bundle_folder(folder, Path("/a/ü:*?|.jpg"), []).name == "ü_"
    assert bundle_folder(folder, Path("/a/...jpg"), []).name == "avatar"
    assert bundle_folder(folder, Path("/a/me.jpg"), [folder / "me-77"], "-77").name == "me-77-2"


def test_photos_of_a_folder(folder):
    for name in ("b.JPG", "a.png", "c.txt", ".d.jpg", "e.heic"):
        (folder / name).touch()
    (folder / "f.jpg").mkdir()
    assert [path.name for path in photos_in(folder)] == ["a.png", "b.JPG", "e.heic"]
    assert photos_in(folder / "none") == []
