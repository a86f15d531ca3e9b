# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs for the worker: started on the first one, watched, restarted after a crash."""

from __future__ import annotations

import itertools
import shutil
import time
from collections.abc import Callable
from dataclasses import replace

from ...inference.protocol import (
    PROTOCOL_VERSION,
    Cancel,
    Create,
    Created,
    Faces,
    Failed,
    ListFaces,
    Message,
    Progress,
    Ready,
)
from .connection import Connection
from .job import Job, State
from .launch import Launch, prune_logs

# Seconds. The first start on a slow disk under a virus scanner can take minutes; a stage may take one on a slow processor.
START_LIMIT, SILENCE_LIMIT = 240.0, 180.0
# A cancelled job is over for the person after this time, even if the worker is still inside a stage; a worker that has not
# come out of it after the second one is ended.
CANCEL_LIMIT, STUCK_LIMIT = 0.4, 20.0
STARTING = "Starting the inference process"


class WorkerClient:
    """Never blocks: call :meth:`poll` often, from one thread, and look at the jobs."""

    def __init__(self, launch: Launch, clock: Callable[[], float] = time.monotonic) -> None:
        self._launch, self._clock = launch, clock
        self._connection: Connection | None = None
        self._started = 0.0
        self._numbers = itertools.count(1)
        self._jobs: dict[str, Job] = {}
        self._abandoned: dict[str, Job] = {}

    @property
    def pid(self) -> int | None:
        """The worker's process id while there is one."""
        return None if self._connection is None else self._connection.pid

    @property
    def busy(self) -> bool:
        """Whether polling can bring news: a job is open, or the worker is still starting."""
        starting = self._connection is not None and not self._connection.ready
        return bool(self._jobs or self._abandoned or starting)

    def warm_up(self) -> None:
        """Start the worker now unless it runs. A failure shows at the next job."""
        if self._connection is None:
            try:
                self._connection = Connection(self._launch)
            except OSError:
                return
            prune_logs(self._launch.log)
            self._started = self._clock()

    def submit(self, request: Create | ListFaces) -> Job:
        """Queue a request, whose id is replaced by a fresh one; starts the worker if need be."""
        job = Job(replace(request, id=str(next(self._numbers))), heard=self._clock())
        self.warm_up()
        if self._connection is None:
            words = f"The inference process could not be started ({self._launch.python}): repair the environment in the preferences."
            self._fail(job, "worker_lost", words)
            return job
        job.words = "" if self._connection.ready else STARTING
        self._jobs[job.request.id] = job
        self._connection.say(job.request)
        return job

    def cancel(self, job: Job) -> None:
        """Ask the worker to stop; the job is over within a second whatever the worker does."""
        if not job.finished and job.cancelling is None:
            job.cancelling = self._clock()
            if self._connection is not None:
                self._connection.say(Cancel(job.request.id))

    def poll(self) -> bool:
        """Take in what the worker said and notice what it did not say. Whether anything changed."""
        before = [(job.state, job.fraction, job.words) for job in self._jobs.values()]
        jobs = list(self._jobs.values())
        if self._connection is not None:
            for message in self._connection.heard():
                self._take(message)
        if self._connection is not None and self._connection.ended:
            self._lost()
        self._watch()
        return [(job.state, job.fraction, job.words) for job in jobs] != before

    def close(self, grace: float = 0.3) -> None:
        """End the worker and everything it was doing."""
        for job in self._jobs.values():
            job.state = State.CANCELLED
        self._jobs.clear()
        self._abandoned.clear()
        if self._connection is not None:
            self._connection.end(grace)
            self._connection = None

    def _take(self, message: Message) -> None:
        if isinstance(message, Ready):
            self._welcome(message)
            return
        job = self._jobs.get(message.id)
        if job is None:
            self._take_late(message)
            return
        job.heard = self._clock()
        if isinstance(message, Progress):
            job.state, job.fraction, job.words = State.RUNNING, message.fraction, message.words
            return
        del self._jobs[message.id]
        if job.cancelling is not None:
            # Done or not: the person no longer wants it.
            job.state = State.CANCELLED
            self._take_late(message)
            return
        match message:
            case Created() | Faces():
                job.state, job.answer, job.fraction = State.DONE, message, 1.0
            case Failed(code="cancelled"):
                job.state = State.CANCELLED
            case Failed():
                job.state, job.failure = State.FAILED, message

    def _welcome(self, ready: Ready) -> None:
        self._connection.ready = True
        if ready.version != PROTOCOL_VERSION:
            self._end_all(
                "request_invalid",
                "The inference process speaks another version: restart Blender, then repair the environment.",
            )
            return
        for job in self._jobs.values():
            job.heard = self._clock()
            job.words = "" if job.words == STARTING else job.words
        for job in self._abandoned.values():
            job.cancelling = self._clock()

    def _take_late(self, message: Message) -> None:
        """The end of a job that is over for the person: what it made is dropped."""
        if isinstance(message, Created | Faces | Failed):
            self._abandoned.pop(message.id, None)
        if isinstance(message, Created):
            shutil.rmtree(message.bundle, ignore_errors=True)

    def _lost(self) -> None:
        status = self._connection.exit_status()
        self._end_all(
            "worker_lost",
            f"The inference process ended unexpectedly (status {status}): try again, it starts anew. Log: {self._launch.log}",
        )

    def _watch(self) -> None:
        """Time limits."""
        now = self._clock()
        for job in list(self._jobs.values()):
            if job.cancelling is not None and now - job.cancelling > CANCEL_LIMIT:
                job.state = State.CANCELLED
                self._abandoned[job.request.id] = self._jobs.pop(job.request.id)
        ready = self._connection is not None and self._connection.ready
        if ready and any(now - job.cancelling > STUCK_LIMIT for job in self._abandoned.values()):
            self._end_all("worker_lost", "The inference process was stuck and was ended: try again.")
        if self._connection is None or not self._jobs:
            return
        last = max(self._started, *(job.heard for job in self._jobs.values()))
        if now - last > (SILENCE_LIMIT if self._connection.ready else START_LIMIT):
            self._end_all(
                "worker_silent",
                f"The inference process was silent for {now - last:.0f} seconds and was ended: try again. Log: {self._launch.log}",
            )

    def _end_all(self, code: str, words: str) -> None:
        self._connection.end()
        self._connection = None
        self._abandoned.clear()
        for job in self._jobs.values():
            if job.cancelling is None:
                self._fail(job, code, words)
            else:
                job.state = State.CANCELLED
        self._jobs.clear()

    def _fail(self, job: Job, code: str, words: str) -> None:
        job.state = State.FAILED
        job.failure = Failed(job.request.id, code, words, str(self._launch.log))
