# SPDX-License-Identifier: GPL-3.0-or-later
"""The worker's client against processes that are slow, deaf, mute, killed or strange."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from portrait_avatar.avatar_addon.worker_client import client as client_module
from portrait_avatar.avatar_addon.worker_client.client import WorkerClient
from portrait_avatar.avatar_addon.worker_client.job import Job, State
from portrait_avatar.avatar_addon.worker_client.launch import KEPT_LOGS, Launch
from portrait_avatar.inference.protocol import Create, ListFaces

FAKE = Path(__file__).resolve().parents[1] / "fake_worker"


class Clock:
    """The real time, and more when a test says so."""

    ahead = 0.0

    def __call__(self) -> float:
        return time.monotonic() + self.ahead


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def client(folder, clock):
    client = WorkerClient(Launch(Path(sys.executable), FAKE, folder / "logs/worker-1.log"), clock)
    yield client
    client.close()


def create(folder: Path, how: str) -> Create:
    return Create("", f"{how}.jpg", str(folder / how))


def until(client: WorkerClient, met: Callable[[], bool], seconds: float = 20.0) -> float:
    """Poll until something is so; the seconds it took."""
    start = time.monotonic()
    while not met():
        assert time.monotonic() - start < seconds
        client.poll()
        time.sleep(0.005)
    return time.monotonic() - start


def running(client: WorkerClient, request: Create) -> Job:
    job = client.submit(request)
    until(client, lambda: job.state is State.RUNNING)
    return job


def test_progress_and_answer(client, folder):
    job = client.submit(create(folder, "ok"))
    assert job.words == "Starting the inference process"
    seen = []
    while not job.finished:
        client.poll()
        seen.append(job.fraction)
        time.sleep(0.005)
    assert job.state is State.DONE
    assert sorted(seen) == seen
    assert (folder / "ok/avatar.json").exists()
    assert not client.busy


def test_no_call_waits_for_the_worker(client, folder):
    longest = 0.0
    job = client.submit(create(folder, "deaf"))
    while not job.finished:
        start = time.perf_counter()
        client.poll()
        longest = max(longest, time.perf_counter() - start)
        time.sleep(0.01)
    assert longest < 0.1


def test_a_failure_keeps_the_worker(client, folder):
    job = client.submit(create(folder, "fail"))
    until(client, lambda: job.finished)
    assert (job.state, job.failure.code) == (State.FAILED, "face_none")
    pid = client.pid
    job = client.submit(create(folder, "ok"))
    until(client, lambda: job.finished)
    assert job.state is State.DONE
    assert client.pid == pid


@pytest.mark.parametrize("how", ["slow", "deaf"])
def test_cancel_is_over_within_a_second(client, folder, how):
    job = running(client, create(folder, how))
    pid = client.pid
    client.cancel(job)
    until(client, lambda: job.finished, 1.0)
    assert job.state is State.CANCELLED
    job = client.submit(create(folder, "ok"))
    until(client, lambda: job.finished)
    assert job.state is State.DONE
    assert client.pid == pid
    # What a deaf worker made all the same is gone.
    assert not (folder / how).exists()


def test_a_stuck_worker_is_ended(client, folder, clock):
    job = running(client, create(folder, "mute"))
    client.cancel(job)
    until(client, lambda: job.finished, 1.0)
    clock.ahead = client_module.STUCK_LIMIT
    until(client, lambda: client.pid is None)
    job = client.submit(create(folder, "ok"))
    until(client, lambda: job.finished)
    assert job.state is State.DONE


def test_a_crash_is_said_and_the_next_job_starts_anew(client, folder):
    job = client.submit(create(folder, "crash"))
    until(client, lambda: job.finished)
    assert (job.state, job.failure.code) == (State.FAILED, "worker_lost")
    assert "status 9" in job.failure.message
    assert "last words" in Path(job.failure.log).read_text()
    job = client.submit(create(folder, "ok"))
    until(client, lambda: job.finished)
    assert job.state is State.DONE


def test_kills_at_many_moments(client, folder):
    for number in range(20):
        job = client.submit(Create("", "slow.jpg", str(folder / str(number))))
        end = time.monotonic() + 0.02 * number
        while time.monotonic() < end:
            client.poll()
            time.sleep(0.005)
        os.kill(client.pid, signal.SIGKILL)
        while not job.finished:
            assert time.monotonic() < end + 5
            client.poll()
        assert (job.state, job.failure.code) == (State.FAILED, "worker_lost")
        assert not (folder / str(number)).exists()


def test_silence_is_noticed(client, folder, clock):
    job = running(client, create(folder, "mute"))
    clock.ahead = client_module.SILENCE_LIMIT + 1
    until(client, lambda: job.finished)
    assert job.failure.code == "worker_silent"
    assert client.pid is None


def test_strange_words_end_the_worker(client, folder):
    job = client.submit(create(folder, "babble"))
    until(client, lambda: job.finished)
    assert job.failure.code == "worker_lost"


def test_no_python(folder):
    client = WorkerClient(Launch(folder / "none", FAKE, folder / "logs/worker-1.log"))
    job = client.submit(create(folder, "ok"))
    assert (job.state, job.failure.code) == (State.FAILED, "worker_lost")
    assert "repair" in job.failure.message


def test_faces(client, folder):
    job = client.submit(ListFaces("", "two.jpg", str(folder)))
    until(client, lambda: job.finished)
    assert len(job.answer.boxes) == 2
    assert len(job.answer.thumbnails) == 3


def test_two_clients_do_not_meet(client, folder):
    other = WorkerClient(Launch(Path(sys.executable), FAKE, folder / "logs/worker-2.log"))
    jobs = [(client, client.submit(create(folder, "ok"))), (other, other.submit(create(folder, "slow")))]
    assert client.pid != other.pid
    until(client, lambda: jobs[0][1].finished)
    other.close()
    assert jobs[0][1].state is State.DONE
    assert jobs[1][1].state is State.CANCELLED


def test_old_logs_go(folder):
    (folder / "logs").mkdir()
    for number in range(20):
        (folder / f"logs/worker-{number}.log").touch()
    client = WorkerClient(Launch(Path(sys.executable), FAKE, folder / "logs/worker-99.log"))
    client.warm_up()
    client.close()
    assert len(list((folder / "logs").iterdir())) <= KEPT_LOGS + 1
    assert (folder / "logs/worker-99.log").exists()


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_the_worker_ends_with_a_killed_parent(folder, repository):
    code = f"""
import sys, time, types
package = types.ModuleType("portrait_avatar")
package.__path__ = [{str(repository)!r}]
sys.modules["portrait_avatar"] = package
from pathlib import Path
from portrait_avatar.avatar_addon.worker_client.client import WorkerClient
from portrait_avatar.avatar_addon.worker_client.launch import Launch
client = WorkerClient(Launch(Path(sys.executable), Path({str(FAKE)!r}), Path({str(folder / "w.log")!r})))
client.warm_up()
print(client.pid, flush=True)
time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as parent:
        worker = int(parent.stdout.readline())
        time.sleep(0.5)
        parent.kill()
    end = time.monotonic() + 5
    while _alive(worker):
        assert time.monotonic() < end
        time.sleep(0.05)


def _alive(pid: int) -> bool:
    """Whether it runs; one that nobody has buried yet does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False
